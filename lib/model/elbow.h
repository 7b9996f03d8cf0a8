/* SPDX-License-Identifier: MIT */
#ifndef MODEL_ELBOW_H
#define MODEL_ELBOW_H

#include <stddef.h>

/*
 * Kneedle (Satopaa, Albrecht, Irwin & Raghavan 2011, "Finding a 'kneedle' in a
 * haystack") for a falling convex curve, sensitivity 1, without smoothing.
 * x ascending, n points.  Returns the index of the knee, or -1 when there is
 * none: fewer than three points, a curve that does not fall, or no point that
 * stands out.  The knee depends on the range of x.
 */
ptrdiff_t elbow_find(const double *x, const double *y, size_t n);

#endif
