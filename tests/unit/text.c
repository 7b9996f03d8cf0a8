/* SPDX-License-Identifier: MIT */
#include "value/text.h"

#include <fnmatch.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>

#include "tests/unit/tap.h"
#include "value/rng.h"

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static void test_escape(void)
{
	static const char raw[] = "a\tb\nc\rd\\e\0f\\t";
	char to[64], back[64];
	size_t n = text_escape(to, raw, sizeof raw - 1);
	static const char expected[] = "a\\tb\\nc\\rd\\\\e\0f\\\\t";
	tap_ok(n == sizeof expected - 1 && memcmp(to, expected, n) == 0,
	       "TAB, LF, CR and backslash are escaped");
	tap_ok(text_unescape(back, to, n) == sizeof raw - 1 &&
		       memcmp(back, raw, sizeof raw - 1) == 0,
	       "and come back");
	tap_ok(text_unescape(to, "\\x\\", 3) == 3 && memcmp(to, "\\x\\", 3) == 0,
	       "other backslashes stay");
	bool all = true;
	for (uint64_t i = 0; i < 20000; i++) {
		size_t length = rng_below(12, 1, RNG_TEST, i, 0);
		char *s = must(malloc(length + 1)), *e = must(malloc(2 * length + 1));
		for (size_t j = 0; j < length; j++)
			s[j] = "\t\n\r\\tnrx"[rng_below(8, 1, RNG_TEST, i, (uint32_t)j + 1)];
		size_t m = text_escape(e, s, length);
		bool clean = !memchr(e, '\t', m) && !memchr(e, '\n', m) && !memchr(e, '\r', m);
		m = text_unescape(e, e, m);
		all = all && clean && m == length && memcmp(e, s, m) == 0;
		free(s);
		free(e);
	}
	tap_ok(all, "20,000 random texts come back, in place");
}

/* Whether s[0..n) is exactly one code point: decoded by arithmetic, then judged. */
static bool one_point(const unsigned char *s, size_t n)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned c = n == 2 ? s[0] - 0xC0u : n == 3 ? s[0] - 0xE0u : s[0] - 0xF0u;
	if (c >= (n == 2 ? 32u : n == 3 ? 16u : 8u))
		return false;
	for (size_t i = 1; i < n; i++) {
		if (s[i] < 128 || s[i] > 191)
			return false;
		c = c * 64 + s[i] - 128;
	}
	return c >= least[n] && c < 0x110000 && (c < 0xD800 || c > 0xDFFF);
}

static void test_utf8(void)
{
	unsigned char s[4];
	int n_bad = 0;
	for (unsigned a = 0x80; a < 0x100; a++) {
		s[0] = (unsigned char)a;
		n_bad += text_utf8_prefix((char *)s, 1) != 0;
		for (unsigned b = 0; b < 0x100; b++) {
			s[1] = (unsigned char)b;
			n_bad += text_utf8_prefix((char *)s, 2) != (one_point(s, 2) ? 2 : 0);
		}
	}
	tap_ok(n_bad == 0, "every one- and two-byte sequence");
	n_bad = 0;
	for (unsigned v = 0xE00000; v < 0xF00000; v++) {
		s[0] = (unsigned char)(v >> 16), s[1] = (unsigned char)(v >> 8),
		s[2] = (unsigned char)v;
		n_bad += text_utf8_prefix((char *)s, 3) != (one_point(s, 3) ? 3 : 0);
	}
	tap_ok(n_bad == 0, "every three-byte sequence");
	n_bad = 0;
	static const unsigned char edges[] = { 0x00, 0x7F, 0x80, 0x8F, 0x90, 0xBF, 0xC0, 0xFF };
	for (unsigned v = 0xF000; v < 0x10000; v++)
		for (unsigned e = 0; e < 64; e++) {
			s[0] = (unsigned char)(v >> 8), s[1] = (unsigned char)v;
			s[2] = edges[e / 8], s[3] = edges[e % 8];
			n_bad += text_utf8_prefix((char *)s, 4) != (one_point(s, 4) ? 4 : 0);
		}
	tap_ok(n_bad == 0, "four-byte sequences at all edges");
}

static void test_utf8_places(void)
{
	int n_bad = 0;
	for (size_t n = 1; n <= 80; n++) {
		char *s = must(malloc(n));
		for (size_t at = 0; at < n; at++) {
			memset(s, 'a', n);
			s[at] = '\xFF';
			n_bad += text_utf8_prefix(s, n) != at;
			s[at] = '\xE2';
			n_bad += text_utf8_prefix(s, n) != at;
			if (n - at >= 2) {
				memcpy(s + at, "\xE2\x82", 2);
				n_bad += text_utf8_prefix(s, n) != at;
			}
			if (n - at >= 3) {
				memcpy(s + at, "\xE2\x82\xAC", 3);
				n_bad += text_utf8_prefix(s, n) != n;
			}
		}
		free(s);
	}
	tap_ok(n_bad == 0, "errors, cut and whole sequences at every place of up to 80 bytes");
	tap_ok(text_utf8_prefix("", 0) == 0 && text_utf8_prefix("a\0b", 3) == 3,
	       "nothing, and a NUL, are valid");
	n_bad = 0;
	for (unsigned c = 0; c < 0x110000; c++) {
		char to[4];
		size_t n = text_utf8_put(to, c);
		bool good = n == (c < 0x80 ? 1u : c < 0x800 ? 2u : c < 0x10000 ? 3u : 4u);
		if (n > 1 && (c < 0xD800 || c > 0xDFFF))
			good = good && one_point((unsigned char *)to, n);
		n_bad += !good || (c < 0x80 && (unsigned char)to[0] != c);
	}
	tap_ok(n_bad == 0, "text_utf8_put writes every code point");
	char to[4];
	tap_ok(text_utf8_put(to, 0x20AC) == 3 && memcmp(to, "\xE2\x82\xAC", 3) == 0,
	       "the euro sign");
}

static void test_1252(void)
{
	iconv_t cd = iconv_open("UTF-8", "WINDOWS-1252");
	for (unsigned c = 0; c < 256; c++) {
		char in = (char)c, ours[3], theirs[8], *from = &in, *to = theirs;
		size_t n_in = 1, n_out = sizeof theirs, n = text_from_1252(ours, &in, 1);
		if (c == 0x81 || c == 0x8D || c == 0x8F || c == 0x90 || c == 0x9D) {
			tap_ok(n == 3 && memcmp(ours, "\xEF\xBF\xBD", 3) == 0,
			       "byte %02X becomes U+FFFD", c);
		} else if (cd != (iconv_t)-1) {
			iconv(cd, NULL, NULL, NULL, NULL);
			iconv(cd, &from, &n_in, &to, &n_out);
			tap_ok(n == (size_t)(to - theirs) && memcmp(ours, theirs, n) == 0,
			       "byte %02X is what iconv says", c);
		}
	}
	if (cd == (iconv_t)-1)
		tap_ok(true, "# SKIP iconv knows no WINDOWS-1252");
	else
		iconv_close(cd);
	char to[16];
	tap_ok(text_from_1252(to, "\x80 5,\xE9", 5) == 8 &&
		       memcmp(to, "\xE2\x82\xAC 5,\xC3\xA9", 8) == 0,
	       "a text of bytes of all kinds");
}

static void test_trim(void)
{
	static const char *const cases[][2] = {
		{ "", "" }, { " ", "" }, { " \t\r\n", "" }, { "a", "a" }, { " a b ", "a b" },
		{ "\xC2\xA0 x\xC2\xA0\xC2\xA0", "x" }, { "\xC2\xA0", "" }, { "\xC2", "\xC2" },
		{ "\xA0x\xA0", "\xA0x\xA0" }, { "x\xC3\xA0", "x\xC3\xA0" },
		{ "\vx\f", "\vx\f" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		tap_ok(span_is(text_trim(span_of(cases[i][0])), cases[i][1]), "trim case %zu",
		       i + 1);
}

static void test_snake(void)
{
	static const char *const cases[][2] = {
		{ "MntWines", "mnt_wines" }, { "Z_CostContact", "z_cost_contact" },
		{ "CustomerID", "customer_id" }, { " Income ", "income" },
		{ "Marital status", "marital_status" }, { "Price_1", "price_1" },
		{ "ID", "id" }, { "Customer ID", "customer_id" },
		{ "Year_Birth", "year_birth" }, { "AcceptedCmp3", "accepted_cmp3" },
		{ "Cmp3Total", "cmp3_total" }, { "InvoiceNo", "invoice_no" },
		{ "Sub-Category", "sub_category" },
		{ "Spending Score (1-100)", "spending_score_1_100" }, { "__a__b__", "a_b" },
		{ "", "" }, { "()", "" }, { "Caf\xC3\xA9 Name", "caf\xC3\xA9_name" },
		{ "already_snake", "already_snake" }, { "a\tb", "a_b" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = strlen(cases[i][0]);
		char *to = must(malloc(2 * n + 1));
		struct span got = { to, text_snake(to, cases[i][0], n) };
		tap_ok(span_is(got, cases[i][1]), "\"%s\" is %s", cases[i][0], cases[i][1]);
		free(to);
	}
	char to[12];
	tap_ok(text_snake(to, "aAaAaA", 6) == 9 && memcmp(to, "a_aa_aa_a", 9) == 0,
	       "aAaAaA is a_aa_aa_a");
}

static void test_word(void)
{
	tap_ok(text_same_word(span_of("Customer ID"), "customer id"), "the same word but for case");
	tap_ok(!text_same_word(span_of("customer"), "customers"), "a shorter text differs");
	tap_ok(!text_same_word(span_of("customers"), "customer"), "a longer text differs");
	tap_ok(!text_same_word(span_of("a@"), "a`"), "only letters have a case");
	tap_ok(text_same_word(span_of(""), ""), "nothing is nothing");
	tap_ok(!text_same_word(span_of("\xC3\x89"), "\xC3\xA9"), "only ASCII letters have a case");
}

/* The i-th word over an alphabet, shortest first; to[] takes up to 7 letters. */
static void word(char *to, unsigned i, const char *alphabet, unsigned base)
{
	size_t n = 0;
	for (; i > 0; i = (i - 1) / base)
		to[n++] = alphabet[(i - 1) % base];
	to[n] = '\0';
}

static void test_glob(void)
{
	int n_bad = 0;
	for (unsigned i = 0; i < 1365; i++)
		for (unsigned j = 0; j < 127; j++) {
			char pattern[8], name[8];
			word(pattern, i, "ab*?", 4);
			word(name, j, "ab", 2);
			n_bad += text_glob(pattern, span_of(name)) !=
				 (fnmatch(pattern, name, 0) == 0);
		}
	tap_ok(n_bad == 0,
	       "all patterns of up to 5 and names of up to 6 letters match as in fnmatch");
	tap_ok(text_glob("mnt_*", span_of("mnt_wines")) && !text_glob("mnt_*", span_of("mnt")),
	       "mnt_*");
	tap_ok(text_glob("[a]\\b", span_of("[a]\\b")),
	       "brackets and backslashes are ordinary bytes");
	tap_ok(text_glob("a*", (struct span){ "abc", 1 }),
	       "no byte after the name's end is looked at");
}

int main(void)
{
	test_escape();
	test_utf8();
	test_utf8_places();
	test_1252();
	test_trim();
	test_snake();
	test_word();
	test_glob();
	return tap_done();
}
