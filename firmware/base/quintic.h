/* quintic.h - from 0 to 1 with value, slope and curvature continuous at both ends: fades that add
 * no edge.
 * Threads: [any], pure.
 * Source:  6t^5 - 15t^4 + 10t^3, Perlin, Improving Noise, SIGGRAPH 2002. */
#ifndef BASE_QUINTIC_H
#define BASE_QUINTIC_H

#define QUINTIC_SLOPE 1.875f /* in the middle, where it is steepest */

static inline float quintic(float t) /* t: 0..1 */
{
	return t * t * t * (t * (t * 6.0f - 15.0f) + 10.0f);
}

#endif
