/* SPDX-License-Identifier: MIT */
#include "math/fn.h"

#include <math.h>
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
