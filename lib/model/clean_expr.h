/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CLEAN_EXPR_H
#define MODEL_CLEAN_EXPR_H

#include "model/clean.h"

/*
 * Derived columns and conditions over the cleaned cells of a row.  Numbers
 * are counts of 10^-12 in 128 bits: sums and differences are exact, products,
 * quotients and means rounded half to even at the 12th decimal.  A missing
 * operand makes + - * / missing; sum, mean, min and max pass over missing
 * cells and are missing when all are.
 */


#define CLEAN_DEPTH 32 /* of brackets, and of values waiting */

enum clean_operation {
	STEP_NUMBER, STEP_CELL, STEP_ADD, STEP_SUBTRACT, STEP_MULTIPLY, STEP_DIVIDE,
	STEP_NEGATE, STEP_SUM, STEP_MEAN, STEP_MIN, STEP_MAX, STEP_PICK, STEP_YEAR,
};

struct clean_step {
	enum clean_operation what;
	dec_wide number;
	size_t first, n;         /* into the expression's lists: columns of a list or of a pick */
	size_t column;
};

struct clean_expr {
	char *name;
	struct clean_step *step; /* reverse Polish */
	size_t n_steps, room_steps;
	size_t *list;            /* columns */
	size_t n_list, room_list;
	char *prefix;            /* of the pick */
};

enum clean_comparison { WHERE_EQ, WHERE_NE, WHERE_LT, WHERE_LE, WHERE_GT, WHERE_GE };

struct clean_where {
	size_t column;
	enum clean_comparison op;
	char *text;
	bool is_number, is_day;  /* is_day: ten bytes of a date are compared */
	dec_wide number;
};

/* In an operation the later state of the two prevails. */
enum clean_value_state { CLEAN_VALUE_OK, CLEAN_VALUE_MISSING, CLEAN_VALUE_BY_ZERO, CLEAN_VALUE_BAD };

/*
 * The value of an expression, and whether a step to it was rounded; CLEAN_VALUE_BY_ZERO: missing, for a division by
 * zero; CLEAN_VALUE_BAD: a cell is no number, a year is asked of no date, or
 * an overflow.
 */
enum clean_value_state clean_expr_value(const struct clean_plan *p, const struct clean_expr *e,
					const struct span *cell, dec_wide *value, bool *rounded);

/* The condition `column op value`; 0, or -1: no memory. */
int clean_where_make(struct clean_where *w, size_t column, enum clean_comparison op, struct span value);

/* Whether a row meets the condition.  A missing cell meets only `= ` (nothing). */
bool clean_where_holds(const struct clean_where *w, const struct span *cell);

/* What a schema asks of a column beside its type. */
struct clean_check {
	size_t column;
	bool required;
	struct clean_where *bound; /* [n_bounds] */
	size_t n_bounds;
	char **level;              /* [n_levels], escaped; 0: any */
	size_t n_levels;
};

/* CLEAN_KEPT, CLEAN_MISSING_VALUE, CLEAN_RANGE or CLEAN_LEVEL. */
enum clean_reason clean_check_cell(const struct clean_check *c, const struct span *cell);
void clean_check_free(struct clean_check *c);

/* Whether the expression reads a column. */
bool clean_expr_uses(const struct clean_expr *e, size_t column);

/* The index of a column or earlier derived column by name, or by a spelling that becomes it (MntWines), or -1. */
ptrdiff_t clean_cell_index(const struct clean_plan *p, const char *name, size_t n);

/*
 * The columns that a list's item means, in their order, into list[n_columns]:
 * first..last, a glob with * or ? (over the clean names, else over spellings),
 * or a name.  How many; 0 with a message.
 */
size_t clean_columns_of(const struct clean_plan *p, struct span item, size_t *list, char error[CLEAN_ERROR]);

void clean_expr_free(struct clean_expr *e);
void clean_where_free(struct clean_where *w);

#endif
