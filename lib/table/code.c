/* SPDX-License-Identifier: MIT */
#include "table/code.h"

#include "base/msg.h"
#include "value/num.h"
#include "value/short.h"

/*
 * 1 + n for the number n; then the words by their digits 1..36, 0 being no
 * character, so that no two words of other lengths are alike; then the rest.
 * The three ranges fill 2^32 with 730 million left for the rest.
 */
enum { NUMBER_MAX = 9 }; /* digits */
#define WORDS UINT32_C(1000000001)
#define N_WORDS UINT32_C(2565726409) /* 37^6 */
#define OTHERS (WORDS + N_WORDS)

static uint32_t word_digit(unsigned char c)
{
	if ((unsigned)c - '0' < 10)
		return 1 + (uint32_t)c - '0';
	return (unsigned)c - 'A' < 26 ? 11 + (uint32_t)c - 'A' : 0;
}

static uint32_t other(struct code *c, struct span s)
{
	uint32_t id = group_id(&c->others, s);
	if (id >= UINT32_MAX - OTHERS)
		msg_die(MSG_FAILED, "more than %u different values", UINT32_MAX - OTHERS);
	return OTHERS + id;
}

static uint32_t word(struct code *c, struct span s)
{
	uint32_t v = 0;

	if (s.n > 6)
		return other(c, s);
	for (size_t i = 0; i < s.n; i++) {
		uint32_t d = word_digit((unsigned char)s.s[i]);
		if (!d)
			return other(c, s);
		v = v * 37 + d;
	}
	return WORDS + v;
}

uint32_t code_of(struct code *c, struct span s)
{
	if (s.n > NUMBER_MAX || (s.s[0] == '0' && s.n > 1))
		return word(c, s);
	size_t n = s.n < SHORT_MAX ? s.n : SHORT_MAX;
	uint64_t v = short_padded(short_word(s.s, n), n);
	uint32_t last = s.n == NUMBER_MAX ? (unsigned char)s.s[SHORT_MAX] - (uint32_t)'0' : 0;
	if (!short_are_digits(v) || last > 9)
		return word(c, s);
	v = short_digits(v);
	return 1 + (uint32_t)(s.n == NUMBER_MAX ? 10 * v + last : v);
}

struct span code_bytes(const struct code *c, uint32_t code, char room[CODE_ROOM])
{
	if (code >= OTHERS)
		return group_bytes(&c->others, code - OTHERS, room);
	if (code < WORDS) {
		char digits[NUM_MAX];
		size_t n = num_print_uint(digits, code - 1);
		memcpy(room, digits, n);
		return (struct span){ room, n };
	}
	size_t at = CODE_ROOM;
	for (uint32_t v = code - WORDS; v; v /= 37)
		room[--at] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[v % 37 - 1];
	return (struct span){ room + at, CODE_ROOM - at };
}

void code_free(struct code *c)
{
	group_free(&c->others);
}
