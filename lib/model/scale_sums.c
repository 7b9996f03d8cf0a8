/* SPDX-License-Identifier: MIT */
#include "model/scale_sums.h"

#include <math.h>

#include "math/moments.h"
#include "value/num.h"

const char *const scale_sums_name[SCALE_SUMS_FIELDS] = {
	"rows", "missing", "least", "greatest", "sum", "sum_of_squares", "sum_of_raw",
};

bool scale_fit_needs_values(const struct scale_column *c, const struct scale_how *how)
{
	return how->method == SCALE_ROBUST || !isnan(how->winsor) ||
	       how->impute == SCALE_MEDIAN || how->impute == SCALE_MODE ||
	       c->shape == SCALE_YEO_JOHNSON;
}

static void put_range(struct scale_sums *s, double least, double most)
{
	if (s->n == 0 || least < s->least)
		s->least = least;
	if (s->n == 0 || most > s->most)
		s->most = most;
}

bool scale_sums_add(struct scale_sums *s, const struct scale_column *c, double x)
{
	double y;

	if (isnan(x)) {
		s->n_missing++;
		return true;
	}
	y = scale_shaped(c, x);
	if (isnan(y))
		return false;
	put_range(s, y, y);
	s->n++;
	exact_add(&s->sum, y);
	exact_add_product(&s->squares, y, y);
	if (c->shape == SCALE_LOG1P)
		exact_add(&s->raw, x);
	return true;
}

void scale_sums_merge(struct scale_sums *s, const struct scale_sums *from)
{
	s->n_missing += from->n_missing;
	if (from->n)
		put_range(s, from->least, from->most);
	s->n += from->n;
	exact_merge(&s->sum, &from->sum);
	exact_merge(&s->squares, &from->squares);
	exact_merge(&s->raw, &from->raw);
}

/* to += n * one, as n additions would. */
static void add_times(struct exact *to, struct exact one, uint64_t n)
{
	for (; n; n >>= 1) {
		if (n & 1)
			exact_merge(to, &one);
		exact_merge(&one, &one);
	}
}

/* The missing values count as their fill. */
static bool fill(struct scale_column *c, struct scale_sums *s, const struct scale_how *how)
{
	struct exact one = { 0 }, square = { 0 };

	if (how->impute == SCALE_MEAN)
		c->fill = moments_ratio(c->shape == SCALE_LOG1P ? &s->raw : &s->sum, s->n);
	if (how->impute == SCALE_CONSTANT)
		c->fill = how->constant;
	if (isnan(c->fill) || s->n_missing == 0)
		return true;
	double y = scale_shaped(c, c->fill);
	if (isnan(y))
		return false;
	put_range(s, y, y);
	exact_add(&one, y);
	exact_add_product(&square, y, y);
	add_times(&s->sum, one, s->n_missing);
	add_times(&s->squares, square, s->n_missing);
	s->n += s->n_missing;
	return true;
}

enum scale_status scale_fit_sums(struct scale_column *c, const struct scale_sums *s,
				 const struct scale_how *how)
{
	struct scale_sums all = *s;

	scale_fit_start(c);
	if (s->n == 0)
		return SCALE_NO_VALUES;
	if (!fill(c, &all, how))
		return SCALE_NO_IMAGE;
	struct moments m = { all.n, all.least, all.most, all.sum, all.squares };
	double size = fmax(-m.min, m.max);
	switch (how->method) {
	case SCALE_ZSCORE:
		if (scale_squares_exponent(size) && m.min != m.max)
			return SCALE_FAR;
		c->center = moments_mean(&m);
		c->scale = moments_deviation(&m, 0);
		break;
	case SCALE_MINMAX:
		c->center = m.min;
		c->scale = m.max - m.min;
		break;
	case SCALE_MAXABS:
		c->scale = size;
		break;
	case SCALE_ROBUST:
	case SCALE_NONE:
		break;
	}
	return scale_settle(c, how->method, m.min, m.max, SCALE_OK);
}

static void put_exact(struct buf *to, const struct exact *sum)
{
	buf_char(to, '\t');
	to->n += exact_store(buf_room(to, EXACT_TEXT_MAX), sum);
}

static void put_real(struct buf *to, double x)
{
	buf_char(to, '\t');
	to->n += num_print(buf_room(to, NUM_MAX), x);
}

void scale_sums_encode(const struct scale_sums *s, struct buf *to)
{
	to->n += num_print_uint(buf_room(to, NUM_MAX), s->n);
	buf_char(to, '\t');
	to->n += num_print_uint(buf_room(to, NUM_MAX), s->n_missing);
	put_real(to, s->least);
	put_real(to, s->most);
	put_exact(to, &s->sum);
	put_exact(to, &s->squares);
	put_exact(to, &s->raw);
}

static bool get_count(uint64_t *v, struct span f)
{
	int64_t n;

	if (!num_parse_int(f.s, f.n, &n) || n < 0)
		return false;
	*v = (uint64_t)n;
	return true;
}

int scale_sums_decode(struct scale_sums *s, const struct span field[SCALE_SUMS_FIELDS])
{
	struct exact *const sum[] = { &s->sum, &s->squares, &s->raw };

	*s = (struct scale_sums){ 0 };
	if (!get_count(&s->n, field[0]))
		return 0;
	if (!get_count(&s->n_missing, field[1]))
		return 1;
	if (!num_parse(field[2].s, field[2].n, &s->least))
		return 2;
	if (!num_parse(field[3].s, field[3].n, &s->most) || s->most < s->least)
		return 3;
	for (int i = 0; i < 3; i++)
		if (exact_load(sum[i], field[4 + i].s, field[4 + i].n) != 0)
			return 4 + i;
	return -1;
}
