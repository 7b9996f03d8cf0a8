/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RULES_H
#define MODEL_RULES_H

#include <stddef.h>

#include "model/kmodel.h"

struct param_list;

/*
 * Names of segments by rules on their centres, one a line:
 *
 *	monetary >= 1.5*mean and recency_days < median -> Champions
 *	otherwise -> Others
 *
 * A condition is `COLUMN OP VALUE`, OP one of < <= > >= = !=, VALUE a number,
 * `mean`, `median`, or a number, `*` and one of these.  Compared is the mean of
 * the segment's rows in original units (mean_raw) with the mean or the median
 * of all fitted rows.  Conditions are joined by `and`; lines with the same name
 * are its alternatives; `otherwise` names what no other line does.  Empty lines
 * and those that begin with # are passed over.
 */
#define RULES_ERROR 400

enum rules_op { RULES_LT, RULES_LE, RULES_GT, RULES_GE, RULES_EQ, RULES_NE };
enum rules_of { RULES_NUMBER, RULES_MEAN, RULES_MEDIAN };

struct rules_term {
	char *column; /* raw name */
	enum rules_op op;
	enum rules_of of;
	double factor; /* of the mean or median, or the number itself */
};

struct rules_line {
	struct rules_term *term; /* [n]; n = 0: otherwise */
	size_t n, line;
	char *name;
};

struct rules {
	struct rules_line *rule;
	size_t n;
};

/* Reads the rules in `text`.  0, or -1 with *r empty and in error what goes
 * behind "FILE:": "3: ..." about a line, else with a blank in front. */
int rules_parse(struct rules *r, const char *text, char error[RULES_ERROR]);

/*
 * Gives each segment the name of its rules; a name that several segments get is
 * followed by their numbers: "Occasional (2)".  Returns 0, or -1 with an error
 * as above when a rule asks for a column that the model does not have, when a segment
 * meets rules of two names, or none.
 */
int rules_apply(const struct rules *r, struct kmodel *m, char error[RULES_ERROR]);

/* The mean and the median of a column over the fitted rows, in original units;
 * the median is NaN when the model keeps no deciles. */
double rules_mean(const struct kmodel *m, size_t column);
double rules_median(const struct kmodel *m, size_t column);

/* The rows of a model with the names of its segments anew. */
void rules_store(const struct kmodel *m, const struct param_list *from, struct param_list *to);

void rules_free(struct rules *r);

#endif
