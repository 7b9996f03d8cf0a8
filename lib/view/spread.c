/* SPDX-License-Identifier: MIT */
#include "view/spread.h"

#include "base/msg.h"

#define WIDE 100.0 /* ratio of variances: one standard deviation against ten */

void spread_warn(char *const *name, const double *variance, size_t n_columns)
{
	size_t widest = n_columns, narrowest = n_columns;
	double most = 0, least = 0;

	for (size_t c = 0; c < n_columns; c++) {
		double v = variance[c];
		if (!(v > 0)) {
			msg_warn("feature %s is constant: it tells no rows apart", name[c]);
			continue;
		}
		if (widest == n_columns || v > most)
			widest = c, most = v;
		if (narrowest == n_columns || v < least)
			narrowest = c, least = v;
	}
	if (most > WIDE * least)
		msg_warn("feature %s varies %.3g times as much as %s (variances), which hardly counts: "
			 "seg-scale makes them comparable", name[widest], most / least, name[narrowest]);
}
