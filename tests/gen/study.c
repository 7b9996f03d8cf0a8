/* SPDX-License-Identifier: MIT */
/*
 * gen/study: made-up data in the shape of the studies' files, with planted
 * groups.
 *
 * Writes: CSV on standard output, by --kind:
 *	demographics  ID, Sex, Marital status, Age, ..., four groups
 *	purchases     shopping trips of the first --buyers of these people, five
 *	              brands; whether they buy depends on the mean price and the
 *	              group, the brand on the group
 *	campaign      TAB-separated spending by category and channel, three groups
 *	lookalike     four numeric attributes, four groups, True_Segment
 *	orders        a year's purchases of these people, more by some groups
 *	trial         which of them saw an offer, at random, and who bought
 * With --truth the group of each customer, as "id TAB group" lines.
 */
#include <math.h>
#include <stdio.h>

#include "base/msg.h"
#include "base/opt.h"
#include "math/dist.h"
#include "math/fn.h"
#include "value/rng.h"

enum kind { DEMOGRAPHICS, PURCHASES, CAMPAIGN, LOOKALIKE, ORDERS, TRIAL };

struct opts {
	int kind;
	int64_t n, n_buyers, n_trips, seed;
	const char *truth;
};

static struct opts o = { .n = 2000, .n_buyers = 500, .n_trips = 100, .seed = 1 };

static const struct opt table[] = {
	{ "kind", 0, OPT_CHOICE, &o.kind, "demographics|purchases|campaign|lookalike|orders|trial", 0, 0, 0,
	  "default demographics" },
	{ "customers", 'c', OPT_INT, &o.n, "N", 4, 1e7, 0, "customers; default 2000" },
	{ "buyers", 0, OPT_INT, &o.n_buyers, "N", 1, 1e7, 0, "of them with trips; default 500" },
	{ "trips", 0, OPT_INT, &o.n_trips, "N", 1, 1e6, 0, "trips of each; default 100" },
	{ "seed", 0, OPT_INT, &o.seed, "S", 0, 1e15, 0, "seed; default 1" },
	{ "truth", 0, OPT_TEXT, &o.truth, "FILE", 0, 0, 0, "write each customer's group" },
};

enum stream { OF_CUSTOMER = 1, OF_TRIP, OF_ORDER };

static uint64_t key(enum stream s, uint64_t i)
{
	return (uint64_t)s << 40 | i;
}

static double unit(uint64_t index, uint32_t draw)
{
	return rng_unit((uint64_t)o.seed, RNG_GENERATE, index, draw);
}

static double normal(uint64_t index, uint32_t draw)
{
	return dist_normal_quantile(unit(index, draw) * (1 - 0x1p-40) + 0x1p-41);
}

/* About the mean, whole, and inside low..high. */
static int whole(double mean, double sd, int low, int high, uint64_t k, uint32_t draw)
{
	return (int)fmin(fmax(floor(mean + sd * normal(k, draw) + 0.5), low), high);
}

static int group_of(const double *share, int n_groups, uint64_t k)
{
	double u = unit(k, 0);
	int g = 0;

	while (g < n_groups - 1 && u >= share[g])
		u -= share[g++];
	return g;
}

static const double people_share[] = { 0.43, 0.36, 0.12, 0.09 };

static int people_group(uint64_t i)
{
	return group_of(people_share, 4, key(OF_CUSTOMER, i));
}

static int put_person(uint64_t i)
{
	static const struct {
		double female, single, age, education, income, occupation, town;
	} mean[] = {
		{ 0.25, 0.20, 36, 1.0, 140000, 1.2, 1.4 },
		{ 0.35, 0.75, 30, 0.8, 118000, 0.8, 0.2 },
		{ 0.50, 0.30, 55, 2.1, 165000, 1.6, 1.3 },
		{ 0.90, 0.95, 34, 0.9, 96000, 0.1, 0.1 },
	};
	int g = people_group(i);
	uint64_t k = key(OF_CUSTOMER, i);

	printf("%llu,%d,%d,%d,%d,%d,%d,%d\r\n", 100000001ULL + (unsigned long long)i,
	       unit(k, 1) < mean[g].female, unit(k, 2) < mean[g].single,
	       whole(mean[g].age, 7, 18, 80, k, 3), whole(mean[g].education, 0.5, 0, 3, k, 4),
	       whole(mean[g].income, 15000, 30000, 400000, k, 5),
	       whole(mean[g].occupation, 0.4, 0, 2, k, 6), whole(mean[g].town, 0.5, 0, 2, k, 7));
	return g;
}

/* The brand that this group prefers gets half of the purchases. */
static int choose_brand(int g, uint64_t k)
{
	static const int favourite[] = { 4, 5, 2, 5 };

	return unit(k, 20) < 0.5 ? favourite[g] : 1 + (int)(5 * unit(k, 21));
}

static void put_trip(uint64_t person, uint64_t trip)
{
	static const double usual[] = { 1.4, 1.8, 2.0, 2.2, 2.7 }, bias[] = { 4.0, 3.7, 4.3, 3.4 };
	uint64_t k = key(OF_TRIP, person * (uint64_t)o.n_trips + trip);
	int g = people_group(person);
	double price[5], mean = 0;

	for (uint32_t b = 0; b < 5; b++) {
		price[b] = floor(100 * (usual[b] - 0.3 * unit(k, b) - 0.2 * unit(k, 30))) / 100;
		mean += price[b] / 5;
	}
	bool buys = unit(k, 10) < 1 / (1 + fn_exp(2.4 * mean - bias[g]));
	int brand = buys ? choose_brand(g, k) : 0;
	printf("%llu,%llu,%d,%d,%d,0,0", 100000001ULL + (unsigned long long)person,
	       7 * (unsigned long long)trip + 1, buys, brand, buys ? 1 + (int)(3 * unit(k, 11)) : 0);
	for (int b = 0; b < 5; b++)
		printf(",%.2f", price[b]);
	for (uint32_t b = 0; b < 5; b++)
		printf(",%d", unit(k, 12 + b) < 0.2);
	printf("\r\n");
}

static int put_campaign(uint64_t i)
{
	static const double share[] = { 0.5, 0.3, 0.2 };
	static const struct {
		double income, spent[6], bought[5];
	} mean[] = {
		/* wines fruits meat fish sweet gold; deals web catalog store visits */
		{ 33000, { 3.5, 1.5, 3.0, 1.8, 1.6, 2.7 }, { 2.0, 2.5, 0.6, 3.3, 6.5 } },
		{ 56000, { 5.6, 3.2, 4.6, 3.5, 4.4, 3.7 }, { 3.2, 6.5, 2.5, 7.0, 5.5 } },
		{ 77000, { 6.5, 3.8, 6.1, 4.2, 3.9, 4.8 }, { 1.3, 5.0, 6.0, 8.2, 2.7 } },
	};
	uint64_t k = key(OF_CUSTOMER, i);
	int g = group_of(share, 3, k);

	printf("%llu\t%d\tGraduation\tMarried\t", 1 + (unsigned long long)i,
	       whole(1969, 11, 1940, 1996, k, 1));
	if (unit(k, 2) >= 0.01)
		printf("%d", whole(mean[g].income, 9000, 2000, 160000, k, 3));
	printf("\t%d\t%d\t%02d-%02d-2013\t%d", whole(0.5, 0.6, 0, 2, k, 4),
	       whole(0.5, 0.6, 0, 2, k, 5), 1 + (int)(28 * unit(k, 6)), 1 + (int)(12 * unit(k, 7)),
	       (int)(100 * unit(k, 8)));
	for (uint32_t j = 0; j < 6; j++)
		printf("\t%d", (int)fn_exp(mean[g].spent[j] + 0.5 * normal(k, 10 + j)));
	for (uint32_t j = 0; j < 5; j++)
		printf("\t%d", whole(mean[g].bought[j], 1.2, 0, 20, k, 20 + j));
	printf("\t0\t0\t0\t0\t0\t0\t3\t11\t%d\n", unit(k, 30) < 0.15);
	return g;
}

static int lookalike_group(uint64_t i)
{
	static const double share[] = { 0.25, 0.25, 0.25, 0.25 };

	return group_of(share, 4, key(OF_CUSTOMER, i));
}

static int put_orders(uint64_t i)
{
	static const double orders[] = { 8, 6, 3, 2 }, size[] = { 4.6, 3.9, 4.2, 3.0 };
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int g = lookalike_group(i);

	for (uint64_t j = 0, n = 1 + (uint64_t)(2 * orders[g] * unit(key(OF_CUSTOMER, i), 40)); j < n; j++) {
		uint64_t k = key(OF_ORDER, i * 32 + j);
		int month = 0, day = (int)(365 * unit(k, 0));
		while (day >= days[month])
			day -= days[month++];
		printf("%llu,%llu,2024-%02d-%02d,%d,%.2f\n", 1000 + (unsigned long long)i,
		       100000 + 32 * (unsigned long long)i + (unsigned long long)j, month + 1, day + 1,
		       1 + (int)(3 * unit(k, 1)), fn_exp(size[g] + 0.4 * normal(k, 2)));
	}
	return g;
}

static int put_trial(uint64_t i)
{
	static const double usual[] = { 0.20, 0.15, 0.12, 0.08 }, more[] = { 0.02, 0.06, 0.04, 0.01 };
	uint64_t k = key(OF_CUSTOMER, i);
	int g = lookalike_group(i);
	bool offer = unit(k, 50) < 0.5;

	printf("%llu,%s,%d\n", 1000 + (unsigned long long)i, offer ? "offer" : "control",
	       unit(k, 51) < usual[g] + (offer ? more[g] : 0));
	return g;
}

static int put_lookalike(uint64_t i)
{
	static const char *const name[] = { "Premium-Loyalists", "Digital-Shoppers",
					    "Credit-Reliant", "Budget-Conscious" };
	static const struct {
		double income, spending, credit, online;
	} mean[] = { { 112000, 88, 760, 2.5 }, { 71000, 72, 640, 4.6 }, { 64000, 62, 520, 1.8 },
		     { 30000, 30, 610, 3.1 } };
	uint64_t k = key(OF_CUSTOMER, i);
	int g = lookalike_group(i);

	printf("%llu,%d,%s,%d,%.2f,%d,%d,%.2f,%s\n", 1000 + (unsigned long long)i,
	       whole(44, 14, 18, 69, k, 1), unit(k, 2) < 0.5 ? "Male" : "Female",
	       whole(30, 17, 1, 59, k, 3), mean[g].income + 5000 * normal(k, 4),
	       whole(mean[g].spending, 4, 1, 100, k, 5), whole(mean[g].credit, 18, 300, 850, k, 6),
	       fmin(fmax(mean[g].online + 0.25 * normal(k, 7), 0), 5), name[g]);
	return g;
}

static void put_all(void)
{
	static const char *const header[] = {
		"ID,Sex,Marital status,Age,Education,Income,Occupation,Settlement size\r\n",
		"ID,Day,Incidence,Brand,Quantity,Last_Inc_Brand,Last_Inc_Quantity,Price_1,Price_2,Price_3,"
		"Price_4,Price_5,Promotion_1,Promotion_2,Promotion_3,Promotion_4,Promotion_5\r\n",
		"ID\tYear_Birth\tEducation\tMarital_Status\tIncome\tKidhome\tTeenhome\tDt_Customer\tRecency\t"
		"MntWines\tMntFruits\tMntMeatProducts\tMntFishProducts\tMntSweetProducts\tMntGoldProds\t"
		"NumDealsPurchases\tNumWebPurchases\tNumCatalogPurchases\tNumStorePurchases\t"
		"NumWebVisitsMonth\tAcceptedCmp3\tAcceptedCmp4\tAcceptedCmp5\tAcceptedCmp1\tAcceptedCmp2\t"
		"Complain\tZ_CostContact\tZ_Revenue\tResponse\n",
		"CustomerID,Age,Gender,Tenure,Annual_Income,Spending_Score,Credit_Score,Online_Activity,"
		"True_Segment\n",
		"CustomerID,InvoiceNo,InvoiceDate,Quantity,UnitPrice\n",
		"CustomerID,Arm,Bought\n",
	};
	static int (*const put[])(uint64_t) = { put_person, NULL, put_campaign, put_lookalike,
						put_orders, put_trial };
	static const int first[] = { 100000001, 0, 1, 1000, 1000, 1000 };
	FILE *truth = o.truth ? fopen(o.truth, "w") : NULL;

	if (o.truth && !truth)
		msg_die(MSG_FAILED, "%s: cannot be written", o.truth);
	fputs(header[o.kind], stdout);
	for (int64_t i = 0; put[o.kind] && i < o.n; i++) {
		int g = put[o.kind]((uint64_t)i);
		if (truth)
			fprintf(truth, "%lld\t%d\n", (long long)(first[o.kind] + i), g + 1);
	}
	for (int64_t i = 0; o.kind == PURCHASES && i < o.n_buyers && i < o.n; i++)
		for (int64_t j = 0; j < o.n_trips; j++)
			put_trip((uint64_t)i, (uint64_t)j);
	if (truth && fclose(truth) != 0)
		msg_die(MSG_FAILED, "%s: cannot be written", o.truth);
}

int main(int argc, char **argv)
{
	const struct opt_page page = { "study", "write data shaped like those of the studies", "",
				       table, sizeof table / sizeof *table, NULL };
	struct opt_common common;
	size_t n_operands;

	msg_init("study");
	opt_parse(&page, &common, argc, argv, &n_operands);
	put_all();
	if (fflush(stdout) != 0 || ferror(stdout))
		msg_die(MSG_FAILED, "standard output: cannot be written");
	return MSG_OK;
}
