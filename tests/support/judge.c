/* judge.c - judges samples. See judge.h. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"

#define KAISER_BETA 22.0 /* side lobes below -190 dB */
enum { KAISER_HALF_BINS = 10 };

double judge_db(double ratio)
{
	return ratio > 1e-20 ? 20.0 * log10(ratio) : JUDGE_SILENCE_DB;
}

double judge_rms(const v4f *x, int lane, int n)
{
	double sum = 0.0;

	for (int i = 0; i < n; i++)
		sum += (double)x[i][lane] * (double)x[i][lane];
	return sqrt(sum / n);
}

double judge_peak(const v4f *x, int lane, int n)
{
	double peak = 0.0;

	for (int i = 0; i < n; i++)
		peak = fmax(peak, fabs((double)x[i][lane]));
	return peak;
}

double judge_max_step(const v4f *x, int lane, int n)
{
	double step = 0.0;

	for (int i = 1; i < n; i++)
		step = fmax(step, fabs((double)x[i][lane] - (double)x[i - 1][lane]));
	return step;
}

bool judge_is_finite(const v4f *x, int n)
{
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < N_LANES; k++) {
			if (!isfinite(x[i][k]))
				return false;
		}
	}
	return true;
}

/* a, 3 x 4, becomes solved: the last column holds the answers. */
static void solve3(double a[3][4])
{
	for (int i = 0; i < 3; i++) {
		for (int r = 0; r < 3; r++) {
			double f = r == i ? 0.0 : a[r][i] / a[i][i];

			for (int c = 0; c < 4; c++)
				a[r][c] -= f * a[i][c];
		}
	}
	for (int i = 0; i < 3; i++)
		a[i][3] /= a[i][i];
}

static void sine_basis(double *basis, double freq_norm, int i)
{
	double angle = 2.0 * M_PI * fmod(freq_norm * i, 1.0);

	basis[0] = cos(angle);
	basis[1] = sin(angle);
	basis[2] = 1.0;
}

double judge_sine_residual_db(const v4f *x, int lane, int n, double freq_norm)
{
	double a[3][4] = {0}, basis[3], rest = 0.0;

	for (int i = 0; i < n; i++) {
		sine_basis(basis, freq_norm, i);
		for (int r = 0; r < 3; r++) {
			for (int c = 0; c < 3; c++)
				a[r][c] += basis[r] * basis[c];
			a[r][3] += basis[r] * (double)x[i][lane];
		}
	}
	solve3(a);
	for (int i = 0; i < n; i++) {
		double e = (double)x[i][lane];

		sine_basis(basis, freq_norm, i);
		for (int r = 0; r < 3; r++)
			e -= a[r][3] * basis[r];
		rest += e * e;
	}
	return judge_db(sqrt(rest / n) / (hypot(a[0][3], a[1][3]) / sqrt(2.0)));
}

static double bessel_i0(double x)
{
	double sum = 1.0, term = 1.0;

	for (int k = 1; k < 80; k++) {
		term *= (x / 2.0 / k) * (x / 2.0 / k);
		sum += term;
	}
	return sum;
}

/* n weights; valid until the next call */
static const double *kaiser(int n)
{
	static double *window;
	static int n_window;

	if (n == n_window)
		return window;
	free(window);
	window = malloc((size_t)n * sizeof(*window));
	if (!window)
		abort();
	n_window = n;
	for (int i = 0; i < n; i++) {
		double r = 2.0 * (i + 0.5) / n - 1.0;

		window[i] = bessel_i0(KAISER_BETA * sqrt(1.0 - r * r)) / bessel_i0(KAISER_BETA);
	}
	return window;
}

static double complex turn(double cycles)
{
	double angle = 2.0 * M_PI * fmod(cycles, 1.0);

	return cos(angle) + sin(angle) * (double complex)I;
}

double judge_amplitude(const v4f *x, int lane, int n, double freq_norm)
{
	const double *window = kaiser(n);
	double complex sum = 0.0;
	double weight = 0.0;

	for (int i = 0; i < n; i++) {
		sum += window[i] * (double)x[i][lane] * turn(-freq_norm * i);
		weight += window[i];
	}
	return 2.0 * cabs(sum) / weight;
}

static void fft(double complex *x, int n)
{
	for (int i = 1, j = 0; i < n; i++) {
		int bit = n >> 1;

		for (; j & bit; bit >>= 1)
			j ^= bit;
		j ^= bit;
		if (i < j) {
			double complex t = x[i];

			x[i] = x[j];
			x[j] = t;
		}
	}
	for (int len = 2; len <= n; len <<= 1) {
		for (int k = 0; k < len / 2; k++) {
			double complex w = turn(-(double)k / len);

			for (int i = k; i < n; i += len) {
				double complex t = w * x[i + len / 2];

				x[i + len / 2] = x[i] - t;
				x[i] += t;
			}
		}
	}
}

static bool is_near_harmonic(int bin, int n, double freq_norm)
{
	double bins = freq_norm * n;
	double nearest = round(bin / bins) * bins;

	return fabs(bin - nearest) <= KAISER_HALF_BINS;
}

double judge_worst_inharmonic_db(const v4f *x, int lane, int n, double freq_norm, double top_norm)
{
	double complex *spectrum = malloc((size_t)n * sizeof(*spectrum));
	const double *window = kaiser(n);
	double worst = 0.0, fundamental = 0.0;

	if (!spectrum)
		abort();
	for (int i = 0; i < n; i++)
		spectrum[i] = window[i] * (double)x[i][lane];
	fft(spectrum, n);
	for (int bin = 0; bin <= (int)(top_norm * n); bin++) {
		double size = cabs(spectrum[bin]);

		if (!is_near_harmonic(bin, n, freq_norm))
			worst = fmax(worst, size);
		else if (fabs(bin - freq_norm * n) <= KAISER_HALF_BINS)
			fundamental = fmax(fundamental, size);
	}
	free(spectrum);
	return judge_db(worst / fundamental);
}

double judge_inharmonic_db(const v4f *x, int lane, int n, int n_cycles)
{
	double mean = 0.0, power = 0.0, harmonics = 0.0;

	for (int i = 0; i < n; i++) {
		mean += (double)x[i][lane] / n;
		power += (double)x[i][lane] * (double)x[i][lane] / n;
	}
	for (int h = 1; 2 * h * n_cycles < n; h++) {
		double re = 0.0, im = 0.0;

		for (int i = 0; i < n; i++) {
			double turns = fmod((double)h * n_cycles * i / n, 1.0);

			re += (double)x[i][lane] * cos(2.0 * M_PI * turns) / n;
			im += (double)x[i][lane] * sin(2.0 * M_PI * turns) / n;
		}
		harmonics += 2.0 * (re * re + im * im);
	}
	power -= mean * mean;
	return 0.5 * judge_db(fabs(power - harmonics) / power);
}

int judge_longest_silence(const v4f *x, int lane, int n, double level)
{
	int longest = 0, run = 0;

	for (int i = 0; i < n; i++) {
		run = fabs((double)x[i][lane]) < level ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

double judge_burst_db(const v4f *x, int lane, int n)
{
	enum { WINDOW = 64 };
	double loudest = 0.0;

	for (int from = 4; from + WINDOW <= n; from += WINDOW / 2) {
		double sum = 0.0;

		for (int i = from; i < from + WINDOW; i++) { /* (1 - z^-1)^4 / 16 */
			double d = (double)x[i][lane] - 4.0 * (double)x[i - 1][lane] +
				   6.0 * (double)x[i - 2][lane] - 4.0 * (double)x[i - 3][lane] +
				   (double)x[i - 4][lane];

			sum += d * d / 256.0;
		}
		loudest = fmax(loudest, sqrt(sum / WINDOW));
	}
	return judge_db(loudest / fmax(judge_rms(x, lane, n), 1e-12));
}

double judge_difference_db(const v4f *a, const v4f *b, int n)
{
	double sum = 0.0;

	for (int i = 0; i < n; i++) {
		for (int k = 0; k < N_LANES; k++) {
			double d = (double)a[i][k] - (double)b[i][k];

			sum += d * d;
		}
	}
	return judge_db(sqrt(sum / n / N_LANES));
}

double judge_max_difference(const v4f *a, const v4f *b, int n)
{
	double worst = 0.0;

	for (int i = 0; i < n; i++) {
		for (int k = 0; k < N_LANES; k++)
			worst = fmax(worst, fabs((double)a[i][k] - (double)b[i][k]));
	}
	return worst;
}

struct biquad {
	double b0, b1, b2, a1, a2, s1, s2;
};

static double biquad_next(struct biquad *q, double x)
{
	double y = q->b0 * x + q->s1;

	q->s1 = q->b1 * x - q->a1 * y + q->s2;
	q->s2 = q->b2 * x - q->a2 * y;
	return y;
}

double judge_lufs(const v4f *x, int n)
{
	double sum = 0.0;

	for (int lane = 0; lane < 2; lane++) {
		struct biquad shelf = {1.53512485958697, -2.69169618940638, 1.19839281085285,
			-1.69065929318241, 0.73248077421585, 0.0, 0.0};
		struct biquad high = {
			1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621, 0.0, 0.0};

		for (int i = 0; i < n; i++) {
			double y = biquad_next(&high, biquad_next(&shelf, (double)x[i][lane]));

			sum += y * y / n;
		}
	}
	return 0.5 * judge_db(sum) - 0.691;
}
