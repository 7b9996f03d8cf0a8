/* SPDX-License-Identifier: MIT */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

#define N_NAMES 3

/* The choice CPU_ENV names; N_NAMES: another word, -1: not set. */
static int from_env(void)
{
	static const char *const name[N_NAMES] = { "plain", "avx2", "avx512" };
	const char *value = getenv(CPU_ENV);
	int i = 0;

	if (!value)
		return -1;
	while (i < N_NAMES && strcmp(value, name[i]) != 0)
		i++;
	return i;
}

static int from_processor(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
		return CPU_AVX512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return CPU_AVX2;
#endif
	return CPU_PLAIN;
}

enum cpu_vectors cpu_vectors(void)
{
	static int chosen = -1;
	int v = __atomic_load_n(&chosen, __ATOMIC_RELAXED), wanted;

	if (v >= 0)
		return (enum cpu_vectors)v;
	v = from_processor();
	wanted = from_env();
	if (wanted >= 0 && wanted < v)
		v = wanted;
	__atomic_store_n(&chosen, v, __ATOMIC_RELAXED);
	return (enum cpu_vectors)v;
}

bool cpu_env_known(void)
{
	return from_env() < N_NAMES;
}
