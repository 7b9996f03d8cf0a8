/* SPDX-License-Identifier: MIT */
/*
 * gen/retail: a dump shaped like UCI's Online Retail, with planted customer
 * groups.
 *
 * Writes: CSV on standard output in the order of time; with --truth the
 * group of each customer, as "customer_id TAB group" lines.
 * Memory: 40 bytes an invoice.
 *
 * Each customer belongs to one of five groups.  Recency in days, log(1 +
 * invoices) and log(1 + revenue) are drawn from normal distributions about
 * the group's centre, one spread for all, so that the groups overlap a little
 * and an observer who knows the centres still mistakes a few in a hundred.
 * Purchases are then made up that have this recency, count and revenue.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/opt.h"
#include "math/dist.h"
#include "math/fn.h"
#include "value/date.h"
#include "value/rng.h"

#define N_GROUPS 5
#define N_PRODUCTS 4000
#define N_COUNTRIES 8
#define YEAR_DAYS 365
#define LINES_PER_CUSTOMER 50
#define FIRST_ID 10000
#define FIRST_INVOICE 500000

struct opts {
	int64_t n_lines, n_customers, seed, broken_per_million;
	const char *truth;
	bool us_dates;
};

static struct opts o = { .n_lines = 500000, .seed = 1, .broken_per_million = 40 };

static const struct opt table[] = {
	{ "lines", 'n', OPT_INT, &o.n_lines, "N", 1, 1e9, 0, "lines, about; default 500000" },
	{ "customers", 'c', OPT_INT, &o.n_customers, "N", 0, 1e8, 0,
	  "customers; default a fiftieth of the lines" },
	{ "seed", 0, OPT_INT, &o.seed, "S", 0, 1e15, 0, "seed; default 1" },
	{ "broken", 0, OPT_INT, &o.broken_per_million, "N", 0, 1e6, 0,
	  "broken records in a million lines; default 40" },
	{ "truth", 0, OPT_TEXT, &o.truth, "FILE", 0, 0, 0, "write each customer's group" },
	{ "us-dates", 0, OPT_FLAG, &o.us_dates, NULL, 0, 0, 0, "12/1/2010 8:26 and CRLF" },
};

struct group {
	double share, recency_days, log_invoices, log_revenue;
};

static const struct group group[N_GROUPS] = {
	{ 0.15, 25, 3.43, 8.9 },
	{ 0.25, 45, 2.40, 7.4 },
	{ 0.25, 70, 1.60, 5.6 },
	{ 0.20, 205, 2.25, 7.1 },
	{ 0.15, 285, 1.55, 5.6 },
};
static const struct group spread = { 0, 33, 0.30, 0.50 };

struct product {
	char code[8], description[64];
	int64_t price_cents;
};

struct invoice {
	int64_t second;    /* since the first day's midnight */
	int64_t cents;     /* what it is to be worth */
	uint32_t customer; /* 0: a guest */
	uint32_t number;   /* draws of this invoice are keyed on it */
	int32_t n_lines;
	bool is_return;
};

struct dump {
	struct invoice *invoice;
	size_t n, capacity;
	struct product product[N_PRODUCTS];
};

/* Streams of draws that do not meet: 2^40 indices each. */
enum stream { OF_CUSTOMER = 1, OF_PRODUCT, OF_GUEST, OF_LINE };

static uint64_t key(enum stream s, uint64_t i)
{
	return (uint64_t)s << 40 | i;
}

static double unit(uint64_t index, uint32_t draw)
{
	return rng_unit((uint64_t)o.seed, RNG_GENERATE, index, draw);
}

static uint64_t below(uint64_t n, uint64_t index, uint32_t draw)
{
	return rng_below(n, (uint64_t)o.seed, RNG_GENERATE, index, draw);
}

static double normal(uint64_t index, uint32_t draw)
{
	return dist_normal_quantile(unit(index, draw) * (1 - 0x1p-40) + 0x1p-41);
}

static void make_products(struct dump *d)
{
	static const char *const colour[] = { "WHITE", "RED", "BLUE", "PINK", "IVORY", "VINTAGE",
					      "RETROSPOT", "SMALL", "LARGE", "ANTIQUE" };
	static const char *const thing[] = { "LANTERN", "MUG", "CAKE STAND", "T-LIGHT HOLDER",
					     "LUNCH BAG", "DOORMAT", "BUNTING", "CLOCK", "TEA SET",
					     "CAF\xc3\x89 SIGN" };

	for (uint64_t i = 0; i < N_PRODUCTS; i++) {
		struct product *p = &d->product[i];
		uint64_t k = key(OF_PRODUCT, i);
		const char *a = colour[below(10, k, 1)], *b = thing[below(10, k, 2)];
		int size = (int)(1 + below(48, k, 3));

		snprintf(p->code, sizeof p->code, "%d%s", (int)(10000 + i * 20),
			 i % 9 == 0 ? "A" : "");
		switch (below(40, k, 0)) {
		case 0:
			snprintf(p->description, sizeof p->description, "\"%s %s, SET OF %d\"", a,
				 b, size);
			break;
		case 1:
			snprintf(p->description, sizeof p->description, "\"%s %s \"\"No. %d\"\"\"",
				 a, b, size);
			break;
		case 2:
			snprintf(p->description, sizeof p->description, " %s %s %d ", a, b, size);
			break;
		default:
			snprintf(p->description, sizeof p->description, "%s %s %d", a, b, size);
		}
		p->price_cents = (int64_t)(29 * fn_exp(unit(k, 4) * 4.0));
	}
}

static struct invoice *add(struct dump *d)
{
	d->invoice = mem_grow(d->invoice, d->n, &d->capacity, sizeof *d->invoice);
	d->invoice[d->n] = (struct invoice){ .number = (uint32_t)d->n };
	return &d->invoice[d->n++];
}

/* A minute of an opening hour, 8 to 18. */
static int64_t opening_second(int64_t day, uint64_t k, uint32_t draw)
{
	return day * DATE_DAY + 8 * 3600 + (int64_t)below(10 * 60, k, draw) * 60;
}

static int group_of(uint64_t k)
{
	double u = unit(k, 0);
	int g = 0;

	while (g < N_GROUPS - 1 && u >= group[g].share)
		u -= group[g++].share;
	return g;
}

/* A third of the last invoice comes back, some time before the year's end. */
static void add_return(struct dump *d)
{
	struct invoice *r = add(d);

	*r = d->invoice[d->n - 2];
	r->number = (uint32_t)(d->n - 1);
	r->second += (YEAR_DAYS * (int64_t)DATE_DAY - r->second) / 2;
	r->n_lines = 1;
	r->cents /= 3;
	r->is_return = true;
}

/* The purchases of one customer; returns the group. */
static int make_customer(struct dump *d, uint32_t customer, double lines_per_invoice)
{
	uint64_t k = key(OF_CUSTOMER, customer);
	int g = group_of(k);
	double recency = fabs(group[g].recency_days + spread.recency_days * normal(k, 1));
	double invoices = fn_expm1(group[g].log_invoices + spread.log_invoices * normal(k, 2));
	double revenue = fn_expm1(group[g].log_revenue + spread.log_revenue * normal(k, 3));
	int64_t n = invoices < 1 ? 1 : (int64_t)(invoices + 0.5);
	int64_t last = YEAR_DAYS - 1 - (int64_t)fmin(recency, YEAR_DAYS - 1);

	for (int64_t i = 0; i < n; i++) {
		struct invoice *v = add(d);
		uint32_t draw = 10 + 4 * (uint32_t)i;
		int64_t day = i == 0 ? last : (int64_t)below((uint64_t)last + 1, k, draw);

		v->customer = customer;
		v->second = opening_second(day, k, draw + 1);
		v->n_lines = (int32_t)(1 + unit(k, draw + 2) * 2 * fmax(lines_per_invoice - 0.5, 0));
		v->cents = (int64_t)(revenue * 100 / (double)n);
		if (unit(k, draw + 3) < 0.02)
			add_return(d);
	}
	return g;
}

static void make_guests(struct dump *d, int64_t n_lines)
{
	while (n_lines > 0) {
		struct invoice *v = add(d);
		uint64_t k = key(OF_GUEST, d->n);

		v->second = opening_second((int64_t)below(YEAR_DAYS, k, 0), k, 1);
		v->n_lines = (int32_t)(1 + below(60, k, 2));
		v->cents = v->n_lines * (int64_t)(200 + below(800, k, 3));
		n_lines -= v->n_lines;
	}
}

static void make_customers(struct dump *d)
{
	double mean_invoices = 0, lines_per_invoice;
	FILE *truth = o.truth ? fopen(o.truth, "w") : NULL;

	if (o.truth && !truth)
		msg_die(MSG_FAILED, "%s: cannot be written", o.truth);
	for (int g = 0; g < N_GROUPS; g++) /* the mean of a log-normal */
		mean_invoices += group[g].share *
				 fn_expm1(group[g].log_invoices +
					  spread.log_invoices * spread.log_invoices / 2);
	/* three quarters of the lines have a customer */
	lines_per_invoice = 0.75 * (double)o.n_lines / (double)o.n_customers / mean_invoices;
	for (int64_t i = 1; i <= o.n_customers; i++) {
		int g = make_customer(d, (uint32_t)i, lines_per_invoice);

		if (truth)
			fprintf(truth, "%lld\t%d\n", (long long)(FIRST_ID + i), g + 1);
	}
	if (truth && fclose(truth) != 0)
		msg_die(MSG_FAILED, "%s: cannot be written", o.truth);
}

static int by_time(const void *a, const void *b)
{
	const struct invoice *x = a, *y = b;

	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static void print_date(int64_t second)
{
	int year, month, day, minute = (int)(second % DATE_DAY / 60);

	date_civil(date_days(2020, 12, 1) + second / DATE_DAY, &year, &month, &day);
	if (o.us_dates)
		printf("%d/%d/%d %d:%02d", month, day, year, minute / 60, minute % 60);
	else
		printf("%04d-%02d-%02d %02d:%02d:00", year, month, day, minute / 60, minute % 60);
}

/* Quantity and price of one line, so that the invoice comes to its worth. */
static int64_t choose_quantity(const struct product *p, int64_t share_cents, int64_t *price)
{
	int64_t quantity = (share_cents + p->price_cents / 2) / p->price_cents;

	*price = p->price_cents;
	if (quantity >= 1)
		return quantity;
	*price = share_cents > 0 ? share_cents : 1;
	return 1;
}

static void print_line(const struct dump *d, const struct invoice *v, size_t order, int32_t line,
		       int64_t *cents_left)
{
	static const char *const country[N_COUNTRIES] = {
		"United Kingdom", "Germany", "France", "EIRE", "Spain", "Portugal", "Belgium",
		"Channel Islands" };
	uint64_t k = key(OF_LINE, (uint64_t)v->number << 8 | (uint64_t)(line & 255));
	uint64_t home = below(100, key(OF_CUSTOMER, v->customer), 4);
	const struct product *p = &d->product[below(N_PRODUCTS, k, 0)];
	int64_t price, quantity = choose_quantity(p, *cents_left / (v->n_lines - line), &price);
	const char *eol = o.us_dates ? "\r\n" : "\n";
	bool broken = unit(k, 1) * 1e6 < (double)o.broken_per_million, cut = below(2, k, 2);

	*cents_left -= quantity * price;
	printf("%s%zu,%s,", v->is_return ? "C" : "", FIRST_INVOICE + order, p->code);
	if (broken && cut) {
		printf("%s", eol);
		return;
	}
	printf("%s,", p->description);
	if (broken)
		printf("n/k,");
	else
		printf("%lld,", (long long)(v->is_return ? -quantity : quantity));
	print_date(v->second);
	printf(",%lld.%02lld,", (long long)(price / 100), (long long)(price % 100));
	if (v->customer)
		printf("%u.0", FIRST_ID + v->customer);
	printf(",%s%s", country[home < 90 ? 0 : home % N_COUNTRIES], eol);
}

static void print_dump(const struct dump *d)
{
	printf("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country%s",
	       o.us_dates ? "\r\n" : "\n");
	for (size_t i = 0; i < d->n; i++) {
		const struct invoice *v = &d->invoice[i];
		int64_t left = v->cents;

		for (int32_t line = 0; line < v->n_lines; line++)
			print_line(d, v, i, line, &left);
	}
}

int main(int argc, char **argv)
{
	static struct dump dump;
	const struct opt_page page = { "retail", "write a dump shaped like Online Retail", "",
				       table, sizeof table / sizeof *table, NULL };
	struct opt_common common;
	size_t n_operands;

	msg_init("retail");
	opt_parse(&page, &common, argc, argv, &n_operands);
	if (o.n_customers == 0)
		o.n_customers = (o.n_lines + LINES_PER_CUSTOMER - 1) / LINES_PER_CUSTOMER;
	make_products(&dump);
	make_customers(&dump);
	make_guests(&dump, o.n_lines / 4);
	qsort(dump.invoice, dump.n, sizeof *dump.invoice, by_time);
	print_dump(&dump);
	if (fflush(stdout) != 0 || ferror(stdout))
		msg_die(MSG_FAILED, "standard output: cannot be written");
	free(dump.invoice);
	return MSG_OK;
}
