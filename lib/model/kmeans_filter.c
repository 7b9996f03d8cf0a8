/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/kmeans_tree.h"
#include "model/vector.h"

/*
 * Kanungo et al. (2002), algorithm "Filter": a centre is dropped for a node
 * when the whole box lies nearer to another one.  Here it must lie nearer by
 * more than what rounding can do to the distances that Lloyd compares, so
 * that what is left decides as Lloyd does, ties included.
 */
struct filter {
	const struct kmeans_space *s;
	const struct kmeans_part *part;
	const double *centre;
	size_t k, d;
	double margin;
	struct kmeans_sums *sums;
	uint32_t *list;  /* [depth + 1][k]: candidates of the nodes on the way, ascending */
	vector_int *lane; /* [k][d + 2] sums from leaves */
	size_t n_added;   /* eights of rows added to them since they were flushed */
	vector_real *x;   /* [d] */
	double *middle;  /* [d] */
};

/* Numbers of at most 2^51 that an int64_t can add up, less one leaf. */
#define LANE_ADDS (2048 - KMEANS_LEAF)

/*
 * Squared distances and the difference below are off by less than
 * (d + 5) 2^-53 times a few squared diagonals of the box of all rows and
 * centres (Higham 2002, section 3.1): 64 (d + 4) of them are more than enough.
 */
static double rounding_margin(const struct kmeans_space *s, const double *centre, size_t k)
{
	size_t d = s->rows->d;
	double squares = 0;

	for (size_t j = 0; j < d; j++) {
		double low = s->low[j], high = s->high[j];
		for (size_t c = 0; c < k; c++) {
			low = fmin(low, centre[c * d + j]);
			high = fmax(high, centre[c * d + j]);
		}
		squares += (high - low) * (high - low);
	}
	return 64 * (double)(d + 4) * 0x1p-53 * squares;
}

/* Whether every point of the box is nearer to a than to b by more than margin. */
VECTOR_INLINE bool dominates(const double *a, const double *b, const double *box, size_t d,
			     double margin)
{
	double least = 0;

	for (size_t j = 0; j < d; j++) {
		double corner = b[j] > a[j] ? box[d + j] : box[j];
		least += (b[j] - a[j]) * ((b[j] - corner) + (a[j] - corner));
	}
	return least > margin;
}

/* Copies to kept what the box cannot rule out of list[0..m); returns how many. */
VECTOR_INLINE size_t prune(const struct filter *f, const double *box, const uint32_t *list,
			   size_t m, uint32_t *kept, size_t d)
{
	double best = (double)INFINITY;
	size_t star = list[0], n = 0;

	for (size_t j = 0; j < d; j++)
		f->middle[j] = box[j] + (box[d + j] - box[j]) / 2;
	for (size_t i = 0; i < m; i++) {
		const double *c = f->centre + list[i] * d;
		double s = 0;
		for (size_t j = 0; j < d; j++)
			s += (f->middle[j] - c[j]) * (f->middle[j] - c[j]);
		if (s < best) {
			best = s;
			star = list[i];
		}
	}
	for (size_t i = 0; i < m; i++)
		if (list[i] == star || !dominates(f->centre + star * d, f->centre + list[i] * d,
						  box, d, f->margin))
			kept[n++] = list[i];
	return n;
}

/* Eight values, those beyond the last row 0. */
VECTOR_INLINE void load_rows(vector_real *v, const double *x, size_t row, size_t n_rows)
{
	double padded[VECTOR_LANES] = { 0 };

	if (row + VECTOR_LANES <= n_rows) {
		vector_load(*v, x + row);
		return;
	}
	for (size_t i = 0; row + i < n_rows; i++)
		padded[i] = x[row + i];
	vector_load(*v, padded);
}

/* The positions in the list of the nearest centres of eight rows. */
VECTOR_INLINE void leaf_label(const struct filter *f, const vector_real *x, const uint32_t *list,
			      size_t m, size_t d, vector_int *label)
{
	vector_real best = { 0 };
	vector_int index = { 0 };

	for (size_t i = 0; i < m; i++) {
		const double *c = f->centre + list[i] * d;
		vector_real t = x[0] - c[0], s = t * t;
		vector_int less;
		for (size_t j = 1; j < d; j++) {
			t = x[j] - c[j];
			s += t * t;
		}
		if (i == 0) {
			best = s;
			continue;
		}
		less = s < best;
		best = vector_select(less, s, best);
		index = (less & (int64_t)i) | (~less & index);
	}
	*label = index;
}

/* A centre's sums, eight lanes each: columns, weight, rows. */
#define LANES(f, c) ((f)->lane + (c) * ((f)->d + 2))

/*
 * Moves the rows of a leaf that are not the first candidate's to their own
 * centre's lanes; the node's sums go to the first one as a whole.
 */
VECTOR_INLINE void leaf_sums(const struct filter *f, const struct kmeans_node *node,
			     const uint32_t *list, size_t m, size_t d, vector_real *x, bool weighted)
{
	const struct kmeans_rows *r = f->s->rows;
	const vector_int lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
	vector_int *first = LANES(f, list[0]);
	vector_real w = { 0 }, y;

	for (size_t i = 0; i < node->n; i += VECTOR_LANES) {
		vector_int label, inside = lane < (int64_t)(node->n - i), moved, q;
		for (size_t j = 0; j < d; j++)
			load_rows(&x[j], r->column[j], node->first + i, r->n);
		if (weighted)
			load_rows(&w, r->weight, node->first + i, r->n);
		leaf_label(f, x, list, m, d, &label);
		moved = (label != 0) & inside;
		for (size_t p = 1; p < m; p++)
			LANES(f, list[p])[d + 1] -= inside & (label == (int64_t)p);
		first[d + 1] += moved;
		for (size_t j = 0; j < d + weighted; j++) {
			const struct kmeans_unit *u = &f->s->unit[j];
			y = j < d ? x[j] - u->shift : w;
			if (weighted && j < d)
				y *= w;
			y += u->magic;
			q = ((vector_int)y - fixed_bits(u->magic)) & moved;
			for (size_t p = 1; p < m; p++)
				LANES(f, list[p])[j] += q & (label == (int64_t)p);
			first[j] -= q;
		}
	}
}

VECTOR_INLINE void leaf_lanes_any(const struct filter *f, const struct kmeans_node *node,
				  const uint32_t *list, size_t m)
{
	vector_real x[3];

	if (f->s->rows->weight)
		leaf_sums(f, node, list, m, f->d, f->x, true);
	else if (f->d == 2)
		leaf_sums(f, node, list, m, 2, x, false);
	else if (f->d == 3 && m == 2)
		leaf_sums(f, node, list, 2, 3, x, false);
	else if (f->d == 3)
		leaf_sums(f, node, list, m, 3, x, false);
	else
		leaf_sums(f, node, list, m, f->d, f->x, false);
}

VECTOR_VARIANTS(leaf_lanes,
		(const struct filter *f, const struct kmeans_node *node, const uint32_t *list,
		 size_t m),
		(f, node, list, m))

static void add_node(const struct filter *f, const dec_wide *sum, uint64_t rows, size_t c)
{
	dec_wide *to = f->sums->sum + c * (f->d + 1);

	for (size_t j = 0; j <= f->d; j++)
		to[j] += sum[j];
	f->sums->rows[c] += rows;
}

static int64_t lane_total(const vector_int *v)
{
	int64_t lane[VECTOR_LANES], total = 0;

	memcpy(lane, v, sizeof lane);
	for (size_t i = 0; i < VECTOR_LANES; i++)
		total += lane[i];
	return total;
}

/* The lanes into the sums. */
static void flush(struct filter *f)
{
	size_t d = f->d;

	for (size_t c = 0; c < f->k; c++) {
		dec_wide *to = f->sums->sum + c * (d + 1);
		int64_t rows = lane_total(&LANES(f, c)[d + 1]);
		for (size_t j = 0; j < d; j++)
			to[j] += lane_total(&LANES(f, c)[j]);
		to[d] += f->s->rows->weight ? lane_total(&LANES(f, c)[d]) : rows;
		f->sums->rows[c] += (uint64_t)rows;
	}
	memset(f->lane, 0, f->k * (d + 2) * sizeof *f->lane);
	f->n_added = 0;
}

static void leaf(struct filter *f, const struct kmeans_node *node, const dec_wide *sum,
		 const uint32_t *list, size_t m)
{
	add_node(f, sum, node->n, list[0]);
	f->n_added += node->n / VECTOR_LANES + 1;
	if (f->n_added > LANE_ADDS)
		flush(f);
	leaf_lanes(f, node, list, m);
}

/* Rows that are all the same: the first one decides for all. */
static void leaf_of_equals(const struct filter *f, const struct kmeans_node *node,
			   const dec_wide *sum, const uint32_t *list, size_t m)
{
	const struct kmeans_rows *r = f->s->rows;
	double least = (double)INFINITY;
	size_t best = list[0];

	for (size_t i = 0; i < m; i++) {
		double squared = 0;
		for (size_t j = 0; j < f->d; j++) {
			double t = r->column[j][node->first] - f->centre[list[i] * f->d + j];
			squared += t * t;
		}
		if (squared < least) {
			least = squared;
			best = list[i];
		}
	}
	add_node(f, sum, node->n, best);
}

static size_t prune_node(const struct filter *f, const double *box, const uint32_t *list,
			 size_t m, uint32_t *kept)
{
	switch (f->d) {
	case 2:
		return prune(f, box, list, m, kept, 2);
	case 3:
		return prune(f, box, list, m, kept, 3);
	default:
		return prune(f, box, list, m, kept, f->d);
	}
}

static void filter_node(struct filter *f, size_t at, const uint32_t *list, size_t m,
			size_t depth)
{
	const struct kmeans_part *p = f->part;
	const struct kmeans_node *node = &p->node[at];
	const dec_wide *sum = p->sum + at * (f->d + 1);
	uint32_t *kept = f->list + depth * f->k;

	if (m > 1)
		m = prune_node(f, p->box + at * 2 * f->d, list, m, kept);
	else
		kept = f->list + (depth - 1) * f->k;
	if (m == 1) {
		add_node(f, sum, node->n, kept[0]);
	} else if (node->right) {
		filter_node(f, at + 1, kept, m, depth + 1);
		filter_node(f, node->right, kept, m, depth + 1);
	} else if (node->n > KMEANS_LEAF) {
		leaf_of_equals(f, node, sum, kept, m);
	} else {
		leaf(f, node, sum, kept, m);
	}
}

int kmeans_tree_pass(const struct kmeans_tree *t, const struct kmeans_space *s,
		     const double *centre, struct kmeans_sums *sums, size_t worker,
		     size_t n_workers)
{
	struct filter f = { .s = s, .centre = centre, .k = sums->k, .d = t->d, .sums = sums };
	size_t lanes = (sums->k * (t->d + 2) + t->d) * sizeof(vector_int);
	int status;

	f.margin = rounding_margin(s, centre, sums->k);
	f.list = malloc((t->depth + 1) * sums->k * sizeof *f.list);
	f.middle = malloc(t->d * sizeof *f.middle);
	f.lane = aligned_alloc(sizeof(vector_int), lanes);
	if (f.list && f.middle && f.lane) {
		memset(f.lane, 0, lanes);
		f.x = (vector_real *)(f.lane + sums->k * (t->d + 2));
		for (size_t c = 0; c < sums->k; c++)
			f.list[c] = (uint32_t)c;
		for (size_t i = worker; i < t->n_parts; i += n_workers) {
			f.part = &t->part[i];
			filter_node(&f, 0, f.list, sums->k, 1);
		}
		flush(&f);
	}
	status = f.list && f.middle && f.lane ? 0 : -1;
	free(f.list);
	free(f.middle);
	free(f.lane);
	return status;
}
