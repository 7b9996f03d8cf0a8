/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/msg.h"
#include "table/unique.h"
#include "tests/unit/tap.h"

static struct hash_128 of(uint64_t i)
{
	return hash_128(&i, sizeof i);
}

static size_t room(const struct unique *u)
{
	size_t n = 0;

	for (int i = 0; i < UNIQUE_PARTS; i++)
		n += u->part[i].room;
	return n;
}

static void in_memory(void)
{
	enum { N = 300000 };
	struct unique u = { .limit = 0 };
	size_t n_new = 0, n_again = 0, n_later = 0;
	bool lean = true;
	for (uint64_t i = 0; i < N; i++) {
		n_new += unique_add(&u, of(i));
		lean &= i < N / 2 || room(&u) * sizeof(struct hash_128) < 37 * u.n;
	}
	for (uint64_t i = 0; i < N; i++)
		n_again += !unique_add(&u, of(i));
	for (uint64_t i = N; i < N + 1000; i++)
		n_later += unique_add(&u, of(i));
	tap_ok(n_new == N && u.n == N + 1000, "each of %d hashes is new once", N);
	tap_ok(n_again == N, "and seen the second time");
	tap_ok(n_later == 1000, "others are new still");
	tap_ok(lean, "less than 37 bytes a hash");
	struct hash_128 zero = { 0, 0 };
	tap_ok(unique_add(&u, zero) && !unique_add(&u, zero), "a hash of zero is one too");
	tap_ok(!unique_full(&u, SIZE_MAX / 100), "without a limit it is never full");
	unique_free(&u);
}

/* n draws of `range` values under a limit, against a table of what was drawn. */
static bool is_right(size_t limit, uint32_t n, uint32_t range, uint64_t *n_deferred)
{
	struct unique u = { .limit = limit };
	char *drawn = calloc(range, 1), *fresh = calloc(n, 1);
	uint32_t state = 12345, first = n;
	bool right = drawn && fresh;
	for (uint32_t i = 0; right && i < n; i++) {
		state = state * 1664525u + 1013904223u;
		uint32_t value = (state >> 8) % range;
		struct hash_128 h = value ? of(value) : (struct hash_128){ 0, 0 };
		fresh[i] = !drawn[value];
		drawn[value] = 1;
		if (first == n && unique_full(&u, 1))
			first = i;
		if (first == n)
			right = unique_add(&u, h) == fresh[i];
		else
			unique_defer(&u, h);
	}
	unique_settle(&u);
	for (uint32_t i = first; right && i < n; i++)
		right = unique_next(&u) == fresh[i];
	*n_deferred = n - first;
	unique_free(&u);
	free(drawn);
	free(fresh);
	return right;
}

int main(void)
{
	static const size_t limits[] = { 1, 4096, 20000, 100000, 1000000, 0 };
	uint64_t n_deferred;
	msg_init("unique");
	in_memory();
	for (int i = 0; i < 6; i++) {
		bool right = is_right(limits[i], 100000, 60000, &n_deferred) &&
			     is_right(limits[i], 100000, 90, &n_deferred) &&
			     is_right(limits[i], 100000, 1u << 24, &n_deferred);
		tap_ok(right, "first ones and duplicates with a limit of %zu bytes (%llu answered later)", limits[i],
		       (unsigned long long)n_deferred);
	}
	tap_ok(is_right(1, 0, 1, &n_deferred), "nothing at all");
	return tap_done();
}
