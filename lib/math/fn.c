/* SPDX-License-Identifier: MIT */
#include "math/fn.h"

#include <math.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <sleef.h>

/*
 * SLEEF's deterministic scalar functions without FMA ("cinz"): the same bits
 * on any machine (Shibata & Petrogalli 2020), documented at 1.0 ulp.
 */

double fn_exp(double x)
{
	return Sleef_cinz_expd1_u10purec(x);
}

double fn_expm1(double x)
{
	return Sleef_cinz_expm1d1_u10purec(x);
}

double fn_log(double x)
{
	return Sleef_cinz_logd1_u10purec(x);
}

double fn_log1p(double x)
{
	/* SLEEF's flushes subnormals and ends at 1e307; below 2^-54 the result
	 * is x, and above 2^60 the 1 is far below the last place. */
	if (fabs(x) < 0x1p-54)
		return x;
	return x > 0x1p60 ? fn_log(x) : Sleef_cinz_log1pd1_u10purec(x);
}

double fn_pow(double x, double y)
{
	return Sleef_cinz_powd1_u10purec(x, y);
}

#ifdef __SSE2__

/*
 * SLEEF's deterministic functions give the same bits at any vector width, so
 * two lanes of SSE2, which every x86-64 has, agree with the scalar functions.
 */
static inline void many(double *y, const double *x, size_t n, __m128d (*f)(__m128d))
{
	size_t i = 0;
	for (; i + 2 <= n; i += 2)
		_mm_storeu_pd(y + i, f(_mm_loadu_pd(x + i)));
	if (i < n)
		_mm_store_sd(y + i, f(_mm_set1_pd(x[i])));
}

static __m128d exp_pair(__m128d x)
{
	return Sleef_cinz_expd2_u10sse2(x);
}

static __m128d expm1_pair(__m128d x)
{
	return Sleef_cinz_expm1d2_u10sse2(x);
}

static __m128d log_pair(__m128d x)
{
	return Sleef_cinz_logd2_u10sse2(x);
}

/* The ends that fn_log1p treats apart, by it. */
static __m128d log1p_pair(__m128d x)
{
	__m128d size = _mm_andnot_pd(_mm_set1_pd(-0.0), x);
	__m128d apart = _mm_or_pd(_mm_cmplt_pd(size, _mm_set1_pd(0x1p-54)),
		_mm_cmpgt_pd(x, _mm_set1_pd(0x1p60)));
	if (!_mm_movemask_pd(apart))
		return Sleef_cinz_log1pd2_u10sse2(x);
	return _mm_set_pd(fn_log1p(_mm_cvtsd_f64(_mm_unpackhi_pd(x, x))), fn_log1p(_mm_cvtsd_f64(x)));
}

#else

#define exp_pair fn_exp
#define expm1_pair fn_expm1
#define log_pair fn_log
#define log1p_pair fn_log1p

static void many(double *y, const double *x, size_t n, double (*f)(double))
{
	for (size_t i = 0; i < n; i++)
		y[i] = f(x[i]);
}

#endif

void fn_exp_many(double *y, const double *x, size_t n)
{
	many(y, x, n, exp_pair);
}

void fn_expm1_many(double *y, const double *x, size_t n)
{
	many(y, x, n, expm1_pair);
}

void fn_log_many(double *y, const double *x, size_t n)
{
	many(y, x, n, log_pair);
}

void fn_log1p_many(double *y, const double *x, size_t n)
{
	many(y, x, n, log1p_pair);
}
