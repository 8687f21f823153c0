/* kaiser.h - the Kaiser window, and rows of a sinc under it.
 * Threads: [desk], pure.
 * Source:  Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974. */
#ifndef DSP_KAISER_H
#define DSP_KAISER_H

/* Bessel's I0(beta sqrt(1 - r^2)), r the way from the middle to the end; not scaled */
double kaiser_window(double beta, double r);

/* Weights of n frames, the oldest first, that give the value `d` (0..1) of a frame before the frame
 * n/2; they add up to 1, and d = 0 is that frame exactly. */
void sinc_row(double *row, int n, double d, double beta);

#endif
