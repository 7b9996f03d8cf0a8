/* SPDX-License-Identifier: MIT */
#ifndef TABLE_UNIQUE_H
#define TABLE_UNIQUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/runs.h"
#include "value/hash.h"

/*
 * Which of a sequence of hashes were there before, in bounded memory.  While
 * the set of those seen so far fits under `limit`, unique_add answers at once.
 * Behind that the answers are put off: the hashes go to a temporary file in
 * UNIQUE_SHARES shares, and when all are in, the answers come in the order of
 * the hashes.  The caller keeps whatever the answers are about.  Zeroed
 * struct with `limit` set = empty.
 */
#define UNIQUE_PARTS 16
#define UNIQUE_SHARES 64

struct unique {
	size_t limit; /* bytes the set may take; 0: any */
	size_t n;     /* different hashes in the set */

	/*
	 * Private.  Open addressing by lines of the cache, in parts that grow when
	 * they are 7/8 full, all at about the same time, one after the other: 18
	 * to 37 bytes a hash, beyond 32 MB 18 to 31, and while a part grows a
	 * 16th more.
	 */
	struct unique_part {
		struct hash_128 *slot;
		size_t n, room;
	} part[UNIQUE_PARTS];
	bool is_full, is_spilled;
	uint64_t n_deferred;
	struct spool share;    /* (hash, number) of what is not in the set */
	uint64_t n_share[UNIQUE_SHARES];
	struct runs duplicate; /* numbers, big-endian, of deferred hashes seen before */
	uint64_t next, next_duplicate; /* for unique_next */
};

/* Whether n more hashes may pass the limit: once true, all that follow have to be deferred. */
bool unique_full(struct unique *u, size_t n);

/* True: new and remembered, false: seen before.  O(1); not after unique_defer. */
bool unique_add(struct unique *u, struct hash_128 h);

/* Begins to fetch what unique_add(u, h) or unique_defer will look at: some hashes ahead it hides the wait. */
void unique_fetch(const struct unique *u, struct hash_128 h);

/* The next deferred hash.  O(1). */
void unique_defer(struct unique *u, struct hash_128 h);

/*
 * Settles all deferred hashes: afterwards unique_next says of each in turn,
 * in the order of unique_defer, whether it was new.  The memory of the set is
 * given back.  O(deferred), more passes over a share where it does not fit.
 */
void unique_settle(struct unique *u);
bool unique_next(struct unique *u);

void unique_free(struct unique *u);

#endif
