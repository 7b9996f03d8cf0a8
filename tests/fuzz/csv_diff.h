/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_CSV_DIFF_H
#define FUZZ_CSV_DIFF_H

/*
 * stream/csv against libcsv and against itself.  The input's first two bytes
 * choose the dialect, the length a quoted field may have and how the text
 * behind them is cut into blocks:
 *
 *   - without a limit on fields, the fields are those of libcsv over each
 *     record that a machine of four states finds, and the same lines are faults;
 *   - with one, blocks of any size, and cuts with and without memory, agree;
 *   - a record's line is the number of line ends before it;
 *   - all variants of the scan find what a loop over the bytes finds.
 */
#include <csv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stream/csv.h"

/* What came out, one part after the other. */
struct diff_list {
	char *s;
	size_t n, room, n_lines;
};

struct diff_text {
	const char *s;
	size_t n;
	struct csv_dialect dialect;
	size_t max_field;
	uint32_t state; /* of the draws that cut it */
};

static void *diff_alloc(void *old, size_t n)
{
	void *p = realloc(old, n);
	if (!p)
		abort();
	return p;
}

static void diff_put(struct diff_list *l, const void *s, size_t n)
{
	if (l->n + n > l->room) {
		l->room = 2 * (l->n + n);
		l->s = diff_alloc(l->s, l->room);
	}
	if (n)
		memcpy(l->s + l->n, s, n);
	l->n += n;
}

static void diff_put_size(struct diff_list *l, size_t v)
{
	diff_put(l, &v, sizeof v);
}

static void diff_put_field(void *s, size_t n, void *l)
{
	diff_put_size(l, n);
	diff_put(l, s, n);
}

static void diff_put_row(int c, void *l)
{
	(void)c;
	diff_put_size(l, SIZE_MAX);
}

static int diff_no_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void diff_one_record(const char *s, size_t n, const struct csv_dialect *d, struct diff_list *l)
{
	struct csv_parser p;
	csv_init(&p, 0);
	csv_set_space_func(&p, diff_no_space);
	csv_set_delim(&p, (unsigned char)d->delimiter);
	csv_set_quote(&p, (unsigned char)d->quote);
	csv_parse(&p, s, n, diff_put_field, diff_put_row, l);
	csv_fini(&p, diff_put_field, diff_put_row, l);
	csv_free(&p);
}

static bool diff_ends_line(char c)
{
	return c == '\n' || c == '\r';
}

/* Byte by byte: the length of the record at s; *fault: it is none. */
static size_t diff_record(const char *s, size_t n, const struct csv_dialect *d, bool *fault)
{
	enum { BEGIN, BARE, QUOTED, BEHIND } at = BEGIN;
	size_t i;
	*fault = false;
	for (i = 0; i < n && !*fault; i++) {
		bool quote = s[i] == d->quote, edge = s[i] == d->delimiter || diff_ends_line(s[i]);
		if (diff_ends_line(s[i]) && at != QUOTED)
			return i;
		if (at == QUOTED)
			at = quote ? BEHIND : QUOTED;
		else if (at == BEHIND && !edge && !quote)
			*fault = true;
		else if (at == BEHIND && quote)
			at = QUOTED;
		else
			at = edge ? BEGIN : at == BEGIN && quote ? QUOTED : BARE;
	}
	*fault |= at == QUOTED;
	return i;
}

/* Each record by libcsv alone; a fault costs the line that it begins on. */
static void diff_by_libcsv(const char *s, size_t n, const struct csv_dialect *d, struct diff_list *l)
{
	for (size_t i = 0, k; i < n; i += k) {
		bool fault;
		k = 1;
		if (diff_ends_line(s[i]))
			continue;
		k = diff_record(s + i, n - i, d, &fault);
		if (!fault) {
			diff_one_record(s + i, k, d, l);
			continue;
		}
		for (k = 0; i + k < n && !diff_ends_line(s[i + k]);)
			k++;
		diff_put(l, s + i, k);
	}
}

/* Line ends in s[from..to); CR LF is one. */
static size_t diff_lines(const char *s, size_t from, size_t to)
{
	size_t lines = 0;
	for (size_t i = from; i < to; i++)
		lines += s[i] == '\r' || (s[i] == '\n' && (i == 0 || s[i - 1] != '\r'));
	return lines;
}

static size_t diff_unterminated(const char *s, size_t n)
{
	return n > 0 && s[n - 1] != '\n' && s[n - 1] != '\r';
}

/* A block while its records are taken. */
struct diff_block {
	const char *s;
	size_t n_records, line, seen; /* line ends in s[0..seen) */
};

/* Whether a record stands on the line that it says. */
static bool diff_on_line(struct diff_block *b, struct span record, uint64_t line)
{
	size_t from = (size_t)(record.s - b->s);
	b->line += diff_lines(b->s, b->seen, from);
	b->seen = from;
	b->n_records++;
	return line == b->line;
}

/* Many at once: those of n_fields fields.  Which bytes want care is as a loop finds it, or said too often. */
static bool diff_take_rows(struct csv_records *r, size_t n_fields, struct diff_block *b, struct diff_list *l)
{
	static struct span field[8 * CSV_ROWS];
	struct csv_rows rows = { .field = field };
	bool right = true;
	csv_next_rows(r, n_fields, &rows);
	for (size_t j = 0; j < rows.n; j++) {
		struct span record = rows.record[j];
		bool quoted = false, care = false;
		for (size_t i = 0; i < record.n; i++) {
			unsigned char c = (unsigned char)record.s[i];
			quoted |= record.s[i] == r->dialect.quote;
			care |= c >= 0x80 || c == '\\' || (c < ' ' && record.s[i] != r->dialect.delimiter);
		}
		right &= (rows.quoted >> j & 1) == quoted && (!care || (rows.care >> j & 1));
		right &= diff_on_line(b, record, rows.line + j);
		for (size_t k = 0; k < n_fields; k++) {
			struct span f = field[k * CSV_ROWS + j];
			right &= r->dialect.delimiter != '\t' || f.n == 0 || !memchr(f.s, '\t', f.n);
			diff_put_field((void *)(uintptr_t)f.s, f.n, l);
		}
		diff_put_row(0, l);
	}
	return right;
}

/* The records of one block, by rows of n_fields first where that is not 0; false when a line is wrong. */
static bool diff_take(struct csv_records *r, const char *s, size_t n, const struct csv_dialect *d,
		      size_t n_fields, struct diff_list *l)
{
	char *block = diff_alloc(NULL, n + CSV_SLACK);
	bool right = true;
	struct diff_block b = { .s = block };
	memcpy(block, s, n);
	memset(block + n, d->quote, CSV_SLACK);
	csv_begin(r, block, n, d);
	while (right &= n_fields == 0 || diff_take_rows(r, n_fields, &b, l), csv_next(r)) {
		for (size_t i = 0; i < r->n_fields; i++)
			diff_put_field((void *)(uintptr_t)r->field[i].s, r->field[i].n, l);
		diff_put_row(0, l);
		right &= diff_on_line(&b, r->record, r->line);
	}
	b.line += diff_lines(block, b.seen, n) + diff_unterminated(block, n);
	l->n_lines += r->n_lines;
	right &= r->n_records == b.n_records && r->n_lines == b.line;
	free(block);
	return right;
}

static uint32_t diff_draw(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)*state * below >> 32);
}

/* Blocks of random size, or the whole; false when a line or a cut is wrong. */
static bool diff_by_blocks(const struct diff_text *t, bool whole, struct diff_list *l)
{
	struct csv_records r = { 0 };
	struct csv_stuck stuck = { 0, 0 };
	uint32_t state = t->state;
	size_t at = 0, have = 0;
	bool right = true;
	while (at < t->n) {
		struct csv_stuck fresh = { 0, 0 };
		size_t length, again;
		have += whole ? t->n : 1 + diff_draw(&state, diff_draw(&state, 4) ? 40 : 9000);
		have = have > t->n - at ? t->n - at : have;
		bool end = at + have == t->n;
		enum csv_cut cut = csv_cut(t->s + at, have, end, &t->dialect, t->max_field, &stuck, &length);
		right &= csv_cut(t->s + at, have, end, &t->dialect, t->max_field, &fresh, &again) == cut;
		if (cut == CSV_CUT_MORE) {
			if (end)
				return false;
			continue;
		}
		right &= length == again && length > 0 && length <= have;
		if (!right)
			break;
		if (cut == CSV_CUT_RECORDS) {
			size_t n_fields = whole || state % 8 < 2 ? 0 : state % 8;
			right &= diff_take(&r, t->s + at, length, &t->dialect, n_fields, l);
		} else {
			size_t n = length;
			while (n > 0 && diff_ends_line(t->s[at + n - 1]))
				n--;
			diff_put(l, t->s + at, n);
			l->n_lines++;
		}
		at += length;
		have -= length;
		csv_stuck_move(&stuck, length);
	}
	csv_records_free(&r);
	return right && l->n_lines == diff_lines(t->s, 0, t->n) + diff_unterminated(t->s, t->n);
}

/* The marks against what a loop over the bytes says. */
static bool diff_marks(const struct diff_text *t, const struct csv_marks *m)
{
	const struct csv_dialect *d = &t->dialect;
	uint32_t n_care = 0, n_quoted = 0;
	size_t n = 0;
	bool right = m->care[0] == 0 && m->quoted[0] == 0, care = false, quoted = false;
	for (size_t i = 0; i < t->n; i++) {
		unsigned char c = (unsigned char)t->s[i];
		quoted |= c == (unsigned char)d->quote;
		bool other = c == (unsigned char)d->quote || c == '\n' || c == '\r';
		if (other || c == (unsigned char)d->delimiter) {
			right &= n < m->n && m->at[n] == i && (m->other[n / 64] >> n % 64 & 1) == other;
			n++;
		} else {
			care |= c < ' ' || c == '\\' || c > 127;
		}
		if (i % 64 == 63 || i + 1 == t->n) {
			n_care += care;
			n_quoted += quoted;
			right &= m->care[i / 64 + 1] == n_care && m->quoted[i / 64 + 1] == n_quoted;
			care = quoted = false;
		}
	}
	return right && n == m->n;
}

static bool diff_scans(const struct diff_text *t)
{
	size_t groups = t->n / 64 + 2;
	struct csv_marks m = { .at = diff_alloc(NULL, (t->n + 64) * sizeof *m.at),
			       .other = diff_alloc(NULL, (t->n / 64 + 3) * sizeof *m.other),
			       .care = diff_alloc(NULL, groups * sizeof *m.care),
			       .quoted = diff_alloc(NULL, groups * sizeof *m.quoted) };
	size_t followed = 0;
	bool same = true;
	for (int which = 0; which <= 2; which++) {
		csv_scan(t->s, t->n, &t->dialect, which, &m);
		same &= diff_marks(t, &m);
		size_t n = csv_scan_fields(t->s, t->n, &t->dialect, which, &m);
		same &= which == 0 || n == followed;
		followed = n;
	}
	free(m.at);
	free(m.other);
	free(m.care);
	free(m.quoted);
	return same;
}

static bool diff_same(struct diff_list *a, struct diff_list *b)
{
	bool same = a->n == b->n && (a->n == 0 || memcmp(a->s, b->s, a->n) == 0);
	free(a->s);
	free(b->s);
	return same;
}

/* Whether all of the above holds for an input. */
static bool csv_diff(const uint8_t *data, size_t n)
{
	static struct csv_place place[] = { { { "a", 1 }, 0, 3 }, { { "b", 1 }, 2, 5 }, { { "c", 1 }, 7, 90 } };
	static const struct csv_fixed fixed = { place, 3, 3 };
	static const struct csv_dialect dialect[] = { { ',', '"', NULL }, { ';', '"', NULL },
						      { '\t', '\'', NULL }, { '|', '"', NULL },
						      { ',', '"', &fixed } };
	struct diff_list want = { 0 }, got = { 0 }, pieces = { 0 };
	if (n < 3)
		return true;
	char *s = diff_alloc(NULL, n + 1 + CSV_SLACK);
	memcpy(s, data + 2, n - 2);
	memset(s + n - 2, ',', CSV_SLACK);
	struct diff_text t = { .s = s, .n = n - 2, .dialect = dialect[data[0] % 5], .max_field = SIZE_MAX,
			       .state = (uint32_t)n * 2654435761u + data[1] };
	bool right = diff_scans(&t);
	csv_guess_delimiter(s, t.n, data[1] & 1, t.dialect.quote);
	if (!t.dialect.fixed) {
		diff_by_libcsv(s, t.n, &t.dialect, &want);
		right &= diff_by_blocks(&t, false, &got);
		right &= diff_same(&want, &got);
	}
	t.max_field = 1 + data[1];
	want = got = (struct diff_list){ 0 };
	right &= diff_by_blocks(&t, true, &want);
	right &= diff_by_blocks(&t, false, &pieces);
	right &= diff_same(&want, &pieces);
	free(s);
	return right;
}

#endif
