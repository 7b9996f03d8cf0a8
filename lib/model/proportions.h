/* SPDX-License-Identifier: MIT */
#ifndef MODEL_PROPORTIONS_H
#define MODEL_PROPORTIONS_H

/* Shares of events, one and two: what an A/B test asks.  Counts are whole. */

struct proportion {
	double events, n;
	double rate;      /* NaN for n = 0, as the interval */
	double low, high; /* Wilson's interval (1927) at 95 per cent */
};

struct proportions_test {
	double difference;  /* second rate minus first */
	double low, high;   /* Newcombe's interval (1998, method 10) at 95 per cent */
	double z, p;        /* pooled, two-sided; NaN when nobody or everybody has the event */
};

/* Two-sided level and power of the planning figures below. */
#define PROPORTIONS_ALPHA 0.05
#define PROPORTIONS_POWER 0.8

struct proportion proportions_one(double events, double n);
struct proportions_test proportions_two(const struct proportion *first, const struct proportion *second);

/*
 * Rows needed in each of two equal arms to tell rates p and q apart: n =
 * [z_a sqrt(2 m(1-m)) + z_b sqrt(p(1-p) + q(1-q))]^2 / (p-q)^2, m their mean
 * (Fleiss, Levin & Paik 2003, eq. 4.14), rounded up; 10% against 12%: 3,841.
 * NaN for equal rates.
 */
double proportions_sample_size(double p, double q);

/*
 * The smallest rise above the rate p of the first arm that arms of these
 * sizes would show: the same equation solved for q - p.  NaN when even 1 is
 * not far enough.
 */
double proportions_detectable(double p, double n_first, double n_second);

#endif
