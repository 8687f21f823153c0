/* kaiser.c - see kaiser.h.
 * Tested by: unit/modules/test_delay */
#include "dsp/kaiser.h"

#include <math.h>

static double bessel_i0(double x)
{
	double sum = 1.0, term = 1.0;

	for (int k = 1; k < 40; k++) {
		term *= (x / 2.0 / k) * (x / 2.0 / k);
		sum += term;
	}
	return sum;
}

double kaiser_window(double beta, double r)
{
	return bessel_i0(beta * sqrt(fmax(0.0, 1.0 - r * r)));
}

void sinc_row(double *row, int n, double d, double beta)
{
	double sum = 0.0;

	for (int k = 0; k < n; k++) {
		double x = n / 2 - k - d, to_nearest = x - round(x);
		double sine = to_nearest == 0.0 ? 0.0 : sin(M_PI * x) / M_PI;

		row[k] = (x == 0.0 ? 1.0 : sine / x) * kaiser_window(beta, x / (n / 2));
		sum += row[k];
	}
	for (int k = 0; k < n; k++)
		row[k] /= sum;
}
