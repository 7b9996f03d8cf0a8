/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/kmeans_tree.h"

/* Parts: enough to share among threads, each with enough rows to be a tree. */
#define PART_ROWS 8192
#define PARTS_MAX 256

/*
 * A split at the middle of the box makes cubes, which prune best (Kanungo
 * 2002, section 4), but with far outliers it peels off a row at a time: when
 * one side gets less than 1/16 of the rows, the median is taken instead.
 */
#define LOPSIDED 16

struct build {
	const struct kmeans_space *s;
	struct kmeans_rows *rows;
	struct kmeans_tree *tree;
	int failed;
};

static void swap_rows(struct kmeans_rows *r, size_t a, size_t b)
{
	uint32_t row = r->row[a];

	for (size_t j = 0; j < r->d; j++) {
		double x = r->column[j][a];
		r->column[j][a] = r->column[j][b];
		r->column[j][b] = x;
	}
	if (r->weight) {
		double w = r->weight[a];
		r->weight[a] = r->weight[b];
		r->weight[b] = w;
	}
	r->row[a] = r->row[b];
	r->row[b] = row;
}

/* Rows with column j at most `at` come first; returns how many. */
static size_t partition(struct kmeans_rows *r, size_t first, size_t n, size_t j, double at)
{
	const double *x = r->column[j];
	size_t low = first, high = first + n;

	for (;;) {
		while (low < high && x[low] <= at)
			low++;
		while (low < high && x[high - 1] > at)
			high--;
		if (low >= high)
			return low - first;
		swap_rows(r, low++, --high);
	}
}

/* The middle one of three. */
static double middle(double a, double b, double c)
{
	return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}

/*
 * Splits about the median of column j, which is not constant: by halves of
 * quickselect (Hoare 1961) until at least a quarter is on each side, or one
 * value fills the middle.
 */
static size_t split_median(struct kmeans_rows *r, size_t first, size_t n, size_t j)
{
	const double *x = r->column[j];
	size_t low = 0, high = n;

	while (high - low > 1) {
		double at = middle(x[first + low], x[first + low + (high - low) / 2],
				   x[first + high - 1]);
		size_t cut = low + partition(r, first + low, high - low, j, at), below;
		if (cut >= n / 4 && cut <= n - n / 4)
			return cut;
		if (cut < n / 4) {
			low = cut;
			continue;
		}
		/* Values equal to the pivot are all below the cut: part them off. */
		below = low;
		for (size_t i = low; i < cut; i++)
			if (x[first + i] < at)
				swap_rows(r, first + i, first + below++);
		if (below <= n / 4)
			return cut < n ? cut : below;
		if (below <= n - n / 4)
			return below;
		high = below;
	}
	return high < n && high > 0 ? high : low;
}

static void bound(const struct kmeans_rows *r, size_t first, size_t n, double *box)
{
	for (size_t j = 0; j < r->d; j++)
		kmeans_range(r->column[j] + first, n, &box[j], &box[r->d + j]);
}

/* How many of the rows go left, or 0 when they are all the same. */
static size_t split(struct kmeans_rows *r, size_t first, size_t n, const double *box)
{
	size_t widest = 0, left;
	double width = -1, at;

	for (size_t j = 0; j < r->d; j++)
		if (box[r->d + j] - box[j] > width) {
			width = box[r->d + j] - box[j];
			widest = j;
		}
	if (!(width > 0))
		return 0;
	at = box[widest] + width / 2;
	if (at >= box[r->d + widest])
		at = box[widest];
	left = partition(r, first, n, widest, at);
	if (left < n / LOPSIDED || n - left < n / LOPSIDED)
		left = split_median(r, first, n, widest);
	return left;
}

/* Room for one more node, its number in *at. */
static int grow(struct kmeans_part *p, size_t d, size_t *at)
{
	if (p->n_nodes == p->capacity) {
		size_t capacity = p->capacity ? 2 * p->capacity : 2 * p->n / KMEANS_LEAF + 16;
		struct kmeans_node *node = realloc(p->node, capacity * sizeof *node);
		double *box;
		dec_wide *sum;
		if (node)
			p->node = node;
		box = realloc(p->box, capacity * 2 * d * sizeof *box);
		if (box)
			p->box = box;
		sum = realloc(p->sum, capacity * (d + 1) * sizeof *sum);
		if (sum)
			p->sum = sum;
		if (!node || !box || !sum)
			return -1;
		p->capacity = capacity;
	}
	*at = p->n_nodes++;
	return 0;
}

static void sum_leaf(const struct kmeans_space *s, size_t first, size_t n, dec_wide *sum)
{
	const struct kmeans_rows *r = s->rows;

	memset(sum, 0, (r->d + 1) * sizeof *sum);
	for (size_t j = 0; j < r->d; j++)
		for (size_t i = first; i < first + n; i++)
			sum[j] += r->weight ? kmeans_quantum_weighted(&s->unit[j], r->column[j][i],
								      r->weight[i])
					    : kmeans_quantum(&s->unit[j], r->column[j][i]);
	sum[r->d] = (dec_wide)n;
	if (!r->weight)
		return;
	sum[r->d] = 0;
	for (size_t i = first; i < first + n; i++)
		sum[r->d] += kmeans_quantum(&s->unit[r->d], r->weight[i]);
}

static int build_node(struct build *b, struct kmeans_part *p, size_t first, size_t n, size_t depth)
{
	size_t d = b->rows->d, at, left = 0, right;

	if (grow(p, d, &at))
		return -1;
	p->depth = depth > p->depth ? depth : p->depth;
	p->node[at] = (struct kmeans_node){ (uint32_t)first, (uint32_t)n, 0 };
	bound(b->rows, first, n, p->box + at * 2 * d);
	if (n > KMEANS_LEAF)
		left = split(b->rows, first, n, p->box + at * 2 * d);
	if (left == 0) {
		sum_leaf(b->s, first, n, p->sum + at * (d + 1));
		return 0;
	}
	if (build_node(b, p, first, left, depth + 1))
		return -1;
	right = p->n_nodes;
	p->node[at].right = (uint32_t)right;
	if (build_node(b, p, first + left, n - left, depth + 1))
		return -1;
	for (size_t j = 0; j <= d; j++)
		p->sum[at * (d + 1) + j] = p->sum[(at + 1) * (d + 1) + j] +
					   p->sum[right * (d + 1) + j];
	return 0;
}

static void build_part(void *ctx, size_t i)
{
	struct build *b = ctx;
	struct kmeans_part *p = &b->tree->part[i];

	if (build_node(b, p, p->first, p->n, 1))
		__atomic_store_n(&b->failed, 1, __ATOMIC_RELAXED);
}

/* Cuts the largest part again and again, until they are many or small. */
static void cut_parts(struct build *b, double *box)
{
	struct kmeans_tree *t = b->tree;

	while (t->n_parts < PARTS_MAX) {
		size_t largest = 0, left;
		struct kmeans_part *p;
		for (size_t i = 1; i < t->n_parts; i++)
			if (t->part[i].n > t->part[largest].n)
				largest = i;
		p = &t->part[largest];
		if (p->n <= PART_ROWS)
			return;
		bound(b->rows, p->first, p->n, box);
		left = split(b->rows, p->first, p->n, box);
		if (left == 0)
			return;
		t->part[t->n_parts++] = (struct kmeans_part){ .first = p->first + left,
							      .n = p->n - left };
		p->n = left;
	}
}

struct kmeans_tree *kmeans_tree_build(const struct kmeans_space *s, struct kmeans_rows *rows,
				      int threads)
{
	struct kmeans_tree *t = calloc(1, sizeof *t);
	struct build b = { s, rows, t, 0 };
	double *box = malloc(2 * rows->d * sizeof *box);

	if (t)
		t->part = calloc(PARTS_MAX, sizeof *t->part);
	rows->row = malloc(rows->n * sizeof *rows->row);
	if (!t || !t->part || !rows->row || !box) {
		free(box);
		kmeans_tree_free(t);
		return NULL;
	}
	for (size_t i = 0; i < rows->n; i++)
		rows->row[i] = (uint32_t)i;
	t->d = rows->d;
	t->n_parts = 1;
	t->part[0] = (struct kmeans_part){ .first = 0, .n = rows->n };
	cut_parts(&b, box);
	free(box);
	par_for(threads, t->n_parts, build_part, &b);
	for (size_t i = 0; i < t->n_parts; i++)
		t->depth = t->part[i].depth > t->depth ? t->part[i].depth : t->depth;
	if (!b.failed)
		return t;
	kmeans_tree_free(t);
	return NULL;
}

void kmeans_tree_free(struct kmeans_tree *t)
{
	for (size_t i = 0; t && i < t->n_parts; i++) {
		free(t->part[i].node);
		free(t->part[i].box);
		free(t->part[i].sum);
	}
	if (t)
		free(t->part);
	free(t);
}
