/* SPDX-License-Identifier: MIT */
/*
 * Columns of cells of every kind, side by side in one buffer: num_column gives
 * what num_parse gives for each, and stops at the first that is no number.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"
#include "value/num.h"
#include "value/num_column.h"
#include "value/rng.h"

#define ROWS 4000
#define CELL 40

static uint64_t below(uint64_t n, uint64_t index, uint32_t draw)
{
	return rng_below(n, 3, RNG_TEST, index, draw);
}

/* A number, or (at times) what is nearly one. */
static size_t make_cell(char to[CELL], uint64_t t, bool faulty)
{
	static const char *const odd[] = { "-", ".", "-.", "", "+1", "1.", ".5", "-.5", "-0", "-0.0",
					   "1e5", "12345678", "-12345678", "123456789", "1234567.8",
					   "99999999.9999999", "9007199254740993", "-999999999999999",
					   "0000000000000001", "1234567890123456", "8999999999999999",
					   "0.1234567890123", "-123456789.12345", "12345678.1234567",
					   "123456789.", ".123456789", "-.123456789012345" };
	static const char *const wrong[] = { "-", ".", "-.", "1.2.3", "1-2", "--1", "1 ", " 1", "0x1",
					     "nan", "1,5", "12345678a", "a12345678", "1.23456.789",
					     "12/4", "12:4", "1234567..9", "-12345678-", "\xff", "1.2e" };
	uint64_t kind = below(faulty ? 40 : 39, t, 0);

	if (kind == 39) {
		const char *s = wrong[below(sizeof wrong / sizeof *wrong, t, 1)];
		return (size_t)sprintf(to, "%s", s);
	}
	if (kind >= 36) {
		const char *s = odd[3 + below(sizeof odd / sizeof *odd - 3, t, 1)];
		return (size_t)sprintf(to, "%s", s);
	}
	double x = (rng_unit(3, RNG_TEST, t, 2) - 0.5) * pow(10, (double)below(14, t, 3));
	return (size_t)snprintf(to, CELL, "%.*f", (int)below(kind % 4 ? 5 : 9, t, 4), x);
}

/* Column 1 of three, of which the others are digits too. */
static void columns(uint64_t t, bool faulty)
{
	static char buffer[NUM_BEFORE + ROWS * (CELL + 8) + 32];
	static uint32_t room[3 * ROWS + 1];
	static double x[ROWS];
	char *s = buffer + NUM_BEFORE, *to = s, *cell[ROWS];
	uint32_t *place = room + 1;
	size_t n[ROWS], n_rows = 1 + below(ROWS, t, 9), first = n_rows, n_empty = 0, want_empty = 0, got;
	bool same = true;
	double one;

	memset(buffer, '7', NUM_BEFORE);
	room[0] = UINT32_MAX;
	for (size_t i = 0; i < n_rows; i++) {
		memcpy(to, "777", 4);
		place[3 * i] = (uint32_t)(to + i % 4 - s);
		cell[i] = to + i % 4 + 1;
		to = cell[i] + (n[i] = make_cell(cell[i], t << 20 | i, faulty));
		place[3 * i + 1] = (uint32_t)(to - s);
		memcpy(to, "\t99\n", 4);
		place[3 * i + 2] = (uint32_t)(to + 3 - s);
		to += 4;
		if (first == n_rows && n[i] && !num_parse(cell[i], n[i], &one))
			first = i;
		want_empty += first == n_rows && !n[i];
	}
	got = num_column(s, place + 1, 3, n_rows, x, &n_empty);
	for (size_t i = 0; i < got && i < first; i++) {
		one = (double)NAN;
		if (n[i])
			num_parse(cell[i], n[i], &one);
		if (memcmp(&one, &x[i], sizeof one) != 0 && !(n[i] == 0 && isnan(x[i]))) {
			same = false;
			printf("# \"%.*s\" is %a, not %a\n", (int)n[i], cell[i], one, x[i]);
		}
	}
	tap_ok(same && got == first && n_empty == want_empty, "%zu cells%s, %zu taken, %zu empty", n_rows,
	       faulty ? " with faults" : "", got, n_empty);
}

int main(void)
{
	for (uint64_t t = 0; t < 60; t++)
		columns(t, t % 3 == 0);
	return tap_done();
}
