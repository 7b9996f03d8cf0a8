/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "model/clean_cell.h"
#include "model/clean_digits.h"
#include "value/num.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One sign that is more than one byte, or a single byte, as ASCII: blank, $ or itself. */
static char sign_at(const char *s, size_t n, size_t *length)
{
	static const struct {
		char bytes[4], plain;
	} sign[] = {
		{ "\xc2\xa0", ' ' }, { "\xe2\x80\xaf", ' ' }, { "\xc2\xa3", '$' }, { "\xc2\xa5", '$' },
		{ "\xe2\x88\x92", '-' }, { "\xe2\x80\x99", '\'' },
		{ "\xa0", ' ' }, { "\xa3", '$' }, { "\xa5", '$' }, { "\x80", '$' },
	};
	*length = 1;
	if ((unsigned char)*s < 0x80)
		return clean_blank(*s) ? ' ' : *s;
	if (n >= 3 && memcmp(s, "\xe2\x82", 2) == 0 && (unsigned char)s[2] >= 0xa0) {
		*length = 3; /* the block of currency signs, U+20A0 to U+20BF */
		return '$';
	}
	for (size_t i = 0; i < sizeof sign / sizeof *sign; i++) {
		size_t k = strlen(sign[i].bytes);
		if (k <= n && memcmp(s, sign[i].bytes, k) == 0) {
			*length = k;
			return sign[i].plain;
		}
	}
	return '\0';
}

static const char *skip(const char *p, const char *set)
{
	while (*p && strchr(set, *p))
		p++;
	return p;
}

/* Behind blanks and currency signs; and a code, which stands apart as in "12 EUR" or "EUR 12". */
static const char *skip_currency(const char *p, const char *begin)
{
	static const char codes[] = "AED ARS AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS INR JPY KRW MXN MYR NOK "
				    "NZD PHP PLN RON RUB SEK SGD THB TRY TWD UAH USD VND ZAR ";
	p = skip(p, " $");
	for (const char *code = codes; *code; code += 4)
		if (strncmp(p, code, 3) == 0 && (p[3] == ' ' || (p > begin && p[-1] == ' ' && !p[3])))
			return skip(p + 3, " $");
	return p;
}

/* Digits with or without thousands to *to; NULL when the groups are wrong. */
static const char *whole_part(const char *p, char thousands, char **to)
{
	const char *from = p;
	char separator = 0;
	while (digit(*p))
		*(*to)++ = *p++;
	if (p == from || p - from > 3 || *from == '0')
		return p; /* nobody writes 0,125 for 125 */
	while ((*p == thousands || *p == ' ' || *p == '\'') && digit(p[1])) {
		if (separator && *p != separator)
			return NULL;
		separator = *p++;
		for (int i = 0; i < 3; i++) {
			if (!digit(*p))
				return NULL;
			*(*to)++ = *p++;
		}
		if (digit(*p))
			return NULL;
	}
	return p;
}

static const char *exponent_part(const char *p, char **to)
{
	const char *e = p + 1;
	if ((*p | 0x20) != 'e')
		return p;
	e += *e == '-' || *e == '+';
	if (!digit(*e))
		return p;
	while (p < e || digit(*p))
		*(*to)++ = *p++;
	return p;
}

size_t clean_plain_number(char to[CLEAN_PLAIN], struct span f, char decimal)
{
	char ascii[CLEAN_PLAIN - 8], *out = to + 1;
	size_t n = 0;
	for (size_t i = 0, length; i < f.n; i += length) {
		char c = sign_at(f.s + i, f.n - i, &length);
		if (!c || n + 1 == sizeof ascii)
			return 0;
		ascii[n++] = c;
	}
	ascii[n] = '\0';
	const char *p = skip(ascii, " ");
	bool bracket = *p == '(', minus = false;
	p = skip_currency(p + bracket, ascii);
	if (*p == '-' || *p == '+')
		minus = *p++ == '-';
	p = skip(p, " $");
	const char *from = out;
	p = whole_part(p, decimal == '.' ? ',' : '.', &out);
	if (!p)
		return 0;
	if (*p == decimal) {
		*out++ = '.';
		for (p++; digit(*p);)
			*out++ = *p++;
	}
	if (out == from || (out == from + 1 && *from == '.'))
		return 0;
	p = skip_currency(exponent_part(p, &out), ascii);
	if (*p == '-' && !minus && !bracket) {
		minus = true;
		p++;
	}
	p = skip(p, " $");
	if (bracket != (*p == ')'))
		return 0;
	if (*skip(p + bracket, " ") != '\0' || (bracket && minus))
		return 0;
	if (bracket || minus) {
		to[0] = '-';
		return (size_t)(out - to);
	}
	memmove(to, from, (size_t)(out - from));
	return (size_t)(out - from);
}

bool clean_is_token(const struct clean_plan *p, struct span f)
{
	static const char *const usual[] = { "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None" };
	if (p->rules.missing) {
		for (size_t i = 0; i < p->rules.n_missing; i++)
			if (span_is(f, p->rules.missing[i]))
				return true;
		return false;
	}
	if (f.n < 2 || f.n > 4)
		return false;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (span_is(f, usual[i]))
			return true;
	return false;
}

/* simple() for the shortest numbers, which are most. */
static bool short_number(struct span f, struct clean_number *x)
{
	bool minus = *f.s == '-';
	const char *s = f.s + minus;
	size_t n = f.n - minus, n_whole;
	int64_t v;
	int n_part = n > 0 && n <= 8 ? clean_eight(s, n, '.', &v, &n_whole) : -1;
	if (n_part < 0)
		return false;
	x->point = n_whole != n;
	v *= clean_power[n_part];
	x->as_is = (*s != '0' || n_whole == 1) && (n_whole == n || (n_part > 0 && s[n - 1] != '0')) &&
		   !(minus && v == 0);
	x->micro = minus ? -v : v;
	x->state = CLEAN_OK;
	return true;
}

/*
 * The common form, up to 12 digits before and 6 after the point: *as_is when
 * that is also how the number is written.
 */
static bool simple(struct span f, struct clean_number *x)
{
	if (f.n > 0 && short_number(f, x))
		return true;
	const char *p = f.s, *end = f.s + f.n;
	bool minus = p < end && *p == '-';
	int64_t v = 0;
	p += minus;
	const char *whole = p;
	while (p < end && digit(*p))
		v = 10 * v + (*p++ - '0');
	ptrdiff_t n_whole = p - whole, n_part = 0;
	if (n_whole == 0 || n_whole > 12)
		return false;
	x->as_is = *whole != '0' || n_whole == 1;
	x->point = p < end && *p == '.';
	if (x->point) {
		const char *part = ++p;
		while (p < end && digit(*p) && p - part < 6)
			v = 10 * v + (*p++ - '0');
		n_part = p - part;
		x->as_is &= n_part > 0 && p[-1] != '0';
	}
	if (p != end)
		return false;
	v *= clean_power[n_part];
	x->as_is &= !(minus && v == 0);
	x->micro = minus ? -v : v;
	x->state = CLEAN_OK;
	return true;
}

static enum dec_status decimal(const char *s, size_t n, struct clean_number *x)
{
	enum dec_status status = dec_parse_micro(s, n, &x->micro);
	x->state = status == DEC_OK || status == DEC_ROUNDED ? CLEAN_OK : CLEAN_BAD;
	return status;
}

/* f with its comma, if it has one, as a point; 0 when there is more to it. */
static size_t comma_to_point(char to[CLEAN_PLAIN], struct span f)
{
	const char *comma = memchr(f.s, ',', f.n);
	if (f.n > 19 || memchr(f.s, '.', f.n))
		return 0;
	memcpy(to, f.s, f.n);
	memset(to + f.n, 0, 8);
	if (comma)
		to[comma - f.s] = '.';
	return f.n;
}

/* A value that is read, or is not, may say something about its column's decimal mark. */
static void look_at_mark(struct clean_row *row, size_t column, struct span f, bool fits)
{
	const struct clean_column *c = &row->plan->column[column];
	if (c->decimal_given)
		return;
	const char *mark = memrchr(f.s, c->decimal == '.' ? ',' : '.', f.n);
	mark = mark ? mark : memrchr(f.s, c->decimal, f.n);
	if (!mark || (fits && !c->decimal_open &&
		      !(c->soft && f.s + f.n - mark > 3 && digit(mark[1]) && digit(mark[2]) && digit(mark[3]))))
		return;
	clean_decimal_mark(row, column, f);
}

void clean_parse_number(struct clean_row *row, size_t column, struct span f, struct clean_number *x)
{
	const struct clean_column *c = &row->plan->column[column];
	char plain[CLEAN_PLAIN], point = c->decimal;
	x->text = f;
	if (f.n <= 19 && point == '.' && simple(f, x)) {
		if (x->point && c->decimal_open)
			clean_decimal_mark(row, column, f);
		return;
	}
	x->as_is = false;
	struct span trimmed = clean_trim(f);
	if (trimmed.n != f.n)
		clean_note(row, CLEAN_TRIMMED);
	f = trimmed;
	if (f.n == 0 || clean_is_token(row->plan, f)) {
		if (f.n > 0)
			clean_note(row, CLEAN_TOKEN);
		x->state = CLEAN_MISSING;
		return;
	}
	size_t n = point == ',' ? comma_to_point(plain, f) : 0;
	enum dec_status status = point == '.' ? decimal(f.s, f.n, x) : decimal(plain, n, x);
	if (status == DEC_SYNTAX) {
		n = clean_plain_number(plain, f, point);
		status = decimal(plain, n, x);
		if (x->state == CLEAN_OK && !span_equal(f, (struct span){ plain, n }))
			clean_note(row, CLEAN_SIGNS);
	}
	if (status == DEC_ROUNDED)
		clean_note(row, CLEAN_ROUNDED);
	look_at_mark(row, column, f, x->state == CLEAN_OK);
}

char *clean_put_parsed(const struct clean_number *x, char *to)
{
	if (x->state != CLEAN_OK)
		return to;
	if (!x->as_is)
		return to + dec_print_micro(to, x->micro);
	/* at most 19 bytes; a fixed length needs no call, and there is slack on both sides */
	memcpy(to, x->text.s, 32);
	return to + x->text.n;
}

/* Amounts below 9.2 million fit 64 bits, where division is cheap. */
char *clean_put_pico(dec_wide pico, char *to)
{
	int64_t v = (int64_t)pico;
	if (v != pico || v == INT64_MIN)
		return to + dec_print_pico(to, pico);
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v, whole = u / 1000000000000u;
	uint64_t part = u % 1000000000000u;
	if (v < 0)
		*to++ = '-';
	if (whole < 100000000 && part % 1000000 == 0) {
		uint64_t x = clean_eight_digits(whole), y = clean_eight_digits(part / 10000);
		size_t zeros = (size_t)__builtin_ctzll((x ^ SHORT_ZEROS) | (uint64_t)1 << 56) / 8;
		x >>= 8 * zeros;
		memcpy(to, &x, sizeof x);
		to += 8 - zeros;
		y = (y << 8) | '.'; /* six digits at most: the last two of eight are zeros */
		memcpy(to, &y, sizeof y);
		y ^= SHORT_ZEROS ^ '.' ^ '0'; /* nothing is left of the point and of zeros */
		return to + (y ? 8 - (size_t)__builtin_clzll(y) / 8 : 0);
	}
	to += num_print_uint(to, whole);
	if (part == 0)
		return to;
	int n = 12;
	if (part % 1000000 == 0) {
		part /= 1000000;
		n = 6;
	}
	for (; part % 10 == 0; n--)
		part /= 10;
	*to = '.';
	for (int i = n; i > 0; i--, part /= 10)
		to[i] = (char)('0' + part % 10);
	return to + n + 1;
}

/* Without zeros behind the point that say nothing. */
static size_t cut_zeros(const char *s, size_t n)
{
	const char *point = memchr(s, '.', n);
	if (!point || memchr(s, 'e', n) || memchr(s, 'E', n))
		return n;
	while (s[n - 1] == '0')
		n--;
	return s[n - 1] == '.' ? n - 1 : n;
}

static char *not_a_number(struct clean_row *row, size_t column, struct span f, char *to)
{
	if (!row->plan->column[column].soft) {
		row->why = CLEAN_BAD_VALUE;
		return NULL;
	}
	clean_note_odd(row, column, f);
	return clean_put_text(row, f, to);
}

static bool whole_number(const char *s, size_t n)
{
	n = cut_zeros(s, n);
	for (size_t i = 0; i < n; i++)
		if (!digit(s[i]) && !(i == 0 && n > 1 && (*s == '-' || *s == '+')))
			return false;
	return n > 0;
}

/*
 * The number that *f is, in the grammar of value/num.h, at *f or in `plain`;
 * false: it is none.  Signs and thousands are noted.
 */
static bool plain_number(struct clean_row *row, const struct clean_column *c, struct span *f,
			 char plain[CLEAN_PLAIN])
{
	struct clean_number x;
	double ignored;
	size_t n;
	if (c->decimal == '.' && ((f->n <= 19 && simple(*f, &x)) || num_parse(f->s, f->n, &ignored)))
		return true;
	if (c->decimal == ',' && (n = comma_to_point(plain, *f)) > 0 && num_parse(plain, n, &ignored)) {
		*f = (struct span){ plain, n };
		return true;
	}
	n = clean_plain_number(plain, *f, c->decimal);
	if (n == 0 || !num_parse(plain, n, &ignored))
		return false;
	clean_note(row, CLEAN_SIGNS);
	*f = (struct span){ plain, cut_zeros(plain, n) };
	return true;
}

char *clean_put_number(struct clean_row *row, size_t column, struct span f, char *to)
{
	const struct clean_column *c = &row->plan->column[column];
	char plain[CLEAN_PLAIN];
	struct clean_number x;
	struct span t = clean_trim(f), number = t;
	if (t.n != f.n)
		clean_note(row, CLEAN_TRIMMED);
	if (t.n == 0)
		return to;
	if (c->type == CLEAN_MONEY) {
		clean_parse_number(row, column, t, &x);
		return x.state == CLEAN_BAD ? not_a_number(row, column, t, to) : clean_put_parsed(&x, to);
	}
	bool fits = plain_number(row, c, &number, plain);
	if (!fits && clean_is_token(row->plan, t)) {
		clean_note(row, CLEAN_TOKEN);
		return to;
	}
	look_at_mark(row, column, t, fits);
	if (!fits || (c->type == CLEAN_INT && !whole_number(number.s, number.n)))
		return not_a_number(row, column, t, to);
	size_t n = c->type == CLEAN_INT ? cut_zeros(number.s, number.n) : number.n;
	memcpy(to, number.s, n);
	return to + n;
}
