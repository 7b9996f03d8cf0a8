/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "stream/csv_masks.h"

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

/* Whether s[i] is the second of two quotes, outside by parity alone. */
static inline bool within_two(const char *s, size_t i, const struct csv_dialect *d)
{
	return i > 0 && s[i] == d->quote && s[i - 1] == d->quote;
}

/*
 * The records behind s, where one begins, as long as their quotes can be
 * followed by parity alone: returns how many bytes they take.  Goes on to the
 * first line without a quote behind `quote`, the place of the first one, in
 * steps of 64 bytes with one behind them; ends before a field that may be
 * longer than max_field.
 */
#define FOLLOW(masks_of)                                                                          \
	do {                                                                                      \
		struct csv_inside in;                                                             \
		uint64_t inside = 0;                                                              \
		size_t records = 0, open = 0;                                                     \
		for (size_t i = 0; i + 64 < n; i += 64) {                                         \
			struct csv_masks m = masks_of(s + i, d);                                  \
			if (((inside || within_two(s, i, d)) && i + 64 - open > max_field) ||     \
			    !csv_quotes_follow(&inside, &m, s + i, 64, i == 0, d, &in))           \
				break;                                                            \
			uint64_t lines = m.line & ~in.inside;                                     \
			uint64_t opens = m.quote & in.inside & ~in.doubled;                       \
			if (lines)                                                                \
				records = i + 64 - (size_t)__builtin_clzll(lines);                \
			if (opens)                                                                \
				open = i + 63 - (size_t)__builtin_clzll(opens);                   \
			if (m.quote)                                                              \
				quote = i + 63 - (size_t)__builtin_clzll(m.quote);                \
			else if (records > quote)                                                 \
				break;                                                            \
		}                                                                                 \
		return records + (records > 0 && s[records - 1] == '\r' && s[records] == '\n'); \
	} while (0)

static size_t follow_plain(const char *s, size_t n, size_t quote, const struct csv_dialect *d, size_t max_field)
{
	FOLLOW(csv_masks_plain);
}

#ifdef CSV_X86
CSV_AVX2 static size_t follow_avx2(const char *s, size_t n, size_t quote, const struct csv_dialect *d,
				   size_t max_field)
{
	FOLLOW(csv_masks_avx2);
}
#endif

static size_t follow(const char *s, size_t n, size_t quote, const struct csv_dialect *d, size_t max_field)
{
	if (max_field < 64) /* a field of one step alone may be longer */
		return 0;
#ifdef CSV_X86
	if (csv_avx2())
		return follow_avx2(s, n, quote, d, max_field);
#endif
	return follow_plain(s, n, quote, d, max_field);
}

enum csv_cut csv_cut(const char *s, size_t n, bool end, const struct csv_dialect *d, size_t max_field,
		     struct csv_stuck *stuck, size_t *length)
{
	size_t at = 0, bare = 0, safe = 0, line; /* s[bare..at) is outside quotes */
	size_t seen = 0, from = n; /* lines looked for up to here; where the last records were followed from */
	const char *q;
	while (!d->fixed && at < n && (q = memchr(s + at, d->quote, n - at)) != NULL) {
		size_t open = (size_t)(q - s);
		if (bare >= seen) {
			seen = open + 1;
			line = behind_last_line(s + bare, open - bare);
			safe = line ? bare + line : safe;
			if (safe != from && safe >= stuck->until) {
				from = safe;
				safe += follow(s + safe, n - safe, open - safe, d, max_field);
				if (safe > from) {
					at = bare = seen = safe;
					continue;
				}
			}
		}
		if (open > 0 && q[-1] != d->delimiter && !csv_ends_line(q[-1])) {
			at = open + 1;
			continue;
		}
		at = bare;
		line = behind_last_line(s + at, open - at);
		if (open > at && csv_ends_line(q[-1]))
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
		if (at < n && s[at] != d->delimiter && !csv_ends_line(s[at])) {
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
