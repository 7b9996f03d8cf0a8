/* SPDX-License-Identifier: MIT */
#ifndef TABLE_CODE_H
#define TABLE_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "table/group.h"
#include "value/span.h"

/*
 * Numbers 1..2^32-1 for distinct byte strings, as sets of invoices, products
 * and the like hold them.  The usual ones need no memory: a whole number of
 * up to nine digits without a leading 0 stands for itself, and up to six of
 * 0-9 and A-Z are a number in base 37; all others are numbered as they appear.
 * Zeroed struct = empty.
 */
struct code {
	struct group others;
};

#define CODE_ROOM 12

/* The number of s, s.n >= 1.  O(1). */
uint32_t code_of(struct code *c, struct span s);

/* The bytes of a number that code_of gave; short ones are in `room`. */
struct span code_bytes(const struct code *c, uint32_t code, char room[CODE_ROOM]);

void code_free(struct code *c);

#endif
