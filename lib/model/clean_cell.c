/* SPDX-License-Identifier: MIT */
#include "model/clean_cell.h"

#include <string.h>

#include "value/text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/*
 * Copies in steps of 16 bytes, up to 32 too many, and returns whether a byte
 * needs care: a control byte, a backslash or one above 127.
 */
static inline bool copy_special(char *to, const char *s, size_t n)
{
#if defined(__SSE2__)
	const __m128i low = _mm_set1_epi8(0x20), backslash = _mm_set1_epi8('\\');
	if (n <= 32) {
		/* two steps whatever the length: a loop's end would be mispredicted */
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)s);
		__m128i y = _mm_loadu_si128((const __m128i *)(const void *)(s + 16));
		_mm_storeu_si128((__m128i *)(void *)to, x);
		_mm_storeu_si128((__m128i *)(void *)(to + 16), y);
		x = _mm_or_si128(_mm_cmplt_epi8(x, low), _mm_cmpeq_epi8(x, backslash));
		y = _mm_or_si128(_mm_cmplt_epi8(y, low), _mm_cmpeq_epi8(y, backslash));
		uint64_t hit = (unsigned)_mm_movemask_epi8(x) | (uint64_t)(unsigned)_mm_movemask_epi8(y) << 16;
		return hit & (((uint64_t)1 << n) - 1);
	}
	for (size_t i = 0; i < n; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
		_mm_storeu_si128((__m128i *)(void *)(to + i), x);
		/* signed: bytes above 127 are below 0x20 as well */
		unsigned hit = (unsigned)_mm_movemask_epi8(
			_mm_or_si128(_mm_cmplt_epi8(x, low), _mm_cmpeq_epi8(x, backslash)));
		if (n - i < 16)
			hit &= (1u << (n - i)) - 1;
		if (hit)
			return true;
	}
	return false;
#else
	unsigned hit = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		to[i] = s[i];
		hit |= (c < 0x20) | (c == '\\') | (c >= 0x80);
	}
	return hit;
#endif
}

static bool settle_encoding(struct clean_row *row)
{
	const struct clean_rules *rules = &row->plan->rules;
	if (row->encoding != RECORD_UNKNOWN)
		return true;
	row->encoding = RECORD_UTF8;
	if (rules->all_1252) {
		row->encoding = RECORD_1252;
		return true;
	}
	if (text_utf8_prefix(row->record.s, row->record.n) == row->record.n)
		return true;
	if (rules->utf8_only) {
		row->why = CLEAN_ENCODING;
		return false;
	}
	row->encoding = RECORD_1252;
	clean_note(row, CLEAN_1252);
	return true;
}

static size_t drop_nul(char *s, size_t n)
{
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		s[k] = s[i];
		k += s[i] != '\0';
	}
	return k;
}

/* Text with bytes that need care: decoded behind the room that the result may take. */
static char *careful(struct clean_row *row, struct span f, char *to)
{
	char *work = to + 3 * f.n;
	size_t n = f.n;
	if (!settle_encoding(row))
		return NULL;
	if (row->encoding == RECORD_1252)
		n = text_from_1252(work, f.s, f.n);
	else
		memcpy(work, f.s, n);
	if (memchr(work, '\0', n)) {
		n = drop_nul(work, n);
		clean_note(row, CLEAN_NUL);
	}
	struct span t = text_trim((struct span){ work, n });
	if (t.n != n)
		clean_note(row, CLEAN_TRIMMED);
	return to + text_escape(to, t.s, t.n);
}

char *clean_put_text(struct clean_row *row, struct span f, char *to)
{
	if (f.n > 0 && (clean_blank(f.s[0]) || clean_blank(f.s[f.n - 1]))) {
		f = clean_trim(f);
		clean_note(row, CLEAN_TRIMMED);
	}
	if (row->plan->rules.missing && f.n > 0 && clean_is_token(row->plan, f)) {
		clean_note(row, CLEAN_TOKEN);
		return to;
	}
	if (copy_special(to, f.s, f.n))
		return careful(row, f, to);
	return to + f.n;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "17850.0": the length without ".0", else n; the last byte is a 0. */
static size_t without_decimal(const char *s, size_t n)
{
	size_t k = n - 1;
	while (k > 0 && s[k - 1] == '0')
		k--;
	if (k < 2 || s[k - 1] != '.')
		return n;
	for (size_t i = 0; i + 1 < k; i++)
		if (!digit(s[i]))
			return n;
	return k - 1;
}

bool clean_is_spreadsheet(struct span f)
{
	const char *s = f.s;
	size_t i = 0, n = f.n;
	while (i < n && digit(s[i]))
		i++;
	if (i == 0)
		return false;
	if (i < n && s[i] == '.')
		for (i++; i < n && digit(s[i]);)
			i++;
	if (n - i < 3 || (s[i] | 0x20) != 'e' || (s[i + 1] != '+' && s[i + 1] != '-'))
		return false;
	for (i += 2; i < n && digit(s[i]);)
		i++;
	return i == n;
}

/* Whether one of three digits before the end may be the first of an exponent: rarely so. */
static bool signed_exponent(const char *end)
{
	return end[-2] == '+' || end[-2] == '-' || end[-3] == '+' || end[-3] == '-' || end[-4] == '+' ||
	       end[-4] == '-';
}

char *clean_put_id(struct clean_row *row, const struct clean_column *c, struct span f, char *to)
{
	if (f.n > 0 && (clean_blank(f.s[0]) || clean_blank(f.s[f.n - 1]))) {
		f = clean_trim(f);
		clean_note(row, CLEAN_TRIMMED);
	}
	if (f.n > 0 && (f.n <= 4 || row->plan->rules.missing) && clean_is_token(row->plan, f)) {
		clean_note(row, CLEAN_TOKEN);
		f.n = 0;
	}
	if (f.n == 0) {
		row->why = CLEAN_MISSING_ID;
		return c->role == CLEAN_CUSTOMER && !row->plan->rules.keep_missing_id ? NULL : to;
	}
	if (f.s[f.n - 1] == '0') {
		size_t n = without_decimal(f.s, f.n);
		if (n != f.n)
			clean_note(row, CLEAN_ID_DECIMAL);
		f.n = n;
	}
	if (f.n > 3 && digit(f.s[0]) && signed_exponent(f.s + f.n) && clean_is_spreadsheet(f)) {
		row->why = CLEAN_BAD_ID;
		return NULL;
	}
	if (copy_special(to, f.s, f.n))
		return careful(row, f, to);
	return to + f.n;
}

static size_t print_date(char to[DATE_MAX], int64_t seconds, bool with_time)
{
	return with_time ? date_print_seconds(to, seconds) : date_print_days(to, date_day_of(seconds));
}

/* A reading that the proof refuted takes this value: both cannot be right. */
static void contradict(struct clean_row *row, size_t column, struct span f)
{
	if (row->ledger->against.line == 0)
		row->ledger->against_column = column;
	clean_mark(&row->ledger->against, row->line, f);
}

bool clean_read_date(const struct clean_column *c, struct span f, int64_t *seconds, bool *has_time)
{
	bool reads = datefmt_parse(&c->format, f.s, f.n, seconds, has_time);
	for (size_t i = 0; i < c->n_more && !reads; i++)
		reads = datefmt_parse(&c->more[i], f.s, f.n, seconds, has_time);
	return reads;
}

bool clean_date_plain(const struct clean_column *c, struct span f, struct clean_last *last)
{
	int64_t seconds;
	bool has_time;
	if (f.n > sizeof last->text || clean_trim(f).n != f.n ||
	    !clean_read_date(c, f, &seconds, &has_time) || (has_time && !c->with_time))
		return false;
	last->n_text = f.n;
	last->n_out = print_date(last->out, seconds, c->with_time);
	memcpy(last->text, f.s, f.n);
	return true;
}

char *clean_put_date(struct clean_row *row, size_t column, struct span f, char *to)
{
	const struct clean_column *c = &row->plan->column[column];
	struct clean_last *last = &row->last[column];
	int64_t seconds;
	bool has_time;
	if (f.n > 0 && ((f.n == last->n_text && clean_same(f.s, last->text, f.n)) || clean_date_plain(c, f, last))) {
		memcpy(to, last->out, DATE_MAX);
		return to + last->n_out;
	}
	struct span t = clean_trim(f);
	if (t.n != f.n)
		clean_note(row, CLEAN_TRIMMED);
	if (t.n == 0 || clean_is_token(row->plan, t)) {
		if (t.n > 0)
			clean_note(row, CLEAN_TOKEN);
		row->why = CLEAN_MISSING_DATE;
		return c->role == CLEAN_DAY ? NULL : to;
	}
	if (clean_read_date(c, t, &seconds, &has_time)) {
		if (has_time && !c->with_time)
			clean_note(row, CLEAN_TIME_CUT);
		return to + print_date(to, seconds, c->with_time);
	}
	if (c->proved && datefmt_known(t.s, t.n, c->declared ? DATEFMT_LOOSE : DATEFMT_TIGHT))
		contradict(row, column, t);
	if (c->soft) {
		clean_note_odd(row, column, t);
		return clean_put_text(row, t, to);
	}
	row->why = CLEAN_BAD_DATE;
	return NULL;
}
