/* SPDX-License-Identifier: MIT */
#include "model/rfm_summary.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "value/date.h"

__attribute__((format(printf, 2, 3))) static void put(struct buf *to, const char *format, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	buf_put(to, text, strlen(text) + 1);
	to->n--;
}

static void put_count(struct buf *to, uint64_t n, const char *what)
{
	if (n)
		put(to, ", %llu %s", (unsigned long long)n, what);
}

static void put_lines(struct buf *to, const struct rfm_control *c)
{
	const struct rfm_tally *t = &c->tally;

	put(to, "%llu rows: %llu used", (unsigned long long)t->n_rows,
	    (unsigned long long)t->fate[RFM_USED]);
	put_count(to, t->fate[RFM_LABEL], "for bought alone");
	put_count(to, t->fate[RFM_NO_KEY], "without a key");
	put_count(to, t->fate[RFM_ZERO], c->has_quantity ? "of quantity 0" : "of amount 0");
	put_count(to, t->fate[RFM_AFTER],
		  c->period.horizon_days ? "after the horizon" : "after the as-of date");
	put_count(to, t->fate[RFM_OUTSIDE], "outside the window");
	put(to, "\n");
}

static void put_customers(struct buf *to, const struct rfm_result *r)
{
	char date[DATE_MAX + 1] = "no date";

	if (r->rule.as_of_day != RFM_OPEN_DAY)
		date[date_print_days(date, r->rule.as_of_day)] = '\0';
	put(to, "%llu customers as of %s", (unsigned long long)r->n_verdict[RFM_WRITTEN], date);
	put_count(to, r->n_verdict[RFM_NO_SALE], "who only returned");
	put_count(to, r->n_verdict[RFM_LABEL_ONLY], "with no line before that");
	put_count(to, r->n_verdict[RFM_BELOW], "below --min-monetary");
	put(to, "\n");
	if (r->naming->has_scores)
		put(to, "%llu customers would change %s under the opposite tie rule\n",
		    (unsigned long long)r->naming->n_ties,
		    r->naming->has_map ? "segment" : "scores");
}

static void put_micro(struct buf *to, dec_wide micro)
{
	to->n += dec_print_pico(buf_room(to, DEC_MAX + 1), micro * 1000000);
	*buf_room(to, 1) = '\0';
}

static void put_matched(struct buf *to, const struct rfm_matched *m)
{
	put(to, "returned quantity matched to earlier sales ");
	put_micro(to, m->matched_micro);
	put(to, ", not matched ");
	put_micro(to, m->open_micro);
	put(to, "; invoices returned whole: %llu\n", (unsigned long long)m->n_whole);
}

char *rfm_summary(const struct rfm_control *c, const struct rfm_result *r)
{
	struct buf text = { 0 };

	put_lines(&text, c);
	if (r)
		put_customers(&text, r);
	if (r && c->match)
		put_matched(&text, &r->matched);
	if (r && r->clv)
		clv_summary(r->clv, &text);
	buf_char(&text, '\0');
	return text.s;
}
