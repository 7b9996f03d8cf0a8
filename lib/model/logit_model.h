/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGIT_MODEL_H
#define MODEL_LOGIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/logit.h"

struct param_list;

/*
 * Logistic models as parameter rows, seg-model(5), and applied to rows.
 */
#define LOGIT_MODEL_PROGRAM "seg-logit"

/* What a model says about its making, beside the fit. */
struct logit_about {
	const char *outcome;
	const char *weights; /* the column, or NULL */
	int64_t seed;        /* of holdout and folds; < 0: none were drawn */
	double holdout;      /* share held out, 0: none */
	bool covariance;     /* store it too, if the fit has one */
	double l1_min, l1_1se; /* what a path chose by either rule; 0: no path */
};

/* Appends all rows of a model, the row of its version first.  0, or -1. */
int logit_model_store(struct param_list *p, const struct logit_fit *fit, const struct design *d,
		      const struct logit_options *options, const struct logit_about *about);

/* A model to score with: a linear predictor over named columns. */
struct logit_input {
	char *name;        /* plain */
	bool category;
	double estimate;   /* of a number */
	size_t slot;       /* of a number, in the covariance */
	struct design_dictionary *level; /* of a category, raw; the reference among them */
	double *level_estimate;          /* [levels] 0 where there is no term */
	size_t *level_slot;              /* [levels] 0 where there is none */
	size_t n_levels, capacity;
};

struct logit_model {
	double intercept;
	struct logit_input *input;
	size_t n;
	char **slot_name;   /* [n_slots] terms as they came; 0 is the intercept */
	size_t n_slots;
	double *covariance; /* [n_slots][n_slots], or NULL */
	double *room;       /* [n_slots] of the row at hand, all 0 between rows */
};

/*
 * Numbers whose term was dropped are no inputs.  0, or -1 with a message
 * ("term price: no estimate") in error.
 */
int logit_model_load(struct logit_model *m, const struct param_list *p, char error[200]);

/*
 * The probability of 1 for a row: the numbers and the categories (raw) of the
 * inputs in their order, none missing.  A level that the model does not know
 * counts as the reference; *unseen gets the first such category's place among
 * the categories, else -1.
 */
double logit_model_apply(const struct logit_model *m, const double *number,
			 const struct span *category, ptrdiff_t *unseen);

/* The logit of that probability. */
double logit_model_eta(const struct logit_model *m, const double *number,
		       const struct span *category);

/* The standard error of the logit of that probability, for a model with a
 * covariance.  O(inputs terms). */
double logit_model_error(struct logit_model *m, const double *number, const struct span *category);

/* The coefficient of a numeric column, or NULL. */
const double *logit_model_estimate(const struct logit_model *m, const char *name);

void logit_model_free(struct logit_model *m);

#endif
