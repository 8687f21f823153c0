/* reverb_room.c - lengths and filters of the reverb's lines. See reverb_room.h.
 * Tested by: unit/modules/test_reverb */
#include <math.h>

#include "modules/reverb_room.h"

#define SIZE_LEAST 0.25f /* of the longest lines, at size 0 */
#define HIGH_LEAST 0.15  /* of decay_s is what 8 kHz gets at damping 1 */
#define MID_HZ     1000.0
#define HIGH_HZ    8000.0

/* At size 1 */
static const float line_ms[REVERB_LINES] = {
	41.13f, 49.71f, 57.19f, 63.83f, 71.31f, 79.07f, 87.43f, 97.01f};

float reverb_line_ms(int line, float size)
{
	return line_ms[line] * (SIZE_LEAST + (1.0f - SIZE_LEAST) * size);
}

/* |1 - p e^-jw| */
static double pole_size(double p, double cos_w)
{
	return sqrt(1.0 + p * p - 2.0 * p * cos_w);
}

/* The filter of a line of n frames, in / (1 - pole z^-1): 60 dB in mid_s at MID_HZ, in high_s at
 * HIGH_HZ. */
static void line_filter(
	double n, double rate_hz, double mid_s, double high_s, float *in, float *pole)
{
	double cos_mid = cos(2.0 * M_PI * MID_HZ / rate_hz);
	double cos_high = cos(2.0 * M_PI * fmin(HIGH_HZ, 0.45 * rate_hz) / rate_hz);
	double gain = pow(10.0, -3.0 * n / (rate_hz * mid_s));
	double most = pow(10.0, -1.5 * n / (rate_hz * mid_s));                       /* at 0 Hz */
	double ratio = pow(10.0, -6.0 * n / rate_hz * (1.0 / high_s - 1.0 / mid_s)); /* squared */
	double a = 1.0 - ratio, b, p;

	ratio = fmax(ratio, 1.02 * (1.0 - cos_mid) / (1.0 - cos_high));
	a = 1.0 - ratio;
	b = cos_mid - ratio * cos_high;
	p = a > 1e-9 ? (b - sqrt(fmax(b * b - a * a, 0.0))) / a : 0.0;
	*pole = (float)p;
	*in = (float)fmin(gain * pole_size(p, cos_mid), most * (1.0 - p));
}

/* The loudness of pink noise that damping takes, measured */
static double loudness_back(double damping)
{
	return 0.93 + damping * (0.63 - 0.346 * damping);
}

void reverb_gains_make(struct reverb_gains *gains, struct reverb_room room, double rate_hz)
{
	double mid_s = (double)room.decay_s;
	double high_s = mid_s * pow(HIGH_LEAST, (double)room.damping);
	double loss = 0.0, level;

	for (int k = 0; k < REVERB_LINES; k++) {
		double n = (double)reverb_line_ms(k, room.size) * rate_hz / 1000.0;
		float in, pole;

		line_filter(n, rate_hz, mid_s, high_s, &in, &pole);
		gains->at[IN_LOW + k / N_LANES][k % N_LANES] = in;
		gains->at[POLE_LOW + k / N_LANES][k % N_LANES] = pole;
		loss += 1.0 - pow(10.0, -6.0 * n / (rate_hz * mid_s));
	}
	level = sqrt(loss / fmax(REVERB_LINES - loss, REVERB_LINES / 4));
	gains->at[LEVEL] = lanes_of((float)(level * loudness_back((double)room.damping)));
}
