/* SPDX-License-Identifier: MIT */
#include "model/migration.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/matching.h"
#include "value/num.h"

void migration_read(struct migration *m, size_t k, const char *path, const char *key, uint64_t mem)
{
	struct opt_list segment = { (char *[]){ "segment" }, 1 };

	*m = (struct migration){ .k = k };
	m->came = mem_zero(k + 1, sizeof *m->came);
	join_read(&m->earlier, path, key, &segment, mem);
	m->seen = mem_zero(m->earlier.n_rows + 1, sizeof *m->seen);
}

/* A row with its label then, empty when it was not there, and now, 0 when it
 * is there no more. */
static void count(struct migration *m, struct span old, size_t segment)
{
	size_t width = m->k + 1, i;
	bool is_new;

	if (old.n == 0) {
		m->came[segment]++;
		return;
	}
	i = dict_add(&m->old, old, &is_new);
	if (is_new) {
		m->count = mem_resize(m->count, m->old.n * width, sizeof *m->count);
		memset(m->count + i * width, 0, width * sizeof *m->count);
	}
	m->count[i * width + segment]++;
}

void migration_add(struct migration *m, struct span key, size_t segment)
{
	ptrdiff_t i = dict_find(&m->earlier.keys, key);

	if (i >= 0)
		m->seen[i] = true;
	count(m, i < 0 ? (struct span){ "", 0 } : m->earlier.row[i], segment);
}

/* Whole numbers before other labels, by value; those by their bytes. */
static int compare(const void *a, const void *b, void *context)
{
	const struct migration *m = context;
	struct span x = m->old.text[*(const size_t *)a], y = m->old.text[*(const size_t *)b];
	int64_t i = 0, j = 0;
	bool whole_x = num_parse_int(x.s, x.n, &i), whole_y = num_parse_int(y.s, y.n, &j);

	if (whole_x != whole_y)
		return whole_x ? -1 : 1;
	if (whole_x && i != j)
		return i < j ? -1 : 1;
	return span_compare(x, y);
}

static void put_row(struct tsv_out *out, struct span old, size_t segment, uint64_t rows,
		    double share, bool matched)
{
	tsv_put_span(out, old);
	if (segment)
		tsv_put_int(out, (int64_t)segment);
	else
		tsv_put_missing(out);
	tsv_put_int(out, (int64_t)rows);
	tsv_put_real(out, share);
	tsv_put_int(out, matched);
	tsv_end_row(out);
}

/* The rows of old segment i; those now in a segment into *n_both. */
static uint64_t rows_of(const struct migration *m, size_t i, uint64_t *n_both)
{
	const uint64_t *n_in = m->count + i * (m->k + 1);
	uint64_t n = 0;

	for (size_t s = 1; s <= m->k; s++)
		n += n_in[s];
	*n_both += n;
	return n + n_in[0];
}

/* match[i] of the old segments in the given order. */
static int match_old(const struct migration *m, const size_t *order, size_t *match)
{
	uint64_t *weight = mem_zero(m->old.n * m->k + 1, sizeof *weight);
	int status;

	for (size_t i = 0; i < m->old.n; i++)
		memcpy(weight + i * m->k, m->count + order[i] * (m->k + 1) + 1,
		       m->k * sizeof *weight);
	status = matching_max(m->old.n, m->k, weight, match);
	free(weight);
	return status;
}

int migration_put(struct migration *m, struct tsv_out *out, uint64_t *n_kept, uint64_t *n_both)
{
	static const char *const name[] = { "old", "new", "rows", "share", "matched" };
	size_t *order, *match;
	int status;

	for (size_t i = 0; i < m->earlier.n_rows; i++)
		if (!m->seen[i])
			count(m, m->earlier.row[i], 0);
	order = mem_array(m->old.n + 1, sizeof *order);
	match = mem_array(m->old.n + 1, sizeof *match);
	*n_kept = *n_both = 0;
	for (size_t i = 0; i < 5; i++)
		tsv_put_text(out, name[i]);
	tsv_end_row(out);
	for (size_t i = 0; i < m->old.n; i++)
		order[i] = i;
	if (m->old.n)
		qsort_r(order, m->old.n, sizeof *order, compare, m);
	status = match_old(m, order, match);
	for (size_t i = 0; i < m->old.n && status == 0; i++) {
		const uint64_t *n_in = m->count + order[i] * (m->k + 1);
		double n = (double)rows_of(m, order[i], n_both);
		for (size_t s = 1; s <= m->k + 1; s++) {
			size_t segment = s <= m->k ? s : 0; /* those that left come last */
			bool matched = segment && match[i] == segment - 1;
			*n_kept += matched ? n_in[segment] : 0;
			if (n_in[segment])
				put_row(out, m->old.text[order[i]], segment, n_in[segment],
					(double)n_in[segment] / n, matched);
		}
	}
	for (size_t s = 1; s <= m->k; s++)
		if (m->came[s])
			put_row(out, (struct span){ "", 0 }, s, m->came[s], (double)NAN, false);
	free(order);
	free(match);
	return status;
}

void migration_free(struct migration *m)
{
	join_free(&m->earlier);
	free(m->seen);
	dict_free(&m->old);
	free(m->count);
	free(m->came);
	*m = (struct migration){ 0 };
}
