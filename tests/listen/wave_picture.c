/* wave_picture.c - `wave_picture NAME.wav NAME.png`: the waveform of a WAV file as a picture, and a
 * line with its peak, loudness and longest silence.
 *
 * Left above right, a column a 1000th of the time from the least to the largest sample; thin lines
 * at 0 and at +-0.891, where the limiter of `out` begins. The PNG is grey, 8 bits, its data stored
 * and not compressed.
 * Source: W3C, Portable Network Graphics (PNG) Specification, 5 and 10; RFC 1950, RFC 1951 3.2.4. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/judge.h"
#include "tests/support/wav_read.h"

enum { WIDTH = 1000, LANE_HEIGHT = 160, HEIGHT = 2 * LANE_HEIGHT, ROW_BYTES = WIDTH + 1 };
enum { PAPER = 255, LINE = 200, INK = 40 };

#define SILENCE 1e-3f /* -60 dB */

/* Each row begins with its filter type, 0: none. */
static unsigned char rows[HEIGHT][ROW_BYTES];

struct png {
	FILE *file;
	uint32_t crc;
};

static void put(struct png *png, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		png->crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			png->crc = png->crc >> 1 ^ (png->crc & 1 ? 0xedb88320u : 0u);
	}
	fwrite(bytes, 1, n, png->file);
}

static void put_u32(struct png *png, uint32_t value)
{
	unsigned char bytes[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
		(unsigned char)(value >> 8), (unsigned char)value};

	put(png, bytes, 4);
}

static void chunk_begin(struct png *png, uint32_t n_bytes, const char *type)
{
	put_u32(png, n_bytes);
	png->crc = 0xffffffffu; /* of what follows */
	put(png, (const unsigned char *)type, 4);
}

static void chunk_end(struct png *png)
{
	put_u32(png, ~png->crc);
}

/* A row a stored block of deflate. */
static void put_rows(struct png *png)
{
	uint32_t a = 1, b = 0; /* Adler-32 */

	chunk_begin(png, 2 + HEIGHT * (5 + ROW_BYTES) + 4, "IDAT");
	put(png, (const unsigned char *)"\x78\x01", 2);
	for (int y = 0; y < HEIGHT; y++) {
		const unsigned char head[5] = {y == HEIGHT - 1, ROW_BYTES & 0xff, ROW_BYTES >> 8,
			~ROW_BYTES & 0xff, ~ROW_BYTES >> 8 & 0xff};

		put(png, head, 5);
		put(png, rows[y], ROW_BYTES);
		for (int x = 0; x < ROW_BYTES; x++) {
			a = (a + rows[y][x]) % 65521;
			b = (b + a) % 65521;
		}
	}
	put_u32(png, b << 16 | a);
	chunk_end(png);
}

static int write_png(const char *path)
{
	struct png png = {.file = fopen(path, "wb")};
	int is_bad;

	if (!png.file) {
		perror(path);
		return -1;
	}
	put(&png, (const unsigned char *)"\x89PNG\r\n\x1a\n", 8);
	chunk_begin(&png, 13, "IHDR");
	put_u32(&png, WIDTH);
	put_u32(&png, HEIGHT);
	put(&png, (const unsigned char *)"\x08\0\0\0\0", 5); /* 8 bits, grey */
	chunk_end(&png);
	put_rows(&png);
	chunk_begin(&png, 0, "IEND");
	chunk_end(&png);
	is_bad = ferror(png.file);
	if (fclose(png.file) || is_bad) {
		fprintf(stderr, "%s: cannot be written\n", path);
		return -1;
	}
	return 0;
}

static int row_of(int lane, float value)
{
	float half = LANE_HEIGHT / 2.0f,
	      y = half - fminf(fmaxf(value, -1.0f), 1.0f) * (half - 1.0f);

	return lane * LANE_HEIGHT + (int)fminf(y, LANE_HEIGHT - 1.0f);
}

static void draw(const struct wav_data *wav, int lane)
{
	static const float levels[] = {-0.891f, 0.0f, 0.891f};

	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		memset(rows[row_of(lane, levels[i])] + 1, LINE, WIDTH);
	for (int x = 0; x < WIDTH; x++) {
		int from = (int)((int64_t)wav->n_frames * x / WIDTH);
		int to = (int)((int64_t)wav->n_frames * (x + 1) / WIDTH);
		float lo = 1.0f, hi = -1.0f;

		for (int i = from; i < to; i++) {
			lo = fminf(lo, wav->frames[i][lane]);
			hi = fmaxf(hi, wav->frames[i][lane]);
		}
		for (int y = row_of(lane, hi); lo <= hi && y <= row_of(lane, lo); y++)
			rows[y][1 + x] = INK;
	}
}

int main(int argc, char **argv)
{
	struct wav_data wav;
	double peak, square = 0.0;

	if (argc != 3) {
		fprintf(stderr, "usage: wave_picture NAME.wav NAME.png\n");
		return 2;
	}
	if (wav_read(argv[1], &wav) < 0)
		return 1;
	for (int y = 0; y < HEIGHT; y++)
		memset(rows[y] + 1, PAPER, WIDTH);
	draw(&wav, 0);
	draw(&wav, 1);
	peak = fmax(
		judge_peak(wav.frames, 0, wav.n_frames), judge_peak(wav.frames, 1, wav.n_frames));
	for (int lane = 0; lane < 2; lane++)
		square += pow(judge_rms(wav.frames, lane, wav.n_frames), 2.0) / 2.0;
	printf("%s: peak %.2f, rms %.1f dB, longest silence %.2f s\n", argv[1], peak,
		judge_db(sqrt(square)),
		judge_longest_silence(wav.frames, 0, wav.n_frames, (double)SILENCE) /
			(double)wav.rate_hz);
	wav_data_free(&wav);
	return write_png(argv[2]) ? 1 : 0;
}
