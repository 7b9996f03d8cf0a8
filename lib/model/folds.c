/* SPDX-License-Identifier: MIT */
#include "model/folds.h"

#include <math.h>
#include <stdlib.h>

#include "value/rng.h"

struct drawn {
	uint64_t bits;
	size_t row;
};

static int by_bits(const void *a, const void *b)
{
	const struct drawn *x = a, *y = b;

	if (x->bits != y->bits)
		return x->bits < y->bits ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* The rows of one class in random order; returns their number. */
static size_t shuffle_class(struct drawn *to, const uint8_t *y, const uint32_t *skip, size_t n,
			    size_t class, uint64_t seed, enum rng_purpose purpose)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (y[i] == class && !(skip && skip[i]))
			to[found++] = (struct drawn){ rng_bits(seed, purpose, i, 0), i };
	qsort(to, found, sizeof *to, by_bits);
	return found;
}

int folds_holdout(uint32_t *held, const uint8_t *y, size_t n, size_t n_classes, double share,
		  uint64_t seed)
{
	struct drawn *order = malloc((n + 1) * sizeof *order);

	if (!order)
		return -1;
	for (size_t i = 0; i < n; i++)
		held[i] = 0;
	for (size_t class = 0; class < n_classes; class++) {
		size_t found = shuffle_class(order, y, NULL, n, class, seed, RNG_HOLDOUT);
		size_t taken = (size_t)llrint(share * (double)found);
		for (size_t i = 0; i < taken && i < found; i++)
			held[order[i].row] = 1;
	}
	free(order);
	return 0;
}

int folds_assign(uint32_t *fold, const uint8_t *y, const uint32_t *skip, size_t n,
		 size_t n_classes, uint32_t k, uint64_t seed)
{
	struct drawn *order = malloc((n + 1) * sizeof *order);
	size_t placed = 0;

	if (!order)
		return -1;
	for (size_t i = 0; i < n; i++)
		fold[i] = k;
	for (size_t class = 0; class < n_classes; class++) {
		size_t found = shuffle_class(order, y, skip, n, class, seed, RNG_FOLD);
		for (size_t i = 0; i < found; i++)
			fold[order[i].row] = (uint32_t)((placed + i) % k);
		placed += found;
	}
	free(order);
	return 0;
}
