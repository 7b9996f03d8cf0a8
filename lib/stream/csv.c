/* SPDX-License-Identifier: MIT */
#include "stream/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stream/csv_quoted.h"

/* A window's positions (4 bytes each) stay in the first-level cache. */
#define WINDOW 8192

static bool ends_line(char c)
{
	return c == '\n' || c == '\r';
}

size_t csv_close_quote(const char *s, size_t n, bool end, const struct csv_dialect *d)
{
	size_t i = 0;
	while (i < n) {
		const char *q = memchr(s + i, d->quote, n - i);
		if (!q)
			return n;
		i = (size_t)(q - s) + 1;
		if (i == n)
			return end ? n - 1 : n;
		if (s[i] != d->quote)
			return i - 1;
		i++;
	}
	return n;
}

/* Behind the last line end of s[0..n), or 0; a CR at the very end may be half of one. */
static size_t behind_last_line(const char *s, size_t n)
{
	const char *lf = memrchr(s, '\n', n), *cr;
	size_t from = lf ? (size_t)(lf - s) + 1 : 0;
	if (n > from && (cr = memrchr(s + from, '\r', n - from)) != NULL) {
		if (cr == s + n - 1)
			cr = memrchr(s + from, '\r', n - 1 - from);
		if (cr)
			return (size_t)(cr - s) + 1;
	}
	return from;
}

/* Behind the first line end of s[0..n), or 0; a CR at the very end may be half of one. */
static size_t first_line(const char *s, size_t n, bool end)
{
	const char *lf = memchr(s, '\n', n), *cr = memchr(s, '\r', lf ? (size_t)(lf - s) : n);
	size_t at = cr ? (size_t)(cr - s) + 1 : lf ? (size_t)(lf - s) + 1 : n;
	if (cr && at < n && s[at] == '\n')
		return at + 1;
	return at == n && !lf && !end ? 0 : at;
}

/* The run of quotes behind an opening one ends the field, or the n bytes end in it. */
static bool closes_at_once(const char *s, size_t n, bool end, const struct csv_dialect *d, size_t *run)
{
	*run = 0;
	while (*run < n && s[*run] == d->quote)
		++*run;
	if (*run == n)
		return !end || *run % 2;
	return *run % 2;
}

/*
 * csv_close_quote for the quote before s[0], passing over what is known to
 * hold no close: s[0..open_until), but for the quotes at its beginning, which
 * the opening quote changes the count of.
 */
static size_t close_of(const char *s, size_t n, bool end, const struct csv_dialect *d, size_t open_until)
{
	size_t run, from;
	if (open_until > n)
		open_until = n;
	if (open_until == 0 || closes_at_once(s, n, end, d, &run))
		return csv_close_quote(s, n, end, d);
	from = open_until;
	while (from > run && s[from - 1] == d->quote)
		from--;
	from = from > run ? from : run;
	return from + csv_close_quote(s + from, n - from, end, d);
}

enum csv_cut csv_cut(const char *s, size_t n, bool end, const struct csv_dialect *d, size_t max_field,
		     struct csv_stuck *stuck, size_t *length)
{
	size_t at = 0, bare = 0, safe = 0, line; /* s[bare..at) is outside quotes */
	const char *q;
	while (!d->fixed && at < n && (q = memchr(s + at, d->quote, n - at)) != NULL) {
		size_t open = (size_t)(q - s);
		if (open > 0 && q[-1] != d->delimiter && !ends_line(q[-1])) {
			at = open + 1;
			continue;
		}
		at = bare;
		line = behind_last_line(s + at, open - at);
		if (open > at && ends_line(q[-1]))
			line = open - at;
		safe = line ? at + line : safe;
		/* the byte behind the closing quote has to be seen as well */
		size_t left = n - open - 1, most = left <= max_field ? left : max_field + 1;
		bool known = stuck->from <= open && stuck->until > open + 1;
		size_t close = close_of(q + 1, most, end && left <= max_field, d,
					known ? stuck->until - open - 1 : 0);
		if (close == most) {
			if (left > max_field || end)
				*stuck = (struct csv_stuck){ open, open + 1 + most };
			*length = safe;
			if (safe > 0)
				return CSV_CUT_RECORDS;
			if (!end && left <= max_field)
				return CSV_CUT_MORE;
			*length = first_line(s, n, end);
			return *length > 0 ? CSV_CUT_UNCLOSED : CSV_CUT_MORE;
		}
		at = bare = open + close + 2;
		if (at < n && s[at] != d->delimiter && !ends_line(s[at])) {
			*length = safe > 0 ? safe : first_line(s, n, end);
			return safe > 0 ? CSV_CUT_RECORDS : *length > 0 ? CSV_CUT_STRAY : CSV_CUT_MORE;
		}
	}
	at = bare;
	line = at < n ? behind_last_line(s + at, n - at) : 0;
	*length = end ? n : line ? at + line : safe;
	return *length > 0 ? CSV_CUT_RECORDS : CSV_CUT_MORE;
}

void csv_stuck_move(struct csv_stuck *stuck, size_t n)
{
	stuck->from -= stuck->from < n ? stuck->from : n;
	stuck->until -= stuck->until < n ? stuck->until : n;
}

void csv_begin(struct csv_records *r, const char *s, size_t n, const struct csv_dialect *d)
{
	if (r->quoted_parser && (r->dialect.delimiter != d->delimiter || r->dialect.quote != d->quote)) {
		csv_quoted_free(r->quoted_parser);
		r->quoted_parser = NULL;
	}
	r->s = r->next = r->base = s;
	r->end = s + n;
	r->dialect = *d;
	r->n_at = r->i_at = r->window = 0;
	r->line = r->n_lines = r->n_blank = r->n_records = 0;
	if (!r->field)
		r->field = mem_array(r->room_field = 64, sizeof *r->field);
}

/* Positions from the current record on, in a window that grows when it was too small. */
static void refill(struct csv_records *r, const char *from)
{
	size_t left = (size_t)(r->end - from);
	size_t n = from == r->base && r->window >= WINDOW ? 2 * r->window : WINDOW;
	n = n < left ? n : left;
	if (n + 64 > r->room_at) {
		free(r->at);
		r->at = mem_array(r->room_at = n + 64, sizeof *r->at);
	}
	r->base = from;
	r->window = n;
	r->i_at = 0;
	r->n_at = csv_scan(from, n, &r->dialect, -1, r->at);
}

static void step_over(struct csv_records *r, const char *to)
{
	while (r->i_at < r->n_at && r->base + r->at[r->i_at] < to)
		r->i_at++;
	r->next = to;
}

/* Empty lines before a record. */
static void skip_blank(struct csv_records *r)
{
	const char *p = r->next;
	while (p < r->end && ends_line(*p)) {
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
		while (s < end && *s != d->delimiter && !ends_line(*s))
			s++;
		if (s == end || ends_line(*s))
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

/*
 * A quoted field without a quote inside, whose opening quote is position *i:
 * what libcsv gives is what stands between the quotes.  Moves *i to the
 * structural byte behind it.  PLAIN_SHORT: the window ends before that;
 * PLAIN_NO: libcsv has to say.
 */
static enum plain plain_quoted(struct csv_records *r, size_t *i, struct span *field)
{
	const char *open = r->base + r->at[*i], *close;
	bool whole = r->base + r->window == r->end;
	size_t k = *i + 1;
	while (k < r->n_at && r->base[r->at[k]] != r->dialect.quote)
		k++;
	if (k == r->n_at)
		return whole ? PLAIN_NO : PLAIN_SHORT;
	close = r->base + r->at[k];
	if (k + 1 == r->n_at && !whole)
		return PLAIN_SHORT;
	if (close + 1 < r->end && (close[1] == r->dialect.quote ||
				   (close[1] != r->dialect.delimiter && !ends_line(close[1]))))
		return PLAIN_NO;
	*field = (struct span){ open + 1, (size_t)(close - open - 1) };
	if (k > *i + 1)
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
	if (r->next < r->end && ends_line(*r->next))
		skip_blank(r);
	if (r->next == r->end)
		return false;
	r->line = r->n_lines;
	r->record.s = r->next;
	if (r->dialect.fixed)
		return fixed_record(r);
	if (r->i_at == r->n_at)
		refill(r, r->next);
again:
	r->quoted = false;
	r->n_inside = 0;
	const char *from = r->record.s, *window_end = r->base + r->window;
	size_t k = 0, i = r->i_at;
	for (;; i++, k++) {
		const char *p = i < r->n_at ? r->base + r->at[i] : r->end;
		enum plain plain = i < r->n_at || window_end == r->end ? PLAIN_YES : PLAIN_SHORT;
		if (k == r->room_field)
			r->field = mem_grow(r->field, k, &r->room_field, sizeof *r->field);
		r->field[k] = (struct span){ from, (size_t)(p - from) };
		if (plain == PLAIN_YES && p < r->end && *p == r->dialect.quote) {
			plain = p == from ? plain_quoted(r, &i, &r->field[k]) : PLAIN_NO;
			p = i < r->n_at ? r->base + r->at[i] : r->end;
		}
		if (plain == PLAIN_SHORT) {
			refill(r, r->record.s);
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
	free(r->at);
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
