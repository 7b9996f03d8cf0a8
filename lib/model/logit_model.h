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

struct multinomial_fit;

/* The same of a multinomial model, whose terms are named OUTCOME=LEVEL:TERM;
 * the outcomes raw, the reference first. */
int multinomial_model_store(struct param_list *p, const struct multinomial_fit *fit,
			    const struct design *d, char *const *level,
			    const struct logit_options *options, const struct logit_about *about);

/* What both kinds say of a fit. */
struct logit_summary {
	const char *family;      /* NULL: of 0 and 1 */
	size_t n_rows, n_events; /* n_events of 0 and 1 only */
	size_t df, df_null, lr_df;
	int iterations;
	bool converged, separated;
	enum logit_stop stop;
	double sum_weights, deviance, null_deviance, aic, lr, lr_p;
};

/* Parts of both: the rows of kind `model`, the version first; a column (a category's reference separated to `direction`, or
 * 0), and a term under its plain name, of a plain outcome or NULL. */
void logit_store_fit(struct param_list *p, const struct logit_summary *s,
		     const struct logit_options *options, const struct logit_about *about);
int logit_store_column(struct param_list *p, const struct design *d, size_t source, int direction);
int logit_store_term(struct param_list *p, const struct logit_term *term, const struct design *d,
		     size_t t, const char *name, const char *outcome);

/* Raw text as plain; to be freed, or NULL. */
char *logit_plain(const char *raw, size_t n);

extern const char *const logit_stop_words[];

/*
 * A model to score with: for each outcome but the reference (of a binary one:
 * for 1) a linear predictor over named columns.
 */
struct logit_input {
	char *name;        /* plain */
	bool category;
	size_t slot;       /* of a number by itself, in the covariance; 0: none */
	struct design_dictionary *level; /* of a category, raw; the reference among them */
	size_t *level_slot;              /* [n_levels] 0 where there is no term */
	size_t n_levels, capacity;
	bool has_term;     /* by itself, or in a product */
};

/* A power, or a product of two inputs. */
struct logit_product {
	size_t n;           /* of inputs */
	size_t input[2];
	int64_t level[2];   /* codes of categories */
	unsigned power;     /* of a number, when n is 1 */
	double estimate;
	size_t slot;
};

struct logit_linear {
	double intercept;
	double *estimate;        /* [inputs] of a number by itself, 0: no term */
	double **level_estimate; /* [inputs] NULL, or of a category's levels */
	struct logit_product *product;
	size_t n_products;
};

struct logit_model {
	struct logit_input *input;
	size_t n;
	struct logit_linear *linear; /* [n_linear] */
	size_t n_linear;
	char **outcome;     /* [n_linear + 1] plain, the reference first; NULL: binary */
	char **outcome_raw; /* the same, escaped */
	char **slot_name;   /* [n_slots] terms as they came; 0 is the intercept */
	size_t n_slots, n_estimates, n_errors; /* terms; with an estimate; with an error */
	double *covariance; /* [n_slots][n_slots] of a binary model, or NULL */
};

/*
 * Numbers of which no term has an estimate are no inputs.  0, or -1 with a
 * message ("term price: no estimate") in error.
 */
int logit_model_load(struct logit_model *m, const struct param_list *p, char error[200]);
void logit_model_free(struct logit_model *m);

/* The input with this name, or -1. */
ptrdiff_t logit_model_input(const struct logit_model *m, const char *name);

/*
 * Rows by columns: of each input i its values number[i][row], or its level's
 * places in the dictionary code[i][row]; -1, a level that is not there, counts as
 * the reference.  All may be called by several threads.
 */
struct logit_inputs {
	double *const *number;
	int64_t *const *code;
};

/* The linear predictors of n rows: of a binary model the logits of 1. */
void logit_model_eta(const struct logit_model *m, size_t linear, const struct logit_inputs *in,
		     size_t n, double *eta);

/* The derivative of a row's by a number. */
double logit_model_slope(const struct logit_model *m, size_t linear, size_t input,
			 const struct logit_inputs *in, size_t row);

/*
 * Linear predictors of n rows in place to probabilities: of a binary model p[0]
 * to that of 1; else p[j] to that of outcome j + 1, and p[n_linear] gets that
 * of the reference (softmax).  NaN stays NaN.
 */
void logit_model_probabilities(const struct logit_model *m, double *const *p, size_t n);

/* A row's standard error, by a model with a covariance; room[n_slots].  O(n_slots^2). */
double logit_model_error(const struct logit_model *m, const struct logit_inputs *in, size_t row,
			 double *room);

#endif
