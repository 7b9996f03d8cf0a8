/* SPDX-License-Identifier: MIT */
#include "model/logodds.h"

#include <math.h>

#include "math/fn.h"

struct logodds logodds_word(double here, double n_here, double elsewhere, double n_elsewhere)
{
	double n = n_here + n_elsewhere;
	struct logodds none = { NAN, NAN }, w;

	if (!(n_here > 0) || !(n_elsewhere > 0) || here + elsewhere >= n)
		return none;
	double alpha = LOGODDS_PRIOR * (here + elsewhere) / n;
	double a = here + alpha, b = elsewhere + alpha;
	w.log_odds = fn_log(a / (n_here + LOGODDS_PRIOR - a)) -
		     fn_log(b / (n_elsewhere + LOGODDS_PRIOR - b));
	w.z = w.log_odds / sqrt(1 / a + 1 / b);
	return w;
}
