/* SPDX-License-Identifier: MIT */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include <stdbool.h>

/*
 * Which vectors to work with: whoever has variants of a function asks here.
 * All variants give the same bits; they differ in speed alone.
 */
enum cpu_vectors { CPU_PLAIN, CPU_AVX2, CPU_AVX512 };

/* The environment variable that holds the choice down: plain, avx2, avx512. */
#define CPU_ENV "SEG_CPU"

/*
 * The widest vectors that the processor has and CPU_ENV allows; without it, or
 * with a value that is none of the three, the widest there are.  Asked for
 * once, then remembered; may be called from any thread.
 */
enum cpu_vectors cpu_vectors(void);

/* Whether CPU_ENV, if it is set, has one of the three values. */
bool cpu_env_known(void);

#endif
