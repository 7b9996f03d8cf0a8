/* SPDX-License-Identifier: MIT */
#ifndef VIEW_SPREAD_H
#define VIEW_SPREAD_H

#include <stddef.h>

/*
 * Warns of features that tell no rows apart, being constant, and of two whose
 * variances differ so much (100 times) that Euclidean distances are those of
 * the wider one alone.
 */
void spread_warn(char *const *name, const double *variance, size_t n_columns);

#endif
