/* SPDX-License-Identifier: MIT */
#ifndef MODEL_VECTOR_H
#define MODEL_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "model/lanes.h"

/*
 * Eight rows at a time.  The compiler lowers the eight lanes to one, two or
 * four instructions; each lane does the same operations in the same order, so
 * that all variants give the same bits (no contraction, no reassociation).
 */
#define VECTOR_LANES 8

typedef double vector_real __attribute__((vector_size(VECTOR_LANES * sizeof(double))));
typedef int64_t vector_int __attribute__((vector_size(VECTOR_LANES * sizeof(int64_t))));

#define VECTOR_INLINE static inline __attribute__((always_inline, unused))

/*
 * VECTOR_VARIANTS(f, (int a, int b), (a, b)) makes void f(int a, int b) of the
 * VECTOR_INLINE function f_any: compiled three times, chosen among at run time.
 */
#ifdef LANES_X86
#define VECTOR_VARIANTS(name, parameters, arguments) \
	__attribute__((target("avx512f"))) static void name##_avx512 parameters \
	{ \
		name##_any arguments; \
	} \
	__attribute__((target("avx2"))) static void name##_avx2 parameters \
	{ \
		name##_any arguments; \
	} \
	static void name##_plain parameters \
	{ \
		name##_any arguments; \
	} \
	LANES_CHOOSE(name, parameters, arguments)
#else
#define VECTOR_VARIANTS(name, parameters, arguments) \
	static void name##_plain parameters \
	{ \
		name##_any arguments; \
	} \
	LANES_CHOOSE(name, parameters, arguments)
#endif

/* Macros where a function would pass a vector by value: the calling
 * convention for that depends on the CPU. */
#define vector_load(v, p) memcpy(&(v), (p), sizeof(vector_real))
#define vector_store(p, v) memcpy((p), &(v), sizeof(vector_real))
#define vector_select(mask, a, b) \
	((vector_real)(((mask) & (vector_int)(a)) | (~(mask) & (vector_int)(b))))

/*
 * *s = the squared distances of rows row..row+7 to the point c: per lane
 * ((x0-c0)^2 + (x1-c1)^2) + ...
 */
VECTOR_INLINE void vector_squared(vector_real *s, double *const *column, size_t row,
				  const double *c, size_t d)
{
	vector_real sum, x;

	vector_load(x, column[0] + row);
	x -= c[0];
	sum = x * x;
	for (size_t j = 1; j < d; j++) {
		vector_load(x, column[j] + row);
		x -= c[j];
		sum += x * x;
	}
	*s = sum;
}

#endif
