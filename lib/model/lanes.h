/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LANES_H
#define MODEL_LANES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define LANES_X86 1
#endif

#include "base/cpu.h"

/*
 * Vectors as wide as the processor has them.  A kernel is a file that
 * model/lanes_each.h includes once for each width; in it a vector has LANES
 * doubles (lanes_real) or int64_t (lanes_int), functions are written
 *
 *	LANES_FUNCTION void LANES_NAME(add)(...)     a variant that is chosen
 *	LANES_INLINE void LANES_NAME(helper)(...)    part of one
 *
 * and LANES_CHOOSE makes add() call the variant that cpu_vectors() names.  A
 * lane does the same operations in the same order whatever the width, so all
 * variants give the same bits; sums over rows are kept in LANES_EIGHT lanes by
 * kernels that have some.  (One vector type of eight lanes for all would do but
 * for comparisons, which gcc takes apart into single lanes where the processor
 * has no vector of that width: five times slower.)
 */
#define LANES_EIGHT 8

typedef double lanes_real2 __attribute__((vector_size(16)));
typedef double lanes_real4 __attribute__((vector_size(32)));
typedef double lanes_real8 __attribute__((vector_size(64)));
typedef float lanes_float4 __attribute__((vector_size(16)));
typedef float lanes_float8 __attribute__((vector_size(32)));
typedef float lanes_float16 __attribute__((vector_size(64)));
typedef int32_t lanes_bits4 __attribute__((vector_size(16)));
typedef int64_t lanes_int2 __attribute__((vector_size(16)));
typedef int64_t lanes_int4 __attribute__((vector_size(32)));
typedef int64_t lanes_int8 __attribute__((vector_size(64)));
typedef uint64_t lanes_word2 __attribute__((vector_size(16)));
typedef uint64_t lanes_word4 __attribute__((vector_size(32)));
typedef uint64_t lanes_word8 __attribute__((vector_size(64)));

#define LANES_JOIN_(name, width) name##_##width
#define LANES_JOIN(name, width) LANES_JOIN_(name, width)

/* LANES_CHOOSE(f, (int a, int b), (a, b)) makes static void f(int a, int b). */
#ifdef LANES_X86
#define LANES_CHOOSE(name, parameters, arguments) \
	static void name parameters \
	{ \
		switch (cpu_vectors()) { \
		case CPU_AVX512: \
			name##_avx512 arguments; \
			return; \
		case CPU_AVX2: \
			name##_avx2 arguments; \
			return; \
		case CPU_PLAIN: \
			name##_plain arguments; \
			return; \
		} \
	}
#else
#define LANES_CHOOSE(name, parameters, arguments) \
	static void name parameters \
	{ \
		name##_plain arguments; \
	}
#endif

#endif
