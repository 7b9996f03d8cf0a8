/* SPDX-License-Identifier: MIT */
#include "stream/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stream/csv_quoted.h"
#include "stream/csv_split.h"

/* Where one record is wanted. */
#define RECORD 1024

void csv_begin(struct csv_records *r, const char *s, size_t n, const struct csv_dialect *d)
{
	if (r->quoted_parser && (r->dialect.delimiter != d->delimiter || r->dialect.quote != d->quote)) {
		csv_quoted_free(r->quoted_parser);
		r->quoted_parser = NULL;
	}
	r->s = r->next = r->base = s;
	r->end = s + n;
	r->dialect = *d;
	r->marks.n = r->i_at = r->window = 0;
	r->use = CSV_FOR_ALL;
	r->row_window = CSV_WINDOW;
	r->line = r->n_lines = r->n_blank = r->n_records = 0;
	if (!r->field)
		r->field = mem_array(r->room_field = 64, sizeof *r->field);
}

/* In front of the first position stands that of the byte before the window. */
#define AHEAD 1

static void free_marks(struct csv_records *r)
{
	if (r->marks.at)
		free(r->marks.at - AHEAD);
	free(r->marks.other);
	free(r->marks.care);
	free(r->marks.quoted);
	free(r->undoubled);
}

static void marks_room(struct csv_records *r, size_t n)
{
	free_marks(r);
	r->room_at = n;
	r->marks.at = (uint32_t *)mem_array(n + 64 + AHEAD, sizeof *r->marks.at) + AHEAD;
	r->marks.at[-AHEAD] = (uint32_t)-1;
	r->marks.other = mem_array(n / 64 + 3, sizeof *r->marks.other);
	r->marks.care = mem_array(n / 64 + 2, sizeof *r->marks.care);
	r->marks.quoted = mem_array(n / 64 + 2, sizeof *r->marks.quoted);
	r->undoubled = mem_array(n + CSV_SLACK, 1);
}

static void refill(struct csv_records *r, const char *from, size_t n, bool rows)
{
	size_t left = (size_t)(r->end - from);
	n = n < left ? n : left;
	if (n > r->room_at)
		marks_room(r, n);
	r->base = from;
	r->i_at = 0;
	r->window = n;
	if (rows)
		r->window = csv_scan_fields(from, n, &r->dialect, -1, &r->marks);
	else
		csv_scan(from, n, &r->dialect, -1, &r->marks);
	r->use = r->window == n && r->marks.quoted[(n + 63) / 64] == 0 ? CSV_FOR_ALL :
		 rows ? CSV_FOR_ROWS : CSV_FOR_RECORDS;
}

void csv_refill_rows(struct csv_records *r, const char *from)
{
	refill(r, from, r->row_window, true);
}

/* Marks from the current record on, in a window that grows when it was too small. */
static void refill_record(struct csv_records *r, const char *from)
{
	bool again = from == r->base && r->use != CSV_FOR_ROWS && r->window >= RECORD;
	refill(r, from, again ? 2 * r->window : RECORD, false);
}

static void step_over(struct csv_records *r, const char *to)
{
	while (r->i_at < r->marks.n && r->base + r->marks.at[r->i_at] < to)
		r->i_at++;
	r->next = to;
}

/* Empty lines before a record. */
static void skip_blank(struct csv_records *r)
{
	const char *p = r->next;
	while (p < r->end && csv_ends_line(*p)) {
		p += *p == '\r' && p + 1 < r->end && p[1] == '\n' ? 2 : 1;
		if (r->n_blank++ == 0)
			r->first_blank = r->n_lines;
		r->n_lines++;
	}
	if (p != r->next)
		step_over(r, p);
}

/* The end of the record that begins at s; end of the block if no line end does. */
static const char *record_end(const char *s, const char *end, const struct csv_dialect *d)
{
	while (s < end) {
		if (*s == d->quote) {
			s++;
			s += csv_close_quote(s, (size_t)(end - s), true, d);
			s += s < end;
		}
		while (s < end && *s != d->delimiter && !csv_ends_line(*s))
			s++;
		if (s == end || csv_ends_line(*s))
			return s;
		if (++s == end)
			return s;
	}
	return end;
}

static uint64_t count_lines(const char *s, const char *end)
{
	uint64_t n = 0;
	for (; s < end; s++)
		n += *s == '\n' || (*s == '\r' && !(s + 1 < end && s[1] == '\n'));
	return n;
}

static void behind_record(struct csv_records *r, const char *end)
{
	r->record.n = (size_t)(end - r->record.s);
	r->n_records++;
	r->n_lines++;
	if (end < r->end)
		end += *end == '\r' && end + 1 < r->end && end[1] == '\n' ? 2 : 1;
	step_over(r, end);
}

static bool quoted_record(struct csv_records *r)
{
	const char *s = r->record.s, *end = record_end(s, r->end, &r->dialect);
	size_t n_fields;
	if (!r->quoted_parser)
		r->quoted_parser = csv_quoted_new(&r->dialect);
	const struct span *field = csv_quoted_split(r->quoted_parser, s, (size_t)(end - s), &n_fields);
	if (n_fields > r->room_field) {
		free(r->field);
		r->field = mem_array(r->room_field = 2 * n_fields, sizeof *r->field);
	}
	memcpy(r->field, field, n_fields * sizeof *field);
	r->n_fields = n_fields;
	r->quoted = true;
	r->n_lines += count_lines(s, end);
	behind_record(r, end);
	return true;
}

static bool fixed_record(struct csv_records *r)
{
	const char *s = r->record.s, *lf = memchr(s, '\n', (size_t)(r->end - s));
	const char *end = lf ? lf : r->end, *cr = memchr(s, '\r', (size_t)(end - s));
	end = cr ? cr : end;
	csv_fixed_split(r, end);
	r->quoted = true; /* equal fields may stand among other bytes */
	behind_record(r, end);
	return true;
}

enum plain { PLAIN_NO, PLAIN_YES, PLAIN_SHORT };

struct span csv_undouble(struct csv_records *r, const char *s, size_t n)
{
	char *field = r->undoubled + r->n_undoubled, *to = field;
	const char *end = s + n, *q;
	while ((q = memchr(s, r->dialect.quote, (size_t)(end - s))) != NULL) {
		memcpy(to, s, (size_t)(q + 1 - s));
		to += q + 1 - s;
		s = q + 2;
	}
	memcpy(to, s, (size_t)(end - s));
	to += end - s;
	r->n_undoubled += (size_t)(to - field);
	return (struct span){ field, (size_t)(to - field) };
}

/*
 * A quoted field whose opening quote is position *i: what libcsv gives is what
 * stands between the quotes, two in a row being one.  Moves *i to the
 * structural byte behind it.  PLAIN_SHORT: the window ends before that;
 * PLAIN_NO: libcsv has to say.
 */
static enum plain plain_quoted(struct csv_records *r, size_t *i, struct span *field)
{
	const char *open = r->base + r->marks.at[*i], *close;
	bool whole = r->base + r->window == r->end;
	size_t k = *i + 1, n_doubled = 0;
	for (;; k += 2, n_doubled++) {
		while (k < r->marks.n && r->base[r->marks.at[k]] != r->dialect.quote)
			k++;
		if (k == r->marks.n)
			return whole ? PLAIN_NO : PLAIN_SHORT;
		close = r->base + r->marks.at[k];
		if (k + 1 == r->marks.n && !whole)
			return PLAIN_SHORT;
		if (close + 1 == r->end || close[1] != r->dialect.quote)
			break;
	}
	if (close + 1 < r->end && close[1] != r->dialect.delimiter && !csv_ends_line(close[1]))
		return PLAIN_NO;
	*field = n_doubled > 0 ? csv_undouble(r, open + 1, (size_t)(close - open - 1)) :
				 (struct span){ open + 1, (size_t)(close - open - 1) };
	if (k - *i - 1 > 2 * n_doubled)
		r->n_inside += count_lines(open + 1, close);
	r->quoted = true;
	*i = k + 1;
	return PLAIN_YES;
}

/* Ends a record at p, a structural byte of position i or the end of the block. */
static bool plain_record(struct csv_records *r, size_t n_fields, size_t i, const char *p)
{
	r->n_fields = n_fields;
	r->n_lines += r->n_inside;
	r->i_at = i;
	behind_record(r, p);
	return true;
}

bool csv_next(struct csv_records *r)
{
	if (r->next < r->end && csv_ends_line(*r->next))
		skip_blank(r);
	if (r->next == r->end)
		return false;
	r->line = r->n_lines;
	r->record.s = r->next;
	if (r->dialect.fixed)
		return fixed_record(r);
	if (r->i_at == r->marks.n || r->use == CSV_FOR_ROWS)
		refill_record(r, r->next);
again:
	r->quoted = false;
	r->n_inside = r->n_undoubled = 0;
	const char *from = r->record.s, *window_end = r->base + r->window;
	size_t k = 0, i = r->i_at;
	for (;; i++, k++) {
		const char *p = i < r->marks.n ? r->base + r->marks.at[i] : r->end;
		enum plain plain = i < r->marks.n || window_end == r->end ? PLAIN_YES : PLAIN_SHORT;
		if (k == r->room_field)
			r->field = mem_grow(r->field, k, &r->room_field, sizeof *r->field);
		r->field[k] = (struct span){ from, (size_t)(p - from) };
		if (plain == PLAIN_YES && p < r->end && *p == r->dialect.quote) {
			plain = p == from ? plain_quoted(r, &i, &r->field[k]) : PLAIN_NO;
			p = i < r->marks.n ? r->base + r->marks.at[i] : r->end;
		}
		if (plain == PLAIN_SHORT) {
			refill_record(r, r->record.s);
			goto again;
		}
		if (plain == PLAIN_NO)
			return quoted_record(r);
		from = p + 1;
		if (p == r->end || *p != r->dialect.delimiter)
			return plain_record(r, k + 1, i, p);
	}
}

void csv_records_free(struct csv_records *r)
{
	csv_quoted_free(r->quoted_parser);
	free(r->field);
	free_marks(r);
	memset(r, 0, sizeof *r);
}

/* How many of the first records agree with the first one under a delimiter; 0: it does not split. */
static size_t agreement(const char *s, size_t n, bool end, const struct csv_dialect *d)
{
	enum { ENOUGH = 200 };
	struct csv_records r = { 0 };
	struct csv_stuck stuck = { 0, 0 };
	size_t length, first = 0, n_same = 0, n_seen = 0;
	enum csv_cut cut;
	while (n_seen < ENOUGH && (cut = csv_cut(s, n, end, d, n, &stuck, &length)) != CSV_CUT_MORE) {
		csv_begin(&r, s, cut == CSV_CUT_RECORDS ? length : 0, d);
		while (n_seen < ENOUGH && csv_next(&r)) {
			if (n_seen++ == 0)
				first = r.n_fields;
			n_same += r.n_fields == first;
		}
		s += length;
		n -= length;
		csv_stuck_move(&stuck, length);
	}
	csv_records_free(&r);
	return first > 1 ? n_same : 0;
}

char csv_guess_delimiter(const char *s, size_t n, bool end, char quote)
{
	static const char choice[] = { ',', ';', '\t', '|' };
	char best = ',';
	size_t most = 0;
	for (size_t i = 0; i < sizeof choice; i++) {
		struct csv_dialect d = { choice[i], quote, NULL };
		size_t n_same = agreement(s, n, end, &d);
		if (n_same > most) {
			most = n_same;
			best = choice[i];
		}
	}
	return best;
}
