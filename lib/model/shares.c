/* SPDX-License-Identifier: MIT */
#include "model/shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t room_for(size_t room, size_t need)
{
	while (room < need)
		room = room ? 2 * room : 16;
	return room;
}

/* Moves to a matrix that has at least so many levels and groups. */
static int make_room(struct shares *s, size_t n_levels, size_t n_groups)
{
	size_t levels = room_for(s->level_room, n_levels), groups = room_for(s->group_room, n_groups);
	if (levels == s->level_room && groups == s->group_room)
		return 0;
	struct shares t = *s;
	t.level_room = levels;
	t.group_room = groups;
	t.value = calloc(levels * groups, sizeof *t.value);
	t.n = calloc(levels * groups, sizeof *t.n);
	t.of_level = calloc(levels, sizeof *t.of_level);
	t.of_group = calloc(groups, sizeof *t.of_group);
	if (!t.value || !t.n || !t.of_level || !t.of_group) {
		shares_free(&t);
		return -1;
	}
	for (size_t l = 0; l < s->n_levels; l++)
		for (size_t g = 0; g < s->n_groups; g++) {
			t.value[l * groups + g] = s->value[l * s->group_room + g];
			t.n[l * groups + g] = s->n[l * s->group_room + g];
		}
	if (s->n_levels)
		memcpy(t.of_level, s->of_level, s->n_levels * sizeof *t.of_level);
	if (s->n_groups)
		memcpy(t.of_group, s->of_group, s->n_groups * sizeof *t.of_group);
	shares_free(s);
	*s = t;
	return 0;
}

static int add_cell(struct shares *s, size_t level, size_t group, dec_wide value, uint64_t n)
{
	if (make_room(s, level + 1, group + 1))
		return -1;
	s->n_levels = level + 1 > s->n_levels ? level + 1 : s->n_levels;
	s->n_groups = group + 1 > s->n_groups ? group + 1 : s->n_groups;
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
	return den == 0 ? NAN : dec_ratio(num, den);
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
	return overall == 0 ? NAN : 100 * shares_mix(s, level, group) / overall;
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
