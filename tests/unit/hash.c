/* SPDX-License-Identifier: MIT */
#include "value/hash.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void test_known(void)
{
	/* The values that xxhsum -H3 and -H2 print. */
	struct hash_128 h = hash_128("", 0), abc = hash_128("abc", 3);
	tap_ok(hash_64("", 0) == UINT64_C(0x2D06800538D394C2), "XXH3 of nothing");
	tap_ok(hash_64("a", 1) == UINT64_C(0xE6C632B61E964E1F), "XXH3 of \"a\"");
	tap_ok(hash_64("abc", 3) == UINT64_C(0x78AF5F94892F3950), "XXH3 of \"abc\"");
	tap_ok(h.hi == UINT64_C(0x99AA06D3014798D8) && h.lo == UINT64_C(0x6001C324468D497F),
	       "XXH128 of nothing");
	tap_ok(abc.hi == UINT64_C(0x06B05AB6733A6185) && abc.lo == UINT64_C(0x78AF5F94892F3950),
	       "XXH128 of \"abc\"");
}

static void test_no_collisions(void)
{
	const size_t n = 200000;
	uint64_t *all = malloc(n * sizeof *all);
	char key[32];
	size_t n_equal = 0;
	if (!all)
		abort();
	for (size_t i = 0; i < n; i++) {
		int length = snprintf(key, sizeof key, "C%05zu", i);
		all[i] = hash_64(key, (size_t)length);
	}
	qsort(all, n, sizeof *all, compare);
	for (size_t i = 1; i < n; i++)
		n_equal += all[i] == all[i - 1];
	tap_ok(n_equal == 0, "200,000 customer ids, 200,000 hashes");
	free(all);
}

int main(void)
{
	char text[301];
	memset(text, 'x', sizeof text);
	test_known();
	test_no_collisions();
	bool same = true, differs = true;
	for (size_t n = 1; n <= 300; n++) {
		char *copy = malloc(n); /* exact, so that a sanitizer sees a read past it */
		if (!copy)
			abort();
		memcpy(copy, text, n);
		same = same && hash_64(copy, n) == hash_64(text, n);
		copy[n - 1] = 'y';
		differs = differs && hash_64(copy, n) != hash_64(text, n);
		struct hash_128 a = hash_128(copy, n), b = hash_128(text, n);
		differs = differs && (a.lo != b.lo || a.hi != b.hi);
		free(copy);
	}
	tap_ok(same, "the place in memory does not matter");
	tap_ok(differs, "the last byte matters at every length up to 300");
	return tap_done();
}
