/* SPDX-License-Identifier: MIT */
/*
 * The records of stream/csv against libcsv fed with each record that a machine
 * of four states finds, on random texts that are mostly structure, cut into
 * blocks at random places.
 */
#include <csv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stream/csv.h"
#include "tests/unit/tap.h"

enum { TEXT_MAX = 40000, ROUNDS = 6000 };

/* Fields as text: each behind a length, each record ended by a mark. */
struct list {
	char *s;
	size_t n, room, n_records;
};

static uint64_t state = 88172645463325252u;

static uint32_t draw(uint32_t below) /* xorshift64*, Vigna 2016 */
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 2685821657736338717u) >> 33) % below;
}

static void put(struct list *l, const void *s, size_t n)
{
	if (l->n + n > l->room) {
		l->room = 2 * (l->n + n);
		l->s = realloc(l->s, l->room);
		if (!l->s)
			abort();
	}
	if (n)
		memcpy(l->s + l->n, s, n);
	l->n += n;
}

static void put_field(void *s, size_t n, void *l)
{
	put(l, &n, sizeof n);
	put(l, s, n);
}

static void put_row(int c, void *arg)
{
	struct list *l = arg;
	size_t mark = SIZE_MAX;
	(void)c;
	put(l, &mark, sizeof mark);
	l->n_records++;
}

static int no_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void one_by_libcsv(const char *s, size_t n, const struct csv_dialect *d, struct list *l)
{
	struct csv_parser p;
	csv_init(&p, 0);
	csv_set_space_func(&p, no_space);
	csv_set_delim(&p, (unsigned char)d->delimiter);
	csv_set_quote(&p, (unsigned char)d->quote);
	csv_parse(&p, s, n, put_field, put_row, l);
	csv_fini(&p, put_field, put_row, l);
	csv_free(&p);
}

static bool at_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* Byte by byte: the length of the record at s, its fault if it is none. */
static size_t record_of(const char *s, size_t n, const struct csv_dialect *d, const char **fault)
{
	enum { BEGIN, BARE, QUOTED, BEHIND } at = BEGIN;
	size_t i;
	*fault = NULL;
	for (i = 0; i < n && !*fault; i++) {
		bool quote = s[i] == d->quote, edge = s[i] == d->delimiter || at_line_end(s[i]);
		if (at_line_end(s[i]) && at != QUOTED)
			return i;
		if (at == QUOTED)
			at = quote ? BEHIND : QUOTED;
		else if (at == BEHIND && !edge && !quote)
			*fault = "stray";
		else if (at == BEHIND && quote)
			at = QUOTED;
		else
			at = edge ? BEGIN : at == BEGIN && quote ? QUOTED : BARE;
	}
	if (at == QUOTED)
		*fault = "unclosed";
	return i;
}

/* Record by record, each by libcsv alone; a fault costs the line that it begins on. */
static void by_libcsv(const char *s, size_t n, const struct csv_dialect *d, struct list *l)
{
	size_t i = 0;
	while (i < n) {
		const char *fault;
		size_t k = 0;
		if (at_line_end(s[i])) {
			i++;
			continue;
		}
		k = record_of(s + i, n - i, d, &fault);
		if (!fault)
			one_by_libcsv(s + i, k, d, l);
		else
			for (put(l, fault, strlen(fault)), k = 0; i + k < n && !at_line_end(s[i + k]);)
				k++;
		i += k;
	}
}

/* Some records at once, now and then; sets no fields. */
static bool take_rows(struct csv_records *r, size_t n_fields, struct list *l)
{
	static struct span field[8 * CSV_ROWS];
	struct csv_rows rows = { .field = field };
	r->n_fields = 0;
	if (draw(2) || csv_next_rows(r, n_fields, &rows) == 0)
		return false;
	for (size_t j = 0; j < rows.n; j++) {
		for (size_t k = 0; k < n_fields; k++) {
			struct span f = field[k * CSV_ROWS + j];
			put_field((void *)(uintptr_t)f.s, f.n, l);
		}
		put_row(0, l);
	}
	return true;
}

static void take(struct csv_records *r, const char *s, size_t n, const struct csv_dialect *d,
		 struct list *l)
{
	char *block = malloc(n + CSV_SLACK);
	if (!block)
		abort();
	memcpy(block, s, n);
	memset(block + n, d->delimiter, CSV_SLACK);
	csv_begin(r, block, n, d);
	while (take_rows(r, 2 + draw(3), l) || csv_next(r)) {
		if (r->n_fields == 0)
			continue;
		for (size_t i = 0; i < r->n_fields; i++)
			put_field((void *)(uintptr_t)r->field[i].s, r->field[i].n, l);
		put_row(0, l);
		r->n_fields = 0;
	}
	free(block);
}

static void by_blocks(const char *s, size_t n, const struct csv_dialect *d, size_t max_field,
		      bool at_once, struct list *l)
{
	struct csv_records r = { 0 };
	size_t at = 0, have = 0;
	struct csv_stuck stuck = { 0, 0 };
	while (at < n) {
		size_t length;
		have += at_once ? n : 1 + draw(draw(4) ? 40 : 20000);
		have = have > n - at ? n - at : have;
		enum csv_cut cut = csv_cut(s + at, have, at + have == n, d, max_field, &stuck, &length);
		if (cut == CSV_CUT_MORE)
			continue;
		if (cut == CSV_CUT_RECORDS)
			take(&r, s + at, length, d, l);
		else
			put(l, cut == CSV_CUT_STRAY ? "stray" : "unclosed", cut == CSV_CUT_STRAY ? 5 : 8);
		at += length;
		have -= length;
		csv_stuck_move(&stuck, length);
	}
	csv_records_free(&r);
}

static size_t nasty(char *s, const struct csv_dialect *d)
{
	const char letters[] = { d->delimiter, d->quote, '\n', '\r', 'a', ' ', '\0', (char)0xe9,
				 d->delimiter == ',' ? ';' : ',', '\t' };
	uint32_t n = draw(8) ? draw(200) : draw(TEXT_MAX), plain = draw(30), quotes = draw(3);
	size_t k = 0;
	while (k < n) {
		char c = draw(30) < plain ? (char)('a' + draw(26)) : letters[draw(sizeof letters)];
		if (c == d->quote && quotes == 0)
			continue;
		s[k++] = c;
		if (c == d->quote && quotes == 1 && k + 12 < n) {
			for (uint32_t m = draw(8); m > 0; m--)
				s[k++] = letters[draw(8) == 1 ? 4 : draw(8)];
			s[k++] = d->quote;
			s[k++] = draw(2) ? d->delimiter : '\n';
		}
	}
	return k;
}

struct room {
	uint32_t at[TEXT_MAX + 64], care[TEXT_MAX / 64 + 2];
	uint64_t other[TEXT_MAX / 64 + 3], quoted[TEXT_MAX / 64 + 2];
	struct csv_marks marks;
};

static const struct csv_marks *scan(struct room *r, const char *s, size_t n, const struct csv_dialect *d, int which)
{
	r->marks = (struct csv_marks){ .at = r->at, .other = r->other, .care = r->care, .quoted = r->quoted };
	csv_scan(s, n, d, which, &r->marks);
	return &r->marks;
}

static bool is_other(const struct csv_marks *m, size_t i)
{
	return m->other[i / 64] >> i % 64 & 1;
}

static bool same_marks(const struct csv_marks *a, const struct csv_marks *b, size_t n)
{
	size_t groups = (n + 63) / 64 + 1;
	bool same = a->n == b->n && memcmp(a->at, b->at, 4 * a->n) == 0 && memcmp(a->care, b->care, 4 * groups) == 0 &&
		    memcmp(a->quoted, b->quoted, 8 * groups) == 0;
	for (size_t i = 0; same && i < a->n; i++)
		same = is_other(a, i) == is_other(b, i);
	return same;
}

static bool same_fields(struct room *a, struct room *b, const char *s, size_t n, const struct csv_dialect *d, int which)
{
	size_t n_a = csv_scan_fields(s, n, d, 0, &a->marks), n_b = csv_scan_fields(s, n, d, which, &b->marks);
	return n_a == n_b && same_marks(&a->marks, &b->marks, n_a);
}

static void scans_agree(void)
{
	static char s[TEXT_MAX + CSV_SLACK];
	static struct room a, b;
	struct csv_dialect d = { ',', '"', NULL };
	for (int which = 1; which <= 2; which++) {
		bool same = true;
		for (int i = 0; i < 300; i++) {
			size_t n = nasty(s, &d);
			same &= same_marks(scan(&a, s, n, &d, 0), scan(&b, s, n, &d, which), n) &&
				same_fields(&a, &b, s, n, &d, which);
		}
		tap_ok(same, "scan %d is the plain scan%s", which,
		       csv_scan_has(which) ? "" : " # SKIP not on this processor");
	}
	const struct csv_marks *m = scan(&a, memcpy(s, "a,b\"c\r\n\x8c,\xff", 10), 10, &d, 0);
	tap_ok(m->n == 5 && m->at[0] == 1 && m->at[1] == 3 && m->at[2] == 5 && m->at[3] == 6 && m->at[4] == 8,
	       "the plain scan finds delimiter, quote, CR and LF");
	tap_ok(!is_other(m, 0) && is_other(m, 1) && is_other(m, 2) && is_other(m, 3) && !is_other(m, 4),
	       "and says which are no delimiters");
	tap_ok(m->care[1] == 1 && scan(&a, memcpy(s, "a,\"\r\n;", 6), 6, &d, 0)->care[1] == 0,
	       "and what needs care beside them");
}

/* What csv_cut remembers of one call changes nothing in the next ones. */
static void cuts_agree(void)
{
	static char s[TEXT_MAX + CSV_SLACK];
	struct csv_dialect d = { ',', '"', NULL };
	size_t n_cuts = 0, n_unclosed = 0, n_bad = 0;
	for (int i = 0; i < ROUNDS; i++) {
		size_t n = nasty(s, &d) % 3000, at = 0, max_field = 1 + draw(80);
		struct csv_stuck stuck = { 0, 0 };
		while (at < n) {
			struct csv_stuck fresh = { 0, 0 };
			size_t a = 0, b = 0;
			size_t have = draw(3) ? n - at : 1 + draw((uint32_t)(n - at));
			enum csv_cut x = csv_cut(s + at, have, at + have == n, &d, max_field, &fresh, &a);
			enum csv_cut y = csv_cut(s + at, have, at + have == n, &d, max_field, &stuck, &b);
			n_bad += x != y || a != b;
			n_unclosed += x == CSV_CUT_UNCLOSED;
			n_cuts++;
			at += a;
			csv_stuck_move(&stuck, a);
		}
	}
	tap_ok(n_bad == 0, "%zu cuts, %zu of them unclosed, are the same with and without memory (%zu are not)",
	       n_cuts, n_unclosed, n_bad);
}

/* Open quotes and all: the blocks' sizes change nothing. */
static void blocks_agree(void)
{
	static char s[TEXT_MAX + CSV_SLACK];
	struct csv_dialect d = { ',', '"', NULL };
	size_t n_bad = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct list want = { 0 }, got = { 0 };
		size_t n = nasty(s, &d) % 3000, max_field = 1 + draw(200);
		by_blocks(s, n, &d, max_field, true, &want);
		by_blocks(s, n, &d, max_field, false, &got);
		n_bad += want.n != got.n || (want.n && memcmp(want.s, got.s, want.n) != 0);
		free(want.s);
		free(got.s);
	}
	tap_ok(n_bad == 0, "%d texts with open quotes give the same for any size of block (%zu do not)", ROUNDS,
	       n_bad);
}

int main(void)
{
	static char s[TEXT_MAX + CSV_SLACK];
	static const struct csv_dialect dialect[] = { { ',', '"', NULL }, { ';', '"', NULL }, { '\t', '\'', NULL }, { '|', '"', NULL } };
	scans_agree();
	cuts_agree();
	blocks_agree();
	for (int k = 0; k < 4; k++) {
		size_t n_bad = 0, n_records = 0;
		for (int i = 0; i < ROUNDS / 4; i++) {
			struct list want = { 0 }, got = { 0 };
			size_t n = nasty(s, &dialect[k]);
			by_libcsv(s, n, &dialect[k], &want);
			by_blocks(s, n, &dialect[k], SIZE_MAX, false, &got);
			n_bad += want.n != got.n || (want.n && memcmp(want.s, got.s, want.n) != 0);
			n_records += want.n_records;
			free(want.s);
			free(got.s);
		}
		tap_ok(n_bad == 0, "the fields of %zu records are libcsv's, dialect %d (%zu texts differ)",
		       n_records, k, n_bad);
	}
	return tap_done();
}
