/* SPDX-License-Identifier: MIT */
/*
 * gen/clv: the purchases of customers who are what BG/NBD and Gamma-Gamma
 * take them for.
 *
 * Writes: a plain stream, customer_id date amount, by customer.  A customer
 * comes at random in the first --entry days from 2020-01-01; purchases are to
 * the second, amounts to the cent.  Those of --days and later are left out.
 */
#include <math.h>
#include <stdio.h>

#include "base/msg.h"
#include "base/opt.h"
#include "tests/draw.h"
#include "value/date.h"

struct opts {
	int64_t n, seed, days, entry;
	double r, alpha, a, b, p, q, gamma;
};

static struct opts o = { .n = 3000, .seed = 1, .days = 1461, .entry = 365, .r = 0.8, .alpha = 120,
			 .a = 0.9, .b = 2.5, .p = 6, .q = 4, .gamma = 15 };

#define PARAMETER(group, name, help) \
	{ group "-" #name, 0, OPT_REAL, &o.name, "X", 1e-3, 1e6, 0, help }

static const struct opt table[] = {
	{ "customers", 'c', OPT_INT, &o.n, "N", 1, 1e8, 0, "customers; default 3000" },
	{ "seed", 0, OPT_INT, &o.seed, "S", 0, 1e15, 0, "seed; default 1" },
	{ "days", 0, OPT_INT, &o.days, "N", 1, 36600, 0, "days in all; default 1461" },
	{ "entry", 0, OPT_INT, &o.entry, "N", 1, 36600, 0, "of them with newcomers; default 365" },
	PARAMETER("bg", r, "rates of purchase, shape; default 0.8"),
	PARAMETER("bg", alpha, "in days; default 120"),
	PARAMETER("bg", a, "dropout probabilities; default 0.9"),
	PARAMETER("bg", b, "default 2.5"),
	PARAMETER("gg", p, "values of a customer, shape; default 6"),
	PARAMETER("gg", q, "their rates, shape; default 4"),
	PARAMETER("gg", gamma, "default 15"),
};

static void put_purchase(int64_t customer, double day, double value)
{
	char date[DATE_MAX + 1];
	int64_t second = date_days(2020, 1, 1) * DATE_DAY + (int64_t)(day * DATE_DAY);

	date[date_print_seconds(date, second)] = '\0';
	printf("c%lld\t%s\t%.2f\n", (long long)customer, date, fmax(value, 0.01));
}

static void put_customer(int64_t i)
{
	struct source who = { (uint64_t)o.seed, RNG_GENERATE, 2 * (uint64_t)i, 0 }, what = who;
	double rate = draw_gamma(&who, o.r) / o.alpha, leaves = draw_beta(&who, o.a, o.b);
	double day = draw_unit(&who) * (double)o.entry;

	what.index++;
	double worth = draw_gamma(&what, o.q) / o.gamma;
	/* the first purchase is never the last: BG/NBD counts from it */
	for (bool first = true; day < (double)o.days; first = false) {
		put_purchase(i, day, draw_gamma(&what, o.p) / worth);
		if (!first && draw_unit(&who) < leaves)
			break;
		day += draw_exponential(&who) / rate;
	}
}

int main(int argc, char **argv)
{
	const struct opt_page page = { "clv", "write purchases by BG/NBD and Gamma-Gamma", "",
				       table, sizeof table / sizeof *table, NULL };
	struct opt_common common;
	size_t n_operands;

	msg_init("clv");
	opt_parse(&page, &common, argc, argv, &n_operands);
	printf("customer_id\tdate\tamount\n");
	for (int64_t i = 1; i <= o.n; i++)
		put_customer(i);
	if (fflush(stdout) != 0 || ferror(stdout))
		msg_die(MSG_FAILED, "standard output: cannot be written");
	return MSG_OK;
}
