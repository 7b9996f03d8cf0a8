/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/kmeans_leaf.h"
#include "model/kmeans_tree.h"

/*
 * Kanungo et al. (2002), algorithm "Filter": a centre is dropped for a node
 * when the whole box lies nearer to another one.  Here it must lie nearer by
 * more than what rounding can do to the distances that Lloyd compares, so
 * that what is left decides as Lloyd does, ties included.
 */
struct kmeans_filter {
	const struct kmeans_space *s;
	const struct kmeans_tree *tree;
	const struct kmeans_part *part;
	const double *centre;
	size_t k, d;
	double margin;
	struct kmeans_sums *sums;
	uint32_t *list;  /* [depth + 1][k]: candidates of the nodes on the way, ascending */
	struct kmeans_leaf leaf;
	double *middle;  /* [d] */
};

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
static inline __attribute__((always_inline)) bool
dominates(const double *a, const double *b, const double *box, size_t d, double margin)
{
	double least = 0;

	for (size_t j = 0; j < d; j++) {
		double corner = b[j] > a[j] ? box[d + j] : box[j];
		least += (b[j] - a[j]) * ((b[j] - corner) + (a[j] - corner));
	}
	return least > margin;
}

/* Copies to kept what the box cannot rule out of list[0..m); returns how many. */
static inline __attribute__((always_inline)) size_t
prune(const struct kmeans_filter *f, const double *box, const uint32_t *list, size_t m,
      uint32_t *kept, size_t d)
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

static void add_node(const struct kmeans_filter *f, const dec_wide *sum, uint64_t rows, size_t c)
{
	dec_wide *to = f->sums->sum + c * (f->d + 1);

	for (size_t j = 0; j <= f->d; j++)
		to[j] += sum[j];
	f->sums->rows[c] += rows;
}

static void leaf(struct kmeans_filter *f, const struct kmeans_node *node, const dec_wide *sum,
		 const uint32_t *list, size_t m)
{
	size_t end = node->first + node->n, n;

	add_node(f, sum, node->n, list[0]);
	for (size_t first = node->first; first < end; first += n) {
		n = end - first < KMEANS_LEAF ? end - first : KMEANS_LEAF;
		kmeans_leaf_add(&f->leaf, first, n, list, m, f->sums);
	}
}

static bool is_point(const double *box, size_t d)
{
	for (size_t j = 0; j < d; j++)
		if (box[j] != box[d + j])
			return false;
	return true;
}

/* Rows that are all the same: the first one decides for all. */
static void leaf_of_equals(const struct kmeans_filter *f, const struct kmeans_node *node,
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

static size_t prune_node(const struct kmeans_filter *f, const double *box, const uint32_t *list,
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

static void filter_node(struct kmeans_filter *f, size_t at, const uint32_t *list, size_t m,
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
	} else if (node->n > KMEANS_LEAF && is_point(p->box + at * 2 * f->d, f->d)) {
		leaf_of_equals(f, node, sum, kept, m);
	} else {
		leaf(f, node, sum, kept, m);
	}
}

struct kmeans_filter *kmeans_filter_open(const struct kmeans_tree *t, const struct kmeans_space *s,
					 const double *centre, struct kmeans_sums *sums)
{
	struct kmeans_filter *f = malloc(sizeof *f);

	if (!f)
		return NULL;
	*f = (struct kmeans_filter){
		.s = s, .tree = t, .centre = centre, .k = sums->k, .d = t->d, .sums = sums,
		.margin = rounding_margin(s, centre, sums->k),
		.list = malloc((t->depth + 1) * sums->k * sizeof *f->list),
		.middle = malloc(t->d * sizeof *f->middle),
	};
	if (kmeans_leaf_init(&f->leaf, s, centre, sums->k) || !f->list || !f->middle) {
		kmeans_filter_close(f);
		return NULL;
	}
	for (size_t c = 0; c < sums->k; c++)
		f->list[c] = (uint32_t)c;
	return f;
}

void kmeans_filter_part(struct kmeans_filter *f, size_t part)
{
	f->part = &f->tree->part[part];
	filter_node(f, 0, f->list, f->k, 1);
}

void kmeans_filter_close(struct kmeans_filter *f)
{
	if (!f)
		return;
	if (f->leaf.n_rows)
		kmeans_leaf_flush(&f->leaf, f->sums);
	kmeans_leaf_free(&f->leaf);
	free(f->list);
	free(f->middle);
	free(f);
}
