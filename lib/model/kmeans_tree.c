/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/kmeans_tree.h"

/* Parts: enough to share among threads, each with enough rows to be a tree; they
 * are chosen on a sample of the rows, of which a part has enough to be halved well. */
#define PART_ROWS 2048
#define PARTS_MAX 4096
#define SAMPLE_ROWS ((size_t)32 * PARTS_MAX)

/* Rows that a thread puts into parts at a time, and that go down the cuts side by
 * side, so that the processor does not wait for each in turn. */
#define SPREAD_ROWS ((size_t)1 << 16)
#define ABREAST 256

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
	if (n > b->tree->leaf)
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

/*
 * Rows with column j at most `at` go to next[0], others to next[1]; a part leads
 * to itself, so that all rows can go down equally far.
 */
struct cut {
	double at;
	uint32_t column;
	uint16_t next[2];
};

struct spread {
	struct kmeans_rows *rows;
	struct kmeans_tree *tree;
	struct cut cut[2 * PARTS_MAX];
	uint16_t part_of[2 * PARTS_MAX]; /* where a cut leads to itself */
	size_t level[2 * PARTS_MAX];    /* above each */
	size_t n_cuts, depth;
	uint32_t *to;    /* [n] each row's part, then its place */
	uint32_t (*place)[PARTS_MAX]; /* [chunks] rows in a part, then where its next row goes */
	double *room;    /* [n] a column on the way */
	const double *from;
};

/* Every so many-th row, so that there are SAMPLE_ROWS of them. */
static int take_sample(const struct kmeans_rows *r, struct kmeans_rows *sample)
{
	size_t step = r->n / SAMPLE_ROWS + 1;

	*sample = (struct kmeans_rows){ .n = (r->n + step - 1) / step, .d = r->d };
	sample->column = calloc(r->d, sizeof *sample->column);
	sample->row = calloc(sample->n, sizeof *sample->row);
	for (size_t j = 0; sample->column && j < r->d; j++) {
		double *x = sample->column[j] = malloc(sample->n * sizeof *x);
		for (size_t i = 0; x && i < sample->n; i++)
			x[i] = r->column[j][i * step];
		if (!x)
			return -1;
	}
	return sample->column && sample->row ? 0 : -1;
}

static void free_sample(struct kmeans_rows *sample)
{
	for (size_t j = 0; sample->column && j < sample->d; j++)
		free(sample->column[j]);
	free(sample->column);
	free(sample->row);
}

/* The cut that split() made: the column, and the largest value below. */
static struct cut cut_of(const struct kmeans_rows *r, size_t first, size_t left, size_t n)
{
	struct cut c = { 0 };

	for (size_t j = 0; j < r->d; j++) {
		double low, high, low_right, high_right;
		kmeans_range(r->column[j] + first, left, &low, &high);
		kmeans_range(r->column[j] + first + left, n - left, &low_right, &high_right);
		c.column = (uint32_t)j;
		c.at = high;
		if (high < low_right)
			return c;
	}
	return c;
}

/* Cuts the sample's largest part again and again, until they are many or small. */
static void choose_cuts(struct spread *s, struct kmeans_rows *sample, double *box)
{
	struct kmeans_part *part = s->tree->part;
	size_t *n_parts = &s->tree->n_parts, node[PARTS_MAX] = { 0 };
	size_t least = (size_t)((double)PART_ROWS * (double)sample->n / (double)s->rows->n);

	*n_parts = s->n_cuts = 1;
	part[0] = (struct kmeans_part){ .first = 0, .n = sample->n };
	s->cut[0] = (struct cut){ .next = { 0, 0 } };
	while (*n_parts < PARTS_MAX) {
		size_t largest = 0, left, at;
		struct kmeans_part *p;
		for (size_t i = 1; i < *n_parts; i++)
			if (part[i].n > part[largest].n)
				largest = i;
		p = &part[largest];
		if (p->n <= least)
			return;
		bound(sample, p->first, p->n, box);
		left = split(sample, p->first, p->n, box);
		if (left == 0)
			return;
		at = node[largest];
		size_t right = (*n_parts)++;
		s->cut[at] = cut_of(sample, p->first, left, p->n);
		for (size_t side = 0; side < 2; side++) {
			size_t to = s->n_cuts++, which = side ? right : largest;
			s->cut[at].next[side] = (uint16_t)to;
			s->cut[to] = (struct cut){ .next = { (uint16_t)to, (uint16_t)to } };
			s->part_of[to] = (uint16_t)which;
			s->level[to] = s->level[at] + 1;
			node[which] = to;
		}
		s->depth = s->level[at] + 1 > s->depth ? s->level[at] + 1 : s->depth;
		part[right] = (struct kmeans_part){ .first = p->first + left, .n = p->n - left };
		p->n = left;
	}
}

/* The parts of rows first..first+n-1, n <= ABREAST. */
static void go_down(const struct spread *s, size_t first, size_t n, uint32_t *part)
{
	uint16_t at[ABREAST] = { 0 };
	double *const *column = s->rows->column;

	for (size_t level = 0; level < s->depth; level++)
		for (size_t i = 0; i < n; i++) {
			const struct cut *c = &s->cut[at[i]];
			at[i] = c->next[column[c->column][first + i] > c->at];
		}
	for (size_t i = 0; i < n; i++)
		part[i] = s->part_of[at[i]];
}

static size_t chunk_end(const struct spread *s, size_t first)
{
	return s->rows->n - first < SPREAD_ROWS ? s->rows->n : first + SPREAD_ROWS;
}

/* The parts of a chunk's rows, and how many each has of them. */
static void find_parts(void *ctx, size_t chunk)
{
	struct spread *s = ctx;
	size_t first = chunk * SPREAD_ROWS, end = chunk_end(s, first);

	memset(s->place[chunk], 0, sizeof s->place[chunk]);
	for (size_t i = first; i < end; i += ABREAST)
		go_down(s, i, end - i < ABREAST ? end - i : ABREAST, s->to + i);
	for (size_t i = first; i < end; i++)
		s->place[chunk][s->to[i]]++;
}

/* Counts become places: part by part, in it chunk by chunk. */
static void set_places(struct spread *s, size_t n_chunks)
{
	size_t at = 0;

	for (size_t p = 0; p < s->tree->n_parts; p++) {
		s->tree->part[p].first = at;
		for (size_t c = 0; c < n_chunks; c++) {
			uint32_t n = s->place[c][p];
			s->place[c][p] = (uint32_t)at;
			at += n;
		}
		s->tree->part[p].n = at - s->tree->part[p].first;
	}
}

/* The places of a chunk's rows. */
static void find_places(void *ctx, size_t chunk)
{
	struct spread *s = ctx;
	size_t first = chunk * SPREAD_ROWS, end = chunk_end(s, first);

	for (size_t i = first; i < end; i++) {
		s->to[i] = s->place[chunk][s->to[i]]++;
		s->rows->row[s->to[i]] = (uint32_t)i;
	}
}

static void move_column(void *ctx, size_t chunk)
{
	const struct spread *s = ctx;
	size_t first = chunk * SPREAD_ROWS, end = chunk_end(s, first);

	for (size_t i = first; i < end; i++)
		s->room[s->to[i]] = s->from[i];
}

/* The rows into the parts that the cuts make, in their order within each. */
static int spread_rows(struct spread *s, int threads)
{
	size_t n = s->rows->n, n_chunks = (n + SPREAD_ROWS - 1) / SPREAD_ROWS;

	s->to = malloc(n * sizeof *s->to);
	s->place = malloc(n_chunks * sizeof *s->place);
	s->room = malloc(n * sizeof *s->room);
	if (s->to && s->place && s->room) {
		par_for(threads, n_chunks, find_parts, s);
		set_places(s, n_chunks);
		par_for(threads, n_chunks, find_places, s);
		for (size_t j = 0; j <= s->rows->d; j++) {
			double *x = j < s->rows->d ? s->rows->column[j] : s->rows->weight;
			if (!x)
				continue;
			s->from = x;
			par_for(threads, n_chunks, move_column, s);
			memcpy(x, s->room, n * sizeof *x);
		}
	}
	bool done = s->to && s->place && s->room;
	free(s->to);
	free(s->place);
	free(s->room);
	return done ? 0 : -1;
}

static int make_parts(struct build *b, int threads)
{
	struct spread *s = calloc(1, sizeof *s);
	double *box = malloc(2 * b->rows->d * sizeof *box);
	struct kmeans_rows sample = { 0 };
	int status = s && box ? take_sample(b->rows, &sample) : -1;

	if (!status) {
		s->rows = b->rows;
		s->tree = b->tree;
		choose_cuts(s, &sample, box);
		status = spread_rows(s, threads);
	}
	free_sample(&sample);
	free(box);
	free(s);
	return status;
}

struct kmeans_tree *kmeans_tree_build(const struct kmeans_space *s, struct kmeans_rows *rows,
				      bool many_passes, int threads)
{
	struct kmeans_tree *t = calloc(1, sizeof *t);
	struct build b = { s, rows, t, 0 };

	if (t)
		t->part = calloc(PARTS_MAX, sizeof *t->part);
	rows->row = malloc(rows->n * sizeof *rows->row);
	if (!t || !t->part || !rows->row || make_parts(&b, threads)) {
		kmeans_tree_free(t);
		return NULL;
	}
	t->d = rows->d;
	t->leaf = many_passes ? KMEANS_LEAF : KMEANS_LEAF_FEW;
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
