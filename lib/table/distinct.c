/* SPDX-License-Identifier: MIT */
#include "table/distinct.h"

#include <stdlib.h>

#include "base/mem.h"
#include "value/hash.h"

/* Whether the hash was new.  0 marks an empty slot. */
static bool insert(struct distinct *d, uint64_t hash)
{
	size_t mask = d->n_slots - 1, at = hash & mask;

	for (; d->slot[at]; at = (at + 1) & mask)
		if (d->slot[at] == hash)
			return false;
	d->slot[at] = hash;
	return true;
}

static void grow(struct distinct *d)
{
	struct distinct old = *d;

	d->n_slots = old.n_slots ? 2 * old.n_slots : 1024;
	d->slot = mem_zero(d->n_slots, sizeof *d->slot);
	for (size_t i = 0; i < old.n_slots; i++)
		if (old.slot[i])
			insert(d, old.slot[i]);
	free(old.slot);
}

void distinct_add(struct distinct *d, struct span value)
{
	uint64_t hash = hash_64(value.s, value.n);

	if (d->repeated)
		return;
	if (2 * (d->n + 1) > d->n_slots)
		grow(d);
	if (insert(d, hash ? hash : 1)) {
		d->n++;
		return;
	}
	distinct_free(d);
	d->repeated = true;
}

uint64_t distinct_bytes(const struct distinct *d)
{
	bool grows = !d->repeated && 2 * (d->n + 1) > d->n_slots;

	return (grows ? 3 : 1) * d->n_slots * sizeof *d->slot;
}

void distinct_free(struct distinct *d)
{
	free(d->slot);
	*d = (struct distinct){ 0 };
}
