/* SPDX-License-Identifier: MIT */
#include "model/rfm_row.h"

#include <math.h>

#include "value/date.h"
#include "value/num.h"

const char *const rfm_row_name[RFM_ROW_FIELDS] = {
	"recency_days", "frequency",  "monetary",   "aov",       "line_value",  "n_invoices",
	"n_days",	"n_lines",    "quantity",   "n_products", "gross",	"returned",
	"return_rate",	"first_date", "last_date", "tenure_days", "gap_days",
};

/* Enough for any field and the TAB before it. */
enum { FIELD_MAX = 64 };

static void put_int(struct buf *to, bool there, int64_t v)
{
	char *s = buf_room(to, FIELD_MAX);
	*s++ = '\t';
	to->n += 1 + (there ? num_print_int(s, v) : 0);
}

static void put_count(struct buf *to, bool there, uint64_t n)
{
	char *s = buf_room(to, FIELD_MAX);
	*s++ = '\t';
	to->n += 1 + (there ? num_print_uint(s, n) : 0);
}

static void put_pico(struct buf *to, bool there, dec_wide pico)
{
	char *s = buf_room(to, FIELD_MAX);
	*s++ = '\t';
	to->n += 1 + (there ? dec_print_pico(s, pico) : 0);
}

static void put_real(struct buf *to, double x)
{
	char *s = buf_room(to, FIELD_MAX);
	*s++ = '\t';
	to->n += 1 + (isnan(x) ? 0 : num_print(s, x));
}

static void put_day(struct buf *to, bool there, int64_t day)
{
	char *s = buf_room(to, FIELD_MAX);
	*s++ = '\t';
	to->n += 1 + (there ? date_print_days(s, day) : 0);
}

void rfm_row_put(struct buf *to, const struct rfm_control *c, const struct rfm_figures *f)
{
	put_int(to, f->has_sale, f->recency_days);
	put_count(to, true, f->frequency);
	put_pico(to, true, f->monetary_pico);
	put_real(to, rfm_aov(f));
	put_real(to, rfm_line_value(f));
	put_count(to, c->has_invoice, f->n_invoices);
	put_count(to, true, f->n_days);
	put_count(to, true, f->n_lines);
	put_pico(to, c->has_quantity, f->quantity_micro * 1000000);
	put_count(to, c->has_product, f->n_products);
	put_pico(to, true, f->gross_pico);
	put_pico(to, true, f->returned_pico);
	put_real(to, rfm_return_rate(f));
	put_day(to, f->has_sale, f->first_day);
	put_day(to, f->has_sale, f->last_day);
	put_int(to, f->has_sale, f->tenure_days);
	put_real(to, rfm_gap_days(f));
}
