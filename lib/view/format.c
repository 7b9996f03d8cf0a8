/* SPDX-License-Identifier: MIT */
#include "view/format.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char en_dash[] = "\xe2\x80\x93";

/* Copies "-1234567.25" with a comma after each three whole digits. */
static void group_thousands(char to[FORMAT_MAX], const char *plain)
{
	size_t m = 0, sign = plain[0] == '-';
	size_t whole = sign + strspn(plain + sign, "0123456789");
	if (strspn(plain + sign, "0.") == strlen(plain + sign))
		sign = 0, plain += plain[0] == '-', whole = strspn(plain, "0");
	for (size_t i = 0; plain[i] && m + 2 < FORMAT_MAX; i++) {
		if (i > sign && i < whole && (whole - i) % 3 == 0)
			to[m++] = ',';
		to[m++] = plain[i];
	}
	to[m] = '\0';
}

char *format_int(char to[FORMAT_MAX], int64_t v)
{
	char plain[FORMAT_MAX];
	snprintf(plain, sizeof plain, "%lld", (long long)v);
	group_thousands(to, plain);
	return to;
}

/* Beside numbers of 1 and more this is the rounding of a sum, not a figure. */
#define DUST 1e-12
#define DUST_DIGITS 3

char *format_real(char to[FORMAT_MAX], double x, int digits)
{
	char plain[FORMAT_MAX];
	double size = fabs(x);
	if (!isfinite(x))
		return strcpy(to, en_dash);
	if (size >= 1e15) {
		snprintf(to, FORMAT_MAX, "%.4g", x);
		return to;
	}
	snprintf(plain, sizeof plain, "%.*f", digits < 0 ? 2 : digits, x);
	bool zero = strspn(plain, "-0.") == strlen(plain);
	if ((zero && size > 0 && (size >= DUST || digits > DUST_DIGITS)) ||
	    (digits > DUST_DIGITS && size > 0 && size < 1e-4)) {
		snprintf(to, FORMAT_MAX, zero && size >= 1e-4 ? "%.2g" : "%.3g", x);
		return to;
	}
	group_thousands(to, plain);
	return to;
}

char *format_money(char to[FORMAT_MAX], dec_wide pico, int digits)
{
	char plain[DEC_MAX + 16];
	dec_wide unit = 1;
	for (int i = digits < 0 ? 2 : digits; i < 12; i++)
		unit *= 10;
	dec_wide half = pico % unit, kept = pico - half;
	dec_wide away = half < 0 ? -half : half;
	bool odd = kept / unit % 2 != 0;
	if (2 * away > unit || (2 * away == unit && odd))
		kept += half < 0 ? -unit : unit;
	if (kept == 0 && pico != 0)
		return format_real(to, dec_to_double(pico), 0);
	size_t n = dec_print_pico(plain, kept);
	plain[n] = '\0';
	if (digits > 0) {
		char *point = strchr(plain, '.');
		size_t have = point ? strlen(point + 1) : 0;
		if (!point)
			plain[n++] = '.';
		for (; have < (size_t)digits; have++)
			plain[n++] = '0';
		plain[n] = '\0';
	}
	group_thousands(to, plain);
	return to;
}

char *format_share(char to[FORMAT_MAX], double x, int digits)
{
	if (!isfinite(x))
		return strcpy(to, en_dash);
	double least = 0.5 * pow(10, -digits);
	if (fabs(x - 1) < 1e-9) /* a sum of rounded shares */
		x = 1;
	if (x > 0 && 100 * x < least)
		snprintf(to, FORMAT_MAX, "<%.*f%%", digits, 2 * least);
	else if (x < 1 && 100 - 100 * x < least && digits >= 0)
		snprintf(to, FORMAT_MAX, ">%.*f%%", digits, 100 - 2 * least);
	else
		strcat(format_real(to, 100 * x, digits), "%");
	return to;
}

char *format_p(char to[FORMAT_MAX], double p)
{
	if (!isfinite(p))
		return strcpy(to, en_dash);
	if (p < 0.0001)
		return strcpy(to, "<0.0001");
	snprintf(to, FORMAT_MAX, "%.4f", p);
	return to;
}

char *format_cell(char to[FORMAT_MAX], const struct doc_cell *c)
{
	switch (c->kind) {
	case DOC_INT:
		return format_int(to, c->integer);
	case DOC_REAL:
		return format_real(to, c->real, c->digits);
	case DOC_MONEY:
		return format_money(to, c->pico, c->digits);
	case DOC_SHARE:
		return format_share(to, c->real, c->digits < 0 ? 1 : c->digits);
	case DOC_P:
		return format_p(to, c->real);
	default:
		return strcpy(to, en_dash);
	}
}

const char *format_any(char to[FORMAT_MAX], const struct doc_cell *c)
{
	return c->kind == DOC_TEXT ? c->text : format_cell(to, c);
}

/* Decodes one sequence of valid UTF-8; returns its length. */
static size_t decode(const char *s, unsigned *code)
{
	const unsigned char *u = (const unsigned char *)s;
	if (u[0] < 0x80) {
		*code = u[0];
		return 1;
	}
	size_t n = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
	*code = u[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		*code = *code << 6 | (u[i] & 0x3fu);
	return n;
}

static size_t code_width(unsigned c)
{
	if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f))
		return 0;
	bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
		    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
		    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
		    (c >= 0x1f300 && c <= 0x1faff);
	return wide ? 2 : 1;
}

size_t format_width(const char *s)
{
	size_t width = 0;
	unsigned code;
	for (; *s; width += code_width(code))
		s += decode(s, &code);
	return width;
}

size_t format_prefix(const char *s, size_t width)
{
	size_t n = 0;
	while (s[n]) {
		unsigned code;
		size_t length = decode(s + n, &code), w = code_width(code);
		if (w > width)
			break;
		width -= w;
		n += length;
	}
	return n;
}

/* Columns of seg-clean and seg-rfm, without _scaled; of sweeps and lift tables. */
static bool is_known(const char *name, size_t n)
{
	static const char *const known[] = {
		"segment", "recency_days", "frequency", "monetary", "aov", "line_value", "n_invoices",
		"n_days", "n_lines", "quantity", "n_products", "gross", "returned", "return_rate",
		"first_date", "last_date", "tenure_days", "gap_days", "r_score", "f_score", "m_score",
		"rfm_score", "rfm_segment", "bought", "invoice", "date", "product", "description",
		"price", "amount", "country", "inertia", "silhouette", "silhouette_kind",
		"silhouette_se", "calinski_harabasz", "davies_bouldin", "gap", "gap_se", "picked_by",
		"iterations", "stopped", "set", "share", "rows", "events", "gains", "lift",
		"threshold", "probability", "distance", "margin",
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i]) == n && memcmp(known[i], name, n) == 0)
			return true;
	return false;
}

const char *format_title(struct doc *d, const char *name)
{
	static const char *const by_heart[][2] = { { "monetary", "Revenue" },
						   { "aov", "Average order value" } };
	static const char scaled[] = "_scaled", days[] = "_days";
	size_t n = strlen(name), tail = sizeof scaled - 1;
	const char *unit = "";
	for (size_t i = 0; i < sizeof by_heart / sizeof *by_heart; i++)
		if (strcmp(name, by_heart[i][0]) == 0)
			return by_heart[i][1];
	if (n > tail && strcmp(name + n - tail, scaled) == 0)
		unit = " (scaled)", n -= tail;
	if (!is_known(name, n))
		return doc_printf(d, "%s", name);
	if (n > 2 && name[0] == 'n' && name[1] == '_')
		name += 2, n -= 2;
	tail = sizeof days - 1;
	if (!*unit && n > tail && memcmp(name + n - tail, days, tail) == 0)
		unit = " (days)", n -= tail;
	char *title = doc_printf(d, "%.*s%s", (int)n, name, unit);
	for (size_t i = 0; i < n; i++)
		if (title[i] == '_')
			title[i] = ' ';
	title[0] = (char)(title[0] - 'a' + 'A');
	return title;
}
