/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_ORDER_H
#define MODEL_KMEANS_ORDER_H

#include "model/kmeans_core.h"

/*
 * Rows in an order in which neighbours are near each other: by the cells of a
 * grid.  Seeding looks at blocks of them, the tree is built on the cells.  The
 * order depends on the rows alone.
 */
struct kmeans_order {
	size_t n_cells;
	size_t *first; /* [n_cells + 1] rows of a cell; there are empty ones */
};

/*
 * Orders the rows; with `numbers` rows->row is theirs then.  The order within a
 * cell is the one before.  With `exchange` the columns become other memory of
 * malloc's.  Memory beside rows->row: 10 bytes a row meanwhile.  Returns 0, or -1 without
 * memory, when the rows may have lost their order.  O(n d)
 */
int kmeans_order(struct kmeans_order *o, struct kmeans_rows *rows, bool numbers, bool exchange,
		 int threads);
void kmeans_order_free(struct kmeans_order *o);

/* The rows by their numbers again; rows->row is NULL then.  0, or -1 without memory. */
int kmeans_order_undo(struct kmeans_rows *rows, int threads);

#endif
