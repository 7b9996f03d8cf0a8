/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SHARES_H
#define MODEL_SHARES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value/dec.h"

/*
 * A value (money, 10^-12) by group and level, exactly, and the three shares
 * that are never to be mixed up.  Zeroed struct = empty.  The margins are
 * accumulated from the rows as well, apart from the matrix: the second path.
 */
struct shares {
	dec_wide *value;       /* [level * group_room + group] */
	uint64_t *n;           /* likewise, rows */
	size_t n_levels, n_groups, level_room, group_room;
	dec_wide *of_level;    /* [n_levels] */
	dec_wide *of_group;    /* [n_groups] */
	dec_wide total;
	uint64_t total_n;
};

/* One row.  0, or -1 without memory, -2 when a sum leaves 128 bits. */
int shares_add(struct shares *s, uint32_t level, uint32_t group, dec_wide value);

/* The most bytes held while a row of this level and group is added: beyond
 * 4, 8, 16 ... groups there are two matrices for a moment. */
uint64_t shares_bytes(const struct shares *s, size_t level, size_t group);

/* Group g becomes group place[g], a permutation of n groups, all there are or
 * more.  0, or -1 without memory. */
int shares_reorder(struct shares *s, const uint32_t *place, size_t n_groups);

/* into += from, whose level i is into's level_map[i], groups group_map[i]. */
int shares_merge(struct shares *into, const struct shares *from, const uint32_t *level_map,
		 const uint32_t *group_map);

dec_wide shares_value(const struct shares *s, size_t level, size_t group);
uint64_t shares_rows(const struct shares *s, size_t level, size_t group);

/* NaN where the denominator is not above 0: what is lost has no shares. */
double shares_mix(const struct shares *s, size_t level, size_t group);   /* of the group's value */
double shares_split(const struct shares *s, size_t level, size_t group); /* of the level's value */
double shares_part(const struct shares *s, size_t level, size_t group);  /* of all value */
double shares_index(const struct shares *s, size_t level, size_t group); /* 100 mix / mix of all */

/*
 * Whether the cells add up to each margin and the margins to the total, to
 * the last digit.  On a mismatch false, and *level or *group the margin that
 * is wrong (the other SIZE_MAX; both SIZE_MAX: the total).
 */
bool shares_check(const struct shares *s, size_t *level, size_t *group);
void shares_free(struct shares *s);

#endif
