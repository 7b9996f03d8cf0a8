/* SPDX-License-Identifier: MIT */
#include "model/shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Groups are few, levels may be as many as rows. */
#define GROUP_ROOM 4
#define LEVEL_ROOM 16

static size_t room_for(size_t room, size_t need)
{
	while (room < need)
		room *= 2;
	return room;
}

/* More levels: rows are appended, nothing moves.  They are zeroed as they come. */
static int make_levels(struct shares *s, size_t n_levels)
{
	size_t room = room_for(s->level_room ? s->level_room : LEVEL_ROOM, n_levels);
	if (room == s->level_room)
		return 0;
	dec_wide *value = realloc(s->value, room * s->group_room * sizeof *value);
	s->value = value ? value : s->value;
	uint64_t *n = realloc(s->n, room * s->group_room * sizeof *n);
	s->n = n ? n : s->n;
	dec_wide *of_level = realloc(s->of_level, room * sizeof *of_level);
	s->of_level = of_level ? of_level : s->of_level;
	if (!value || !n || !of_level)
		return -1;
	s->level_room = room;
	return 0;
}

/* More groups: each row gets wider, in a new matrix. */
static int make_groups(struct shares *s, size_t n_groups)
{
	size_t old = s->group_room, room = room_for(old ? old : GROUP_ROOM, n_groups);
	if (room == old)
		return 0;
	dec_wide *value = calloc(s->level_room * room + 1, sizeof *value);
	uint64_t *n = calloc(s->level_room * room + 1, sizeof *n);
	dec_wide *of_group = calloc(room, sizeof *of_group);
	if (!value || !n || !of_group) {
		free(value);
		free(n);
		free(of_group);
		return -1;
	}
	for (size_t l = 0; l < s->n_levels; l++) {
		memcpy(value + l * room, s->value + l * old, s->n_groups * sizeof *value);
		memcpy(n + l * room, s->n + l * old, s->n_groups * sizeof *n);
	}
	if (s->n_groups)
		memcpy(of_group, s->of_group, s->n_groups * sizeof *of_group);
	free(s->value);
	free(s->n);
	free(s->of_group);
	s->value = value;
	s->n = n;
	s->of_group = of_group;
	s->group_room = room;
	return 0;
}

static int make_room(struct shares *s, size_t n_levels, size_t n_groups)
{
	if (make_groups(s, n_groups) || make_levels(s, n_levels))
		return -1;
	for (; s->n_levels < n_levels; s->n_levels++) {
		memset(s->value + s->n_levels * s->group_room, 0, s->group_room * sizeof *s->value);
		memset(s->n + s->n_levels * s->group_room, 0, s->group_room * sizeof *s->n);
		s->of_level[s->n_levels] = 0;
	}
	s->n_groups = n_groups > s->n_groups ? n_groups : s->n_groups;
	return 0;
}

static int add_cell(struct shares *s, size_t level, size_t group, dec_wide value, uint64_t n)
{
	if (make_room(s, level + 1, group + 1))
		return -1;
	s->n[level * s->group_room + group] += n;
	s->total_n += n;
	bool fits = dec_add(&s->value[level * s->group_room + group], value);
	fits = fits && dec_add(&s->of_level[level], value);
	fits = fits && dec_add(&s->of_group[group], value);
	return fits && dec_add(&s->total, value) ? 0 : -2;
}

int shares_add(struct shares *s, uint32_t level, uint32_t group, dec_wide value)
{
	return add_cell(s, level, group, value, 1);
}

uint64_t shares_bytes(const struct shares *s, size_t level, size_t group)
{
	size_t levels = level + 1 > s->n_levels ? level + 1 : s->n_levels;
	size_t groups = room_for(s->group_room ? s->group_room : GROUP_ROOM, group + 1);
	size_t both = groups == s->group_room ? groups : groups + s->group_room;
	return levels * (both * (sizeof *s->value + sizeof *s->n) + sizeof *s->of_level);
}

int shares_reorder(struct shares *s, const uint32_t *place, size_t n_groups)
{
	if (make_room(s, s->n_levels, n_groups))
		return -1;
	dec_wide *value = malloc((s->n_groups + 1) * sizeof *value);
	uint64_t *n = malloc((s->n_groups + 1) * sizeof *n);
	bool there = value && n;
	for (size_t l = 0; there && l <= s->n_levels; l++) {
		dec_wide *row = l < s->n_levels ? s->value + l * s->group_room : s->of_group;
		uint64_t *rows = l < s->n_levels ? s->n + l * s->group_room : NULL;
		for (size_t g = 0; g < s->n_groups; g++) {
			value[place[g]] = row[g];
			n[place[g]] = rows ? rows[g] : 0;
		}
		memcpy(row, value, s->n_groups * sizeof *value);
		if (rows)
			memcpy(rows, n, s->n_groups * sizeof *n);
	}
	free(value);
	free(n);
	return there ? 0 : -1;
}

int shares_merge(struct shares *into, const struct shares *from, const uint32_t *level_map,
		 const uint32_t *group_map)
{
	for (size_t l = 0; l < from->n_levels; l++)
		for (size_t g = 0; g < from->n_groups; g++) {
			size_t at = l * from->group_room + g;
			int status = add_cell(into, level_map[l], group_map[g], from->value[at], from->n[at]);
			if (status)
				return status;
		}
	return 0;
}

dec_wide shares_value(const struct shares *s, size_t level, size_t group)
{
	return level < s->n_levels && group < s->n_groups ? s->value[level * s->group_room + group] : 0;
}

uint64_t shares_rows(const struct shares *s, size_t level, size_t group)
{
	return level < s->n_levels && group < s->n_groups ? s->n[level * s->group_room + group] : 0;
}

static double ratio(dec_wide num, dec_wide den)
{
	return den > 0 ? dec_ratio(num, den) : NAN;
}

static dec_wide group_value(const struct shares *s, size_t group)
{
	return group < s->n_groups ? s->of_group[group] : 0;
}

double shares_mix(const struct shares *s, size_t level, size_t group)
{
	return ratio(shares_value(s, level, group), group_value(s, group));
}

double shares_split(const struct shares *s, size_t level, size_t group)
{
	return ratio(shares_value(s, level, group), s->of_level[level]);
}

double shares_part(const struct shares *s, size_t level, size_t group)
{
	return ratio(shares_value(s, level, group), s->total);
}

double shares_index(const struct shares *s, size_t level, size_t group)
{
	double overall = ratio(s->of_level[level], s->total);
	return !(overall > 0) ? NAN : 100 * shares_mix(s, level, group) / overall;
}

bool shares_check(const struct shares *s, size_t *level, size_t *group)
{
	dec_wide levels = 0, groups = 0;
	*level = *group = SIZE_MAX;
	for (size_t l = 0; l < s->n_levels; l++) {
		dec_wide sum = 0;
		for (size_t g = 0; g < s->n_groups; g++)
			sum += s->value[l * s->group_room + g];
		levels += s->of_level[l];
		if (sum != s->of_level[l]) {
			*level = l;
			return false;
		}
	}
	for (size_t g = 0; g < s->n_groups; g++) {
		dec_wide sum = 0;
		for (size_t l = 0; l < s->n_levels; l++)
			sum += s->value[l * s->group_room + g];
		groups += s->of_group[g];
		if (sum != s->of_group[g]) {
			*group = g;
			return false;
		}
	}
	return levels == s->total && groups == s->total;
}

void shares_free(struct shares *s)
{
	free(s->value);
	free(s->n);
	free(s->of_level);
	free(s->of_group);
	*s = (struct shares){ 0 };
}
