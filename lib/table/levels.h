/* SPDX-License-Identifier: MIT */
#ifndef TABLE_LEVELS_H
#define TABLE_LEVELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "value/span.h"

/*
 * The distinct values (raw) of a column, numbered from 0 in the order in
 * which they first came.  Zeroed struct = empty.
 */
struct levels {
	struct span *text; /* [n] */
	size_t n, capacity;
	uint32_t *slot;    /* open addressing, number + 1 or 0; n_slots is a power of two */
	size_t n_slots;
	uint32_t last;     /* the latest answer: rows of one value often come together */
	struct mem_arena arena;
};

/* The value's number; a new one is copied.  Amortised O(1).  At most 2^31. */
uint32_t levels_number(struct levels *l, struct span raw);

/* Bytes held once one more value has been taken, beside that value's own. */
uint64_t levels_bytes(const struct levels *l);

/*
 * place[number] = its place in order: whole numbers ascending when every
 * value is one, else byte order.  place has n elements.
 */
void levels_order(const struct levels *l, uint32_t *place);
void levels_free(struct levels *l);

#endif
