/* SPDX-License-Identifier: MIT */
/* group, code and idmap against plain search. */
#include "table/group.h"

#include <stdio.h>
#include <stdlib.h>

#include "table/code.h"
#include "table/idmap.h"
#include "tests/unit/tap.h"
#include "value/rng.h"

enum { N_KEYS = 3000, KEY_MAX = 30 };

static struct { char s[KEY_MAX]; size_t n; } made[N_KEYS];

static uint64_t draw(uint64_t n, uint64_t index, uint32_t what)
{
	return rng_below(n, 1, RNG_TEST, index, what);
}

/* Few letters, zero bytes among them, so that keys share beginnings and ends. */
static void make_keys(void)
{
	for (size_t i = 0; i < N_KEYS; i++) {
		made[i].n = draw(KEY_MAX, i, 0);
		for (size_t k = 0; k < made[i].n; k++)
			made[i].s[k] = "a\0b\xff"[draw(4, i * KEY_MAX + k, 1)];
	}
}

static size_t first_equal(size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (made[k].n == made[i].n && memcmp(made[k].s, made[i].s, made[i].n) == 0)
			return k;
	return i;
}

static void test_group(void)
{
	struct group g = { .width = sizeof(size_t) };
	bool ids = true, bytes = true, sorted = true, values = true, is = true;
	size_t n_distinct = 0;

	for (size_t i = 0; i < N_KEYS; i++) {
		struct span key = { made[i].s, made[i].n };
		size_t first = first_equal(i);
		int64_t found = group_find(&g, key);
		uint32_t id = group_id(&g, key);
		size_t *value = group_value(&g, id);
		ids &= first == i ? found == -1 && id == n_distinct : found == (int64_t)id;
		if (first == i) {
			values &= *value == 0;
			*value = i;
			n_distinct++;
		}
		values &= *value == first;
	}
	uint32_t *order = group_sorted(&g);
	char room[GROUP_SHORT], before_room[GROUP_SHORT];
	for (uint32_t i = 0; i < g.n; i++) {
		size_t made_at = *(size_t *)group_value(&g, i);
		struct span key = { made[made_at].s, made[made_at].n };
		bytes &= span_equal(group_bytes(&g, i, room), key);
		is &= group_is(&g, i, key) && !group_is(&g, (i + 1) % (uint32_t)g.n, key);
		sorted &= i == 0 || span_compare(group_bytes(&g, order[i - 1], before_room),
						 group_bytes(&g, order[i], room)) < 0;
	}
	tap_ok(ids, "%zu keys are numbered as they first appear, and found", n_distinct);
	tap_ok(bytes && is, "keys of 0 to %d bytes come back, and are told apart", KEY_MAX - 1);
	tap_ok(values, "values start at zero and stay with their keys");
	tap_ok(sorted, "group_sorted is the byte order");
	tap_ok(group_memory(&g) > 0, "memory is accounted for");
	free(order);
	group_free(&g);
	tap_ok(g.n == 0 && group_memory(&g) == 0 && group_find(&g, span_of("a")) == -1,
	       "a freed group is empty");
}

/* Keys that share the first bytes, of which only the last differ, or only the
 * lengths, beyond what is sorted by its bytes. */
static void test_sorted(const char *what, size_t n_same, size_t n_keys, size_t n_digits)
{
	struct group g = { 0 };
	char key[2000], a_room[GROUP_SHORT], b_room[GROUP_SHORT];
	bool sorted = true;

	for (size_t i = 0; i < n_keys; i++) {
		size_t k = i * 7919 % n_keys; /* prime, so in no order */
		memset(key, 0, sizeof key);
		memset(key, 'k', n_same);
		size_t n = n_digits ? (size_t)sprintf(key + n_same, "%0*zu", (int)n_digits, k) : k;
		group_id(&g, (struct span){ key, n_same + n });
	}
	uint32_t *order = group_sorted(&g);
	for (uint32_t i = 1; i < g.n; i++)
		sorted &= span_compare(group_bytes(&g, order[i - 1], a_room),
				       group_bytes(&g, order[i], b_room)) < 0;
	tap_ok(sorted && g.n == n_keys, "%zu keys of %zu bytes and %s are sorted", n_keys, n_same,
	       what);
	free(order);
	group_free(&g);
}

static void test_code(void)
{
	static const char *const word[] = {
		"0", "00", "1", "01", "999999999", "1000000000", "9999999990", "A", "A0", "0A", "AA",
		"ZZZZZZ", "ZZZZZZZ", "85123A", "POST", "post", "C536379", "536365", "5363 5", "-1",
		"1.5", "\xc3\xa9", "Z", "z", "9", "99999Z", "999999", "0999999", "a longer name",
	};
	enum { N_WORDS = sizeof word / sizeof *word };
	struct code c = { 0 };
	uint32_t code[N_WORDS];
	bool apart = true, back = true;

	for (size_t i = 0; i < N_WORDS; i++) {
		code[i] = code_of(&c, span_of(word[i]));
		apart &= code[i] != 0;
		for (size_t k = 0; k < i; k++)
			apart &= code[k] != code[i];
	}
	for (size_t i = 0; i < N_WORDS; i++) {
		char room[CODE_ROOM];
		back &= code_of(&c, span_of(word[i])) == code[i] &&
			span_equal(code_bytes(&c, code[i], room), span_of(word[i]));
	}
	tap_ok(apart, "%d words have as many codes", N_WORDS);
	tap_ok(back, "and come back from them");
	tap_ok(c.others.n < N_WORDS - 12, "the usual ones without memory");

	char room[CODE_ROOM], text[16];
	bool right = true;
	for (uint64_t i = 0; i < 20000; i++) {
		size_t n = 1 + draw(7, i, 4);
		for (size_t k = 0; k < n; k++)
			text[k] = "0123456789ABXYZa"[draw(i % 2 ? 10 : 16, 10 * i + k, 5)];
		struct span s = { text, n };
		right &= span_equal(code_bytes(&c, code_of(&c, s), room), s);
	}
	tap_ok(right, "as do 20,000 made up");
	code_free(&c);
}

static void test_idmap(size_t n_maps, uint32_t range, size_t n_adds)
{
	struct idmap_pool pool = { .width = sizeof(uint64_t) };
	struct idmap *map = calloc(n_maps, sizeof *map);
	uint64_t *count = calloc(n_maps * (range + 1), sizeof *count);
	bool right = true;

	for (size_t i = 0; i < n_adds; i++) {
		size_t at = draw(n_maps, i, 2);
		uint32_t id = 1 + (uint32_t)draw(range, i, 3);
		right &= ++*(uint64_t *)idmap_value(&map[at], &pool, id) ==
			 ++count[at * (range + 1) + id];
	}
	for (size_t at = 0; at < n_maps; at++) {
		const void *value;
		size_t walk = 0, n = 0, n_there = 0;
		uint32_t id;
		for (; (id = idmap_next(&map[at], &pool, &walk, &value)); n++)
			right &= *(const uint64_t *)value == count[at * (range + 1) + id];
		for (id = 1; id <= range; id++)
			n_there += count[at * (range + 1) + id] > 0;
		right &= n == n_there && n == map[at].n;
	}
	tap_ok(right, "%zu maps of 1..%u after %zu additions", n_maps, range, n_adds);
	idmap_pool_free(&pool);
	free(map);
	free(count);
}

int main(void)
{
	make_keys();
	test_group();
	test_sorted("six digits", 0, 5000, 6);
	test_sorted("six digits", 9, 5000, 6);
	test_sorted("six digits", 100, 5000, 6);
	test_sorted("zero bytes in other numbers", 3, 1500, 0);
	test_code();
	test_idmap(200, 3, 2000);
	test_idmap(50, 40, 5000);
	test_idmap(3, 5000, 20000);
	return tap_done();
}
