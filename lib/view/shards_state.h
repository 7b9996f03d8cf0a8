/* SPDX-License-Identifier: MIT */
#ifndef VIEW_SHARDS_STATE_H
#define VIEW_SHARDS_STATE_H

#include "model/logit_part.h"
#include "table/param.h"

/* What parts and models of a fit over shards share; for shards.c and
 * shards_merge.c.  All that is made here is to be freed. */
#define SHARDS_PART "seg-logit-part"

char *shards_plain(const char *raw, size_t n);
char *shards_raw(const char *plain);

/* The plain names of a design's terms; freed with shards_free_names. */
char **shards_names(const struct design *d);
void shards_free_names(char **name, size_t n);

/* The rows of sums in a part, which the part says itself. */
size_t shards_count_sums(const struct param_list *p);

/* Names to places: codes of a dictionary. */
struct design_dictionary *shards_index(char *const *name, size_t n);

/* Where a round is. */
struct shards_place {
	struct logit_at at;
	double *all; /* owned: what at and round.previous point into */
	struct logit_round round;
};

/* At 0, the first round. */
void shards_place_init(struct shards_place *w, size_t n_terms);

/* One row `state TERM KEY` or `state  KEY`.  A term that is not there is passed
 * over, as a shard need not have all levels. */
void shards_take_state(struct shards_place *w, const struct param *r,
		       const struct design_dictionary *index, const char *file);

#endif
