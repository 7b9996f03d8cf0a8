/* SPDX-License-Identifier: MIT */
/*
 * seg-clean's path for many records at once against the one for a record:
 * blocks of plain, odd and broken records under random rules give the same
 * rows, ledger, places, records left out and hashes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/clean.h"
#include "tests/unit/tap.h"

enum { ROUNDS = 1500, RECORDS = 300 };

static uint64_t state = 88172645463325252u;

static uint32_t draw(uint32_t below) /* xorshift64*, Vigna 2016 */
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 2685821657736338717u) >> 33) % below;
}

static const char *const header[] = { "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate",
				      "UnitPrice", "CustomerID", "Country", "note", "size" };
enum { COLUMNS = sizeof header / sizeof *header };

/* A column's values: the first few are plain, the others odd. */
#define PLAIN 4
static const char *const value[COLUMNS][20] = {
	{ "536365", "536366", "C536367", "581483", "536365.0", "5.36E+05", "536-365", "NA", " 536365", "NULL", "100",
	  "1.00", "4+1", "n/a", "00.0", ".0", "12345678901234567890.0", "x.0" },
	{ "85123A", "71053", "POST", "22752", "D ", "", "M", "10.00", "#N/A", "nan", "a\\b", "Nan", "1e+5", "1e+55",
	  "85123", "0", "00" },
	{ "WHITE HANGING HEART", "CREAM CUPID", "KNITTED UNION FLAG HOT WATER BOTTLE", "X", "", " blank ", "  ", "tab\there",
	  "caf\xe9", "caf\xc3\xa9", "\xc2\xa0x", "x\xc2\xa0", "\xc3\xa9", "back\\slash", "bell\a", "nul",
	  "a very long text that does not fit in thirty-two bytes, nor in sixty-four of them" },
	{ "6", "12", "-1", "80", "0", "6.0", "1.5", "-0", "007", "", " 6", "6 ", "1,000", "12345678", "123456789",
	  "1234567890123", "x", "+5", "NA", "6." },
	{ "2010-12-01 08:26:00", "2010-12-01 08:28:00", "2010-12-02 08:26:00", "2011-01-31 10:00:00", "2010-12-01",
	  "", " 2010-12-01 08:26:00", "2010-02-30 08:26:00", "soon", "2010-12-01T08:26:00", "2010-12-01 08:26",
	  "NA", "2010-12-01 08:26:00.5", "2010-12-01 8:26:00" },
	{ "2.55", "3.39", "7.65", "4.25", "2.50", "0", "0.00", "-2.5", "", "0.001", "2.5555555", "1250", "1,250.00",
	  "$4.25", "12.", ".5", "99999999", "0.1234567", "13541.33", "(5.00)" },
	{ "17850", "13047", "12583", "17850.0", "", "0001", "1.7E+04", " 17850", "NA", "17850.00", "A1", "\xe9", "nope",
	  "12\xc2\xa0", "0", "10", "100.0", "null" },
	{ "United Kingdom", "France", "EIRE", "USA", "", "R\xe9union", "Unspecified " },
	{ "", "x", "1", "y", "1.250", "1,250", "2010-12-01", "NA" },
	{ "1", "2", "3.5", "10", "", "1.250", "1,250", "x", " 4", "0.10", "1.2345", "1.5" },
};

struct text {
	char *s;
	size_t n;
};

static void put(struct text *t, const char *s, size_t n)
{
	memcpy(t->s + t->n, s, n);
	t->n += n;
}

static const char *draw_value(size_t column, uint32_t odd)
{
	size_t n = 0;
	while (n < 20 && value[column][n])
		n++;
	return value[column][draw(odd) ? draw(PLAIN) : draw((uint32_t)n)];
}

static void put_field(struct text *t, const char *s, char delimiter, uint32_t odd)
{
	bool quote = !draw(2 * odd) || strchr(s, delimiter) != NULL;
	if (quote)
		put(t, "\"", 1);
	put(t, s, strlen(s));
	if (quote && !draw(3))
		put(t, "\"\"inch", 6);
	if (quote && !draw(9))
		put(t, draw(2) ? "\n" : &delimiter, 1);
	if (!quote && !draw(40 * odd))
		put(t, s[0] ? "\"" : "\0", 1);
	if (quote)
		put(t, "\"", 1);
}

static void put_names(struct text *t, char delimiter)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		put(t, &delimiter, i > 0);
		put(t, header[i], strlen(header[i]));
	}
}

static void put_record(struct text *t, char delimiter, const char *end, uint32_t odd)
{
	size_t n = draw(20 * odd) ? COLUMNS : 1 + draw(COLUMNS + 2);
	if (!draw(50 * odd))
		put(t, end, strlen(end));
	if (!draw(50 * odd)) {
		put_names(t, delimiter);
		put(t, end, strlen(end));
	}
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			put(t, &delimiter, 1);
		put_field(t, draw(60 * odd) ? draw_value(i % COLUMNS, odd) : header[i % COLUMNS], delimiter, odd);
	}
	put(t, end, strlen(end));
}

static struct clean_rules draw_rules(void)
{
	static char *tokens[] = { "0", "-1", "?", "x", "NA", "2.55", "536365", "Unspecified", "2010-12-01", "" };
	struct clean_rules r = { 0 };
	if (!draw(4)) {
		r.n_missing = draw(4);
		r.missing = tokens + draw(sizeof tokens / sizeof *tokens - 3);
	}
	if (!draw(4))
		r.cancel_prefix = draw(2) ? "C" : "5";
	r.table = !draw(5);
	r.drop_returns = !draw(3);
	r.keep_missing_id = !draw(4);
	r.dedup = !draw(3);
	r.any_price = !draw(4);
	r.has_min_price = !r.any_price && !draw(3);
	r.min_price_micro = draw(2) ? 0 : 2550000;
	r.utf8_only = !draw(5);
	r.all_1252 = !r.utf8_only && !draw(5);
	return r;
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void plan_for(struct clean_plan *p, const struct clean_rules *rules, struct clean_map *m, const struct text *t,
		     const struct text *first, char delimiter)
{
	static char *const some[] = { "invoice", "customer_id", "date", "amount", "size" };
	struct span name[COLUMNS];
	struct clean_probe probe = { 0 };
	struct csv_records r = { 0 };
	char error[CLEAN_ERROR];
	for (size_t i = 0; i < COLUMNS; i++)
		name[i] = span_of(header[i]);
	size_t n_some = rules->table || draw(3) ? 0 : 2 + draw(4);
	must(clean_plan_make(p, rules, name, COLUMNS, some, n_some, error) == 0);
	must(rules->table || clean_plan_date(p, "date=%Y-%m-%d %H:%M:%S", error) == 0);
	must(draw(4) || clean_plan_decimal(p, ",", error) == 0);
	must(draw(6) || clean_plan_derive(p, "ratio=size/4", error) == 0);
	must(draw(6) || clean_plan_derive(p, rules->table ? "part=unit_price/quantity" : "part=price/quantity", error) == 0);
	must(draw(6) || clean_plan_where(p, "size > 1", error) == 0);
	must(draw(6) || clean_plan_where(p, "country != EIRE", error) == 0);
	must(draw(6) || clean_plan_check(p, n_some ? "invoice" : "country", true, NULL, NULL, NULL, 0, error) == 0);
	clean_plan_finish(p);
	must(clean_map_make(m, p, name, COLUMNS, name, COLUMNS, error) == 0);
	m->header = (struct span){ first->s, first->n };
	m->dialect = (struct csv_dialect){ delimiter, '"', NULL };
	struct clean_place at = { 1, "x", "" };
	must(clean_probe_block(&probe, p, m, &r, t->s, t->n, at) == 0);
	(void)clean_probe_settle(&probe, p, error);
	(void)clean_plan_settle(p, error);
	clean_probe_free(&probe);
	csv_records_free(&r);
}

/* The longest part of whole records. */
static void cut(struct text *t, char delimiter)
{
	struct csv_dialect d = { delimiter, '"', NULL };
	struct csv_stuck stuck = { 0, 0 };
	size_t length, from = 0, to = 0;
	while (from < t->n) {
		enum csv_cut kind = csv_cut(t->s + from, t->n - from, true, &d, 5000, &stuck, &length);
		if (kind == CSV_CUT_RECORDS) {
			memmove(t->s + to, t->s + from, length);
			to += length;
		}
		from += length;
		csv_stuck_move(&stuck, length);
	}
	t->n = to;
}

static bool same_rest(const struct clean_result *a, const struct clean_result *b, size_t n_columns)
{
	bool same = a->n_left == b->n_left && a->n_kept == b->n_kept && a->marked == b->marked;
	for (size_t i = 0; same && i < a->n_left; i++) {
		const struct clean_left *x = &a->left[i], *y = &b->left[i];
		same = x->line == y->line && x->why == y->why && span_equal(x->record, y->record) &&
		       x->n_fields == y->n_fields && x->column == y->column;
	}
	for (size_t i = 0; same && i < a->n_kept; i++) {
		const struct clean_kept *x = &a->kept[i], *y = &b->kept[i];
		same = memcmp(&x->hash, &y->hash, sizeof x->hash) == 0 && x->line == y->line && x->end == y->end &&
		       x->sum.amount_pico == y->sum.amount_pico && x->sum.quantity_micro == y->sum.quantity_micro;
	}
	return same && memcmp(a->marks, b->marks, n_columns * sizeof *a->marks) == 0;
}

static bool one_round(struct text *t, size_t *n_rows, size_t *n_left)
{
	static const char delimiters[] = ",;\t";
	static char first_text[400];
	struct text first = { first_text, 0 };
	char delimiter = delimiters[draw(3)];
	const char *end = draw(3) ? "\n" : draw(2) ? "\r\n" : "\r";
	uint32_t odd = 1 + draw(draw(2) ? 8 : 100), n = 1 + draw(RECORDS);
	struct clean_rules rules = draw_rules();
	struct clean_plan p;
	struct clean_map m = { 0 };
	struct clean_result a = { 0 }, b = { 0 };
	put_names(&first, delimiter);
	t->n = 0;
	for (uint32_t i = 0; i < n; i++)
		put_record(t, delimiter, end, odd);
	cut(t, delimiter);
	plan_for(&p, &rules, &m, t, &first, delimiter);
	must(clean_block(&p, &m, t->s, t->n, false, true, &a) == 0);
	p.rules.by_record = true;
	must(clean_block(&p, &m, t->s, t->n, false, true, &b) == 0);
	bool same = a.n_out == b.n_out && memcmp(a.out ? a.out : "", b.out ? b.out : "", a.n_out) == 0 &&
		    a.n_rows == b.n_rows && a.n_lines == b.n_lines && a.n_records == b.n_records &&
		    memcmp(&a.ledger, &b.ledger, sizeof a.ledger) == 0 && same_rest(&a, &b, p.n_columns);
	*n_rows += a.n_rows;
	*n_left += a.n_left;
	clean_result_free(&a);
	clean_result_free(&b);
	clean_plan_free(&p);
	free(m.field);
	return same;
}

int main(void)
{
	struct text t = { malloc((size_t)RECORDS * 2000 + CSV_SLACK), 0 };
	size_t n_bad = 0, n_rows = 0, n_left = 0;
	must(t.s);
	memset(t.s, 0, (size_t)RECORDS * 2000 + CSV_SLACK);
	for (int i = 0; i < ROUNDS; i++)
		n_bad += !one_round(&t, &n_rows, &n_left);
	tap_ok(n_bad == 0, "many records at once, or one by one: the same for %d blocks (%zu differ)", ROUNDS, n_bad);
	tap_ok(n_rows > 10000 && n_left > 10000, "%zu rows, %zu records left out", n_rows, n_left);
	free(t.s);
	return tap_done();
}
