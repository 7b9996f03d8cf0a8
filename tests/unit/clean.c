/* SPDX-License-Identifier: MIT */
/* What a run cannot show: sides that do not meet, and messages for faults of the program. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/msg.h"
#include "model/clean_cell.h"
#include "stream/csv_quoted.h"
#include "stream/tape.h"
#include "tests/unit/tap.h"

#define UNIT ((dec_wide)1000000)

static bool says(const struct clean_ledger *l, uint64_t n_records, uint64_t n_lines, const char *want)
{
	char error[CLEAN_ERROR] = "";
	bool meets = clean_ledger_balances(l, n_records, n_lines, error);
	return meets == (*want == '\0') && strcmp(error, want) == 0;
}

static void balance(void)
{
	struct clean_ledger good = { .in = { 3, 7 * UNIT, 5 * UNIT * UNIT, 0 }, .out = { 2, 6 * UNIT, 4 * UNIT * UNIT, 0 } }, l;
	good.left[CLEAN_BAD_ID] = (struct clean_sum){ 1, UNIT, UNIT * UNIT, 0 };
	tap_ok(says(&good, 3, 2, ""), "two sides that meet");
	tap_ok(says(&good, 4, 2, "rows: 4 in, 3 out or left out"), "a row that the reader counted and nobody else");
	tap_ok(says(&good, 3, 1, "rows: 3 in, 2 out or left out"), "a row that the writer lost");
	l = good;
	l.out.quantity_micro--;
	tap_ok(says(&l, 3, 2, "quantity: 7 in, 6.999999 out or left out"), "a quantity that is lost");
	l = good;
	l.left[CLEAN_BAD_ID].amount_pico++;
	tap_ok(says(&l, 3, 2, "amount: 5 in, 5.000000000001 out or left out"), "an amount that is too much");
	l = good;
	l.overflow = true;
	tap_ok(says(&l, 3, 2, "a sum does not fit 128 bits"), "a sum that overflowed");
}

static void quoted_two_records(void)
{
	struct csv_dialect d = { ',', '"', NULL };
	size_t n;
	csv_quoted_split(csv_quoted_new(&d), "\"a\"\nb", 5, &n);
}

static void tape_too_much(void)
{
	struct tape t = { .limit = 100 };
	char c[8] = "";
	tape_put(&t, c, 3);
	tape_get(&t, c, 4);
}

/* Whether `run` ends its process with status 1 and this message. */
static bool dies(void (*run)(void), const char *want)
{
	int out[2], status;
	char got[200];
	if (pipe(out) != 0)
		return false;
	pid_t child = fork();
	if (child == 0) {
		dup2(out[1], STDERR_FILENO);
		run();
		_exit(0);
	}
	close(out[1]);
	ssize_t n = read(out[0], got, sizeof got - 1);
	got[n > 0 ? n : 0] = '\0';
	close(out[0]);
	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1 && strcmp(got, want) == 0;
}

static unsigned readings(const char *text, bool *differ)
{
	return clean_decimal_readings((struct span){ text, strlen(text) }, differ);
}

static void decimal_marks(void)
{
	static const struct {
		const char *text;
		unsigned takes;
		bool differ;
	} cases[] = {
		{ "12", 3, false }, { "1.5", 1, false }, { "1,5", 2, false }, { "1,250", 3, true }, { "1.250", 3, true },
		{ "0,125", 2, false }, { "0.125", 1, false }, { "-0,125", 2, false }, { "01.250", 1, false },
		{ "1,250.00", 1, false }, { "1.250,00", 2, false }, { "1,250,000", 1, false }, { "1.250.000", 2, false },
		{ "1250,000", 2, false }, { "1250.000", 1, false }, { "$1,250", 3, true }, { "(1.250)", 3, true },
		{ "1 250", 3, false }, { "1 250,5", 2, false }, { "1'250.5", 1, false }, { ",5", 2, false },
		{ "1.2.3", 0, false }, { "1,2,3", 0, false }, { "1,25,000", 0, false }, { "x", 0, false }, { "1e3", 3, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool differ;
		unsigned takes = readings(cases[i].text, &differ);
		tap_ok(takes == cases[i].takes && differ == cases[i].differ, "the marks of %s", cases[i].text);
	}
}

static void patterns(void)
{
	static const char *const cases[][2] = {
		{ "Mnt*", "mnt*" }, { "MntWi*", "mnt_wi*" }, { "P_*", "p_*" }, { "*_Scaled", "*_scaled" }, { "?", "?" },
		{ "Price ?", "price_?" }, { "*", "*" }, { "a*B c*", "a*b_c*" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *got = clean_name_pattern(span_of(cases[i][0]));
		tap_ok(strcmp(got, cases[i][1]) == 0, "%s is %s over clean names", cases[i][0], cases[i][1]);
		free(got);
	}
}

int main(void)
{
	msg_init("clean");
	balance();
	decimal_marks();
	patterns();
	fflush(stdout);
	tap_ok(dies(quoted_two_records, "clean: a quoted record was split into 2: please report this\n"),
	       "a record that is two is no result");
	tap_ok(dies(tape_too_much, "clean: tape: 4 bytes asked, 3 there\n"), "more than a tape has");
	return tap_done();
}
