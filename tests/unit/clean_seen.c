/* SPDX-License-Identifier: MIT */
#include "model/clean.h"
#include "tests/unit/tap.h"

static struct hash_128 of(uint64_t i)
{
	return hash_128(&i, sizeof i);
}

int main(void)
{
	enum { N = 300000 };
	struct clean_seen seen = { .n = 0 };
	size_t n_new = 0, n_again = 0, n_later = 0;
	bool lean = true;
	for (uint64_t i = 0; i < N; i++) {
		n_new += clean_seen_add(&seen, of(i)) == 1;
		lean &= i < N / 2 || seen.room * sizeof(struct hash_128) < 24 * seen.n;
	}
	for (uint64_t i = 0; i < N; i++)
		n_again += clean_seen_add(&seen, of(i)) == 0;
	for (uint64_t i = N; i < N + 1000; i++)
		n_later += clean_seen_add(&seen, of(i)) == 1;
	tap_ok(n_new == N && seen.n == N + 1000, "each of %d hashes is new once", N);
	tap_ok(n_again == N, "and seen the second time");
	tap_ok(n_later == 1000, "others are new still");
	tap_ok(lean, "less than 24 bytes a hash");
	struct hash_128 zero = { 0, 0 };
	tap_ok(clean_seen_add(&seen, zero) == 1 && clean_seen_add(&seen, zero) == 0, "a hash of zero is one too");
	clean_seen_free(&seen);
	return tap_done();
}
