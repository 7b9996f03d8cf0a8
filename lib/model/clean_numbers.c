/* SPDX-License-Identifier: MIT */
#include "base/cpu.h"
#include "model/clean_batch.h"
#include "model/clean_digits.h"

#if defined(__x86_64__)
#include "value/short_four.h"
#define HAVE_X86 1
#endif

/* Digits behind the point beyond which a value may say something about the decimal mark. */
static unsigned most_part(const struct clean_column *c)
{
	return c->decimal_given ? 8 : c->decimal_open ? 0 : c->soft ? 2 : 8;
}

/* f of at most 16 bytes with a point for its comma, `part` bytes before its end. */
static inline struct span with_point(char text[16], struct span f, unsigned part)
{
	memcpy(text, f.s, 16);
	text[f.n - part - 1] = '.';
	return (struct span){ text, f.n };
}

/* One column: its numbers, and which bytes of the fields are written. */
struct column {
	const struct span *field;
	struct span *cell;
	struct clean_numbers *to;
	char (*text)[16];
	unsigned most; /* digits behind the mark */
	char mark;
};

/* A number with digits behind the mark, as it is written: with a point, without zeros at its end. */
static void write_part(const struct column *c, size_t j, unsigned n_part)
{
	struct span f = c->field[j];
	if (c->mark == ',')
		f = with_point(c->text[j], f, n_part);
	if (f.s[f.n - 1] == '0') {
		while (f.s[f.n - 1] == '0')
			f.n--;
		f.n -= f.s[f.n - 1] == '.';
	}
	c->cell[j] = f;
}

/* Records from..n - 1. */
static uint64_t read_plain(const struct column *c, size_t from, size_t n)
{
	uint64_t rare = 0;
	for (size_t j = from; j < n; j++) {
		struct span f = c->field[j];
		size_t minus = *f.s == '-', length = f.n - minus;
		int64_t sign = -(int64_t)minus;
		struct clean_usual x;
		c->cell[j] = f;
		if (length - 1 >= SHORT_MAX ||
		    !clean_read_usual(short_load64(f.s + minus), length, c->mark, c->most, &x) ||
		    (minus && x.v == 0)) {
			rare |= (uint64_t)1 << j;
			continue;
		}
		c->to->v[j] = ((int64_t)x.v ^ sign) - sign;
		c->to->n_part[j] = x.n_part;
		c->to->micro[j] = c->to->v[j] * clean_power[x.n_part];
		if (x.n_part > 0 && (x.zeros || c->mark == ','))
			write_part(c, j, x.n_part);
	}
	return rare;
}

#ifdef HAVE_X86
/* Four numbers of at most eight bytes with their signs, each in 64 bits: clean_read_usual, step by step. */
struct four {
	__m256i v, n_part, minus;
	unsigned bad, part, zeros; /* bit by number: none of these; with digits behind the mark; the last is 0 */
};

SHORT_AVX2 static inline __m256i all64(int64_t x)
{
	return _mm256_set1_epi64x(x);
}

SHORT_AVX2 static inline unsigned lanes(__m256i mask)
{
	return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(mask));
}

SHORT_AVX2 static inline struct four read_four(__m256i w, __m256i n, char mark, unsigned most)
{
	const __m256i zero = _mm256_setzero_si256(), one = all64(1), low_byte = all64(0xff);
	__m256i minus = _mm256_cmpeq_epi64(_mm256_and_si256(w, low_byte), all64('-'));
	w = _mm256_srlv_epi64(w, _mm256_and_si256(minus, all64(8)));
	n = _mm256_add_epi64(n, minus);
	/* to the top, zeros below; a shift by 64 or more, or less than none, leaves nothing */
	__m256i x = _mm256_sllv_epi64(_mm256_xor_si256(w, _mm256_set1_epi8('0')),
				      _mm256_slli_epi64(_mm256_sub_epi64(all64(8), n), 3));
	__m256i marks = _mm256_cmpeq_epi8(x, _mm256_set1_epi8((char)(mark ^ '0')));
	__m256i other = _mm256_cmpeq_epi8(_mm256_max_epu8(x, _mm256_set1_epi8(10)), x);
	__m256i n_marks = short_four_count(marks);
	/* the bytes before the mark, and those behind it; without a mark all, and none */
	__m256i before = _mm256_sub_epi64(_mm256_and_si256(marks, _mm256_sub_epi64(zero, marks)), one);
	__m256i behind = _mm256_andnot_si256(_mm256_or_si256(before, marks), _mm256_set1_epi8(-1));
	__m256i n_part = short_four_count(behind);
	__m256i n_whole = _mm256_sub_epi64(_mm256_sub_epi64(n, n_part), n_marks);
	x = _mm256_or_si256(_mm256_and_si256(x, behind),
			    _mm256_sllv_epi64(_mm256_and_si256(x, before), _mm256_slli_epi64(n_marks, 3)));
	__m256i v = short_four_value(x), has_part = _mm256_cmpgt_epi64(n_part, zero);
	__m256i lead = _mm256_cmpeq_epi64(_mm256_and_si256(w, low_byte), all64('0'));
	__m256i bad = _mm256_xor_si256(_mm256_cmpeq_epi64(_mm256_xor_si256(other, marks), zero), all64(-1));
	bad = _mm256_or_si256(bad, _mm256_cmpgt_epi64(one, n_whole));
	bad = _mm256_or_si256(bad, _mm256_cmpgt_epi64(n, all64(8)));
	bad = _mm256_or_si256(bad, _mm256_cmpgt_epi64(n_marks, _mm256_and_si256(has_part, one)));
	bad = _mm256_or_si256(bad, _mm256_cmpgt_epi64(n_part, all64(most)));
	bad = _mm256_or_si256(bad, _mm256_and_si256(lead, _mm256_cmpgt_epi64(n_whole, one)));
	bad = _mm256_or_si256(bad, _mm256_and_si256(minus, _mm256_cmpeq_epi64(v, zero)));
	__m256i zeros = _mm256_and_si256(has_part, _mm256_cmpeq_epi64(_mm256_srli_epi64(x, 56), zero));
	return (struct four){ v, n_part, minus, lanes(bad), lanes(has_part), lanes(zeros) };
}

SHORT_AVX2 static inline __m256i signed_by(__m256i v, __m256i minus)
{
	return _mm256_sub_epi64(_mm256_xor_si256(v, minus), minus);
}

/* Eight bytes of each of four fields; more are readable. */
SHORT_AVX2 static inline __m256i words_of(const struct span *f)
{
	return _mm256_set_epi64x((long long)short_load64(f[3].s), (long long)short_load64(f[2].s),
				 (long long)short_load64(f[1].s), (long long)short_load64(f[0].s));
}

SHORT_AVX2 static inline __m256i lengths_of(const struct span *f)
{
	const __m256i *two = (const __m256i *)(const void *)f;
	__m256i n = _mm256_unpackhi_epi64(_mm256_loadu_si256(two), _mm256_loadu_si256(two + 1));
	return _mm256_permute4x64_epi64(n, 0xd8);
}

SHORT_AVX2 static uint64_t read_avx2(const struct column *c, size_t n)
{
	const __m256i power = _mm256_setr_epi32(1000000, 100000, 10000, 1000, 100, 10, 1, 0);
	uint64_t rare = 0;
	size_t j = 0;
	memcpy(c->cell, c->field, n * sizeof *c->cell);
	for (; j + 4 <= n; j += 4) {
		struct four x = read_four(words_of(c->field + j), lengths_of(c->field + j), c->mark, c->most);
		__m256i micro = _mm256_mul_epu32(x.v, _mm256_permutevar8x32_epi32(power, x.n_part));
		_mm256_storeu_si256((__m256i *)(void *)(c->to->v + j), signed_by(x.v, x.minus));
		_mm256_storeu_si256((__m256i *)(void *)(c->to->micro + j), signed_by(micro, x.minus));
		_mm256_storeu_si256((__m256i *)(void *)(c->to->n_part + j), x.n_part);
		rare |= (uint64_t)x.bad << j;
		for (unsigned left = (c->mark == ',' ? x.part : x.zeros) & ~x.bad; left; left &= left - 1) {
			size_t k = j + (size_t)__builtin_ctz(left);
			write_part(c, k, (unsigned)c->to->n_part[k]);
		}
	}
	return rare | read_plain(c, j, n);
}
#endif

uint64_t clean_put_roles(const struct clean_batch *b, size_t column, const struct span *field,
			 struct span *cell, struct clean_numbers *to)
{
	const struct clean_column *c = &b->column[column];
	struct column x = { field, cell, to, b->text[column], most_part(c), c->decimal };
#ifdef HAVE_X86
	if (cpu_vectors() != CPU_PLAIN)
		return read_avx2(&x, b->rows.n);
#endif
	return read_plain(&x, 0, b->rows.n);
}

/* Numbers without a role stay as written; whole ones have no point, money no zeros at its end. */
uint64_t clean_put_numbers(const struct clean_batch *b, size_t column, const struct span *field,
			   struct span *cell)
{
	const struct clean_column *c = &b->column[column];
	struct clean_numbers x;
	uint64_t rare = clean_put_roles(b, column, field, cell, &x);
	for (size_t j = 0; j < b->rows.n; j++) {
		uint64_t bit = (uint64_t)1 << j;
		if (field[j].n == 0)
			rare &= ~bit;
		else if (c->type == CLEAN_INT && !(rare & bit) && x.n_part[j] > 0)
			rare |= bit;
		if (c->type != CLEAN_MONEY)
			cell[j].n = field[j].n;
	}
	return rare;
}

/* The product of record j. */
static void put_amount(struct clean_batch *b, size_t j, struct span *cell)
{
	const struct clean_numbers *q = &b->quantity, *p = &b->price;
	char *to = b->amount_text[j];
	int64_t v = q->v[j] * p->v[j];
	unsigned n_part = (unsigned)(q->n_part[j] + p->n_part[j]);
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	size_t length;
	if (u < 100000000 && n_part <= 7) {
		*to = '-';
		length = (v < 0) + clean_put_short(to + (v < 0), u, n_part);
	} else {
		length = (size_t)(clean_put_pico(dec_mul(q->micro[j], p->micro[j]), to) - to);
	}
	cell[j] = (struct span){ to, length };
}

#ifdef HAVE_X86
/* The eight digits 0..9 of u < 10^8, the first in the lowest byte: clean_eight_digits, by multiplications alone. */
SHORT_AVX2 static inline __m256i digits_of(__m256i u)
{
	__m256i y = _mm256_srli_epi64(_mm256_mul_epu32(u, all64(3518437209)), 45); /* u / 10000 */
	__m256i x = _mm256_sub_epi64(u, _mm256_mul_epu32(y, all64(10000)));
	x = _mm256_or_si256(y, _mm256_slli_epi64(x, 32));
	y = _mm256_srli_epi16(_mm256_mulhi_epu16(x, _mm256_set1_epi16(5243)), 3); /* x / 100 */
	x = _mm256_sub_epi16(x, _mm256_mullo_epi16(y, _mm256_set1_epi16(100)));
	x = _mm256_or_si256(y, _mm256_slli_epi32(x, 16));
	y = _mm256_mulhi_epu16(x, _mm256_set1_epi16(6554)); /* x / 10 */
	x = _mm256_sub_epi16(x, _mm256_mullo_epi16(y, _mm256_set1_epi16(10)));
	return _mm256_or_si256(y, _mm256_slli_epi16(x, 8));
}

/* Four amounts as text: the eight bytes before the point, those behind it, and how much of it is meant. */
struct four_texts {
	uint64_t whole[4], part[4], n_whole[4], n[4];
	unsigned minus, slow; /* bit by amount: below 0; not for these eight digits */
};

SHORT_AVX2 static inline void store64(uint64_t *to, __m256i x)
{
	_mm256_storeu_si256((__m256i *)(void *)to, x);
}

/* clean_put_short, step by step. */
SHORT_AVX2 static inline struct four_texts amounts_of(__m256i v, __m256i n_part)
{
	const __m256i zero = _mm256_setzero_si256(), ones = all64(-1), seven = all64(7), eight = all64(8);
	struct four_texts t;
	__m256i minus = _mm256_cmpgt_epi64(zero, v), u = signed_by(v, minus);
	__m256i x = digits_of(u), some = _mm256_xor_si256(_mm256_cmpeq_epi8(x, zero), ones);
	/* zeros before the first other digit, and behind the last */
	__m256i first = _mm256_or_si256(some, _mm256_slli_epi64(ones, 56));
	first = _mm256_and_si256(first, _mm256_sub_epi64(zero, first));
	__m256i lead = _mm256_min_epi32(short_four_count(_mm256_add_epi64(first, ones)), _mm256_sub_epi64(seven, n_part));
	some = _mm256_or_si256(some, _mm256_srli_epi64(some, 8));
	some = _mm256_or_si256(some, _mm256_srli_epi64(some, 16));
	some = _mm256_or_si256(some, _mm256_srli_epi64(some, 32));
	__m256i cut = _mm256_min_epi32(_mm256_sub_epi64(eight, short_four_count(some)), n_part);
	__m256i n_whole = _mm256_sub_epi64(_mm256_sub_epi64(eight, lead), n_part);
	__m256i left = _mm256_sub_epi64(n_part, cut), point = _mm256_cmpgt_epi64(left, zero);
	x = _mm256_srlv_epi64(_mm256_or_si256(x, _mm256_set1_epi8('0')), _mm256_slli_epi64(lead, 3));
	store64(t.whole, x);
	store64(t.part, _mm256_srlv_epi64(x, _mm256_slli_epi64(n_whole, 3)));
	store64(t.n_whole, n_whole);
	/* a mask is -1 */
	store64(t.n, _mm256_sub_epi64(_mm256_sub_epi64(_mm256_add_epi64(n_whole, left), point), minus));
	t.minus = lanes(minus);
	t.slow = lanes(_mm256_or_si256(_mm256_cmpgt_epi64(u, all64(99999999)), _mm256_cmpgt_epi64(n_part, seven)));
	return t;
}

SHORT_AVX2 static inline __m256i load64(const void *p)
{
	return _mm256_loadu_si256((const __m256i *)p);
}

SHORT_AVX2 static void put_avx2(struct clean_batch *b, uint64_t rare, struct span *cell)
{
	const struct clean_numbers *q = &b->quantity, *p = &b->price;
	for (size_t j = 0; j < b->rows.n; j += 4) {
		struct four_texts t = amounts_of(_mm256_mul_epi32(load64(q->v + j), load64(p->v + j)),
						 _mm256_add_epi64(load64(q->n_part + j), load64(p->n_part + j)));
		for (unsigned i = 0; i < 4; i++) {
			char *to = b->amount_text[j + i];
			if ((t.slow | (unsigned)(rare >> j)) >> i & 1)
				continue;
			cell[j + i] = (struct span){ to, t.n[i] };
			*to = '-';
			to += t.minus >> i & 1;
			memcpy(to, &t.whole[i], 8);
			to += t.n_whole[i];
			*to = '.';
			memcpy(to + 1, &t.part[i], 8);
		}
		for (unsigned left = t.slow & ~(unsigned)(rare >> j) & 15; left; left &= left - 1)
			put_amount(b, j + (size_t)__builtin_ctz(left), cell);
	}
}
#endif

void clean_put_amounts(struct clean_batch *b, uint64_t rare, struct span *cell)
{
#ifdef HAVE_X86
	if (cpu_vectors() != CPU_PLAIN) {
		put_avx2(b, rare | ~(uint64_t)0 << b->rows.n, cell);
		return;
	}
#endif
	for (size_t j = 0; j < b->rows.n; j++)
		if (!(rare >> j & 1))
			put_amount(b, j, cell);
}

uint64_t clean_other_amounts(const struct clean_batch *b)
{
	uint64_t rare = 0;
	for (size_t j = 0; j < b->rows.n; j++)
		rare |= (uint64_t)(dec_mul(b->amount.micro[j], 1000000) !=
				   dec_mul(b->quantity.micro[j], b->price.micro[j])) << j;
	return rare;
}

