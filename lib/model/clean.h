/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CLEAN_H
#define MODEL_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/csv.h"
#include "value/datefmt.h"
#include "value/dec.h"
#include "value/hash.h"
#include "value/span.h"

/*
 * From CSV records to rows of the strict stream: a plan made once from the
 * header and the options, and a pure function from a block of records to
 * output bytes and a ledger that adds up over blocks.  Nothing here reads,
 * prints or exits; memory that cannot be had makes functions return -1.
 */

enum clean_type { CLEAN_TEXT, CLEAN_ID, CLEAN_INT, CLEAN_NUMBER, CLEAN_MONEY, CLEAN_DATE };

/* What a column means in a transaction; in the order of the output. */
enum clean_role {
	CLEAN_CUSTOMER, CLEAN_INVOICE, CLEAN_DAY, CLEAN_PRODUCT, CLEAN_DESCRIPTION,
	CLEAN_QUANTITY, CLEAN_PRICE, CLEAN_AMOUNT, CLEAN_COUNTRY,
	CLEAN_ROLES, /* how many; also: no role */
};

/* Why a record is left out.  clean_reason_name gives the code in files. */
enum clean_reason {
	CLEAN_KEPT,
	CLEAN_TOO_FEW, CLEAN_TOO_MANY, CLEAN_UNCLOSED, CLEAN_STRAY, CLEAN_ENCODING, CLEAN_HEADER,
	CLEAN_MISSING_ID, CLEAN_BAD_ID, CLEAN_MISSING_DATE, CLEAN_BAD_DATE,
	CLEAN_MISSING_QUANTITY, CLEAN_BAD_QUANTITY, CLEAN_MISSING_PRICE, CLEAN_BAD_PRICE,
	CLEAN_MISSING_AMOUNT, CLEAN_BAD_AMOUNT, CLEAN_BAD_VALUE,
	CLEAN_MISSING_VALUE, CLEAN_RANGE, CLEAN_LEVEL,
	/* not faults of the record: rules, chosen or by default */
	CLEAN_PRICE_RULE, CLEAN_RETURN, CLEAN_WHERE, CLEAN_DUPLICATE,
	CLEAN_REASONS,
};
const char *clean_reason_name(enum clean_reason r); /* "too_few_fields", "missing_id", ... */

/* Whether the reason is a fault of the record, which --strict refuses. */
bool clean_reason_is_fault(enum clean_reason r);

/* What was repaired, or is worth a warning. */
enum clean_repair {
	CLEAN_TRIMMED, CLEAN_1252, CLEAN_ID_DECIMAL, CLEAN_SIGNS, CLEAN_ROUNDED, CLEAN_NUL,
	CLEAN_TOKEN, CLEAN_CANCELLED, CLEAN_BY_ZERO, CLEAN_QUOTIENT, CLEAN_TIME_CUT, CLEAN_BLANK_LINE, CLEAN_AMOUNT_DIFFERS, CLEAN_AS_TEXT,
	CLEAN_REPAIRS,
};
const char *clean_repair_text(enum clean_repair r); /* "blanks at the edges cut", ... */

/* Whether it changes what the input says, which --strict refuses, and is no reckoning that was asked for. */
bool clean_repair_is_fault(enum clean_repair r);

/* Rows, with quantities in 10^-6 and amounts in 10^-12. */
struct clean_sum {
	uint64_t rows;
	dec_wide quantity_micro, amount_pico;
	uint64_t unparsable; /* rows without a readable quantity or amount */
};

/* The first line (from 1) of a kind; 0: none.  Relative to the block until merged. */
#define CLEAN_SHOWN 47

struct clean_place {
	uint64_t line;
	const char *file;
	char value[CLEAN_SHOWN + 1]; /* the value at fault, cut and NUL-ended; "": none */
};

struct clean_ledger {
	struct clean_sum in, out, left[CLEAN_REASONS];
	struct clean_place left_at[CLEAN_REASONS], repair_at[CLEAN_REPAIRS];
	uint64_t repair[CLEAN_REPAIRS];
	bool overflow; /* a sum did not fit */
	struct clean_place against; /* a date that a refuted format takes */
	size_t against_column;
	size_t as_text_column; /* of the first CLEAN_AS_TEXT */
};

/* a += b; b's places are lines counted from base_line of `file`. */
void clean_ledger_merge(struct clean_ledger *a, const struct clean_ledger *b, uint64_t base_line,
			const char *file);

/* Moves one kept row to a reason: for decisions taken after the block. */
void clean_ledger_move(struct clean_ledger *l, enum clean_reason why, const struct clean_sum *row);

/*
 * Whether both sides meet: n_records as the reader counted and the sums as
 * they were parsed; n_lines as the writer counted and the sums of what was
 * kept and left out.  Else false, with what differs.
 */
#define CLEAN_ERROR 640
bool clean_ledger_balances(const struct clean_ledger *l, uint64_t n_records, uint64_t n_lines,
			   char error[CLEAN_ERROR]);

/* Whether there are records and all have a fault: then with the most frequent one. */
bool clean_ledger_all_faults(const struct clean_ledger *l, uint64_t n_records, char error[CLEAN_ERROR]);

/* The first fault or repair and its place, or NULL. */
const char *clean_ledger_fault(const struct clean_ledger *l, struct clean_place *at);

struct clean_column {
	char *name;              /* clean, unescaped */
	enum clean_type type;
	enum clean_role role;    /* CLEAN_ROLES: none */
	ptrdiff_t source;        /* column of the first header; -1: computed */
	bool declared;           /* the user gave the type */
	bool soft;               /* the type was inferred: a value that does not fit stays text */
	bool skipped;            /* hidden and not needed */
	struct datefmt format;   /* CLEAN_DATE */
	struct datefmt *more;    /* [n_more], the user's others, tried behind it */
	size_t n_more;
	bool with_time;
	const char *given_format; /* the user's; NULL: proved */
	bool format_named;       /* for this column alone */
	const char *proved;      /* what the proof gave; NULL: the user's, or there was no date */
	struct clean_place decided; /* by this value; line 0: all readings agree */
	char decimal;            /* of numbers: '.' or ','; the other one separates thousands */
	bool decimal_given, decimal_named; /* by the user; for this column alone */
	bool decimal_open;       /* its own values have not decided: see clean_decimal_mark */
	ptrdiff_t decimal_as;    /* then: the column that did, or -1: none, and it is a point */
	struct clean_place decimal_by; /* else: the value that did */
};

struct clean_rules {
	bool table;              /* no roles */
	bool drop_returns, keep_missing_id, any_price, dedup;
	bool has_min_price;      /* keep price >= min_price_micro; else price > 0 */
	int64_t min_price_micro;
	const char *cancel_prefix; /* NULL: none */
	bool utf8_only, all_1252;
	char *const *missing;    /* tokens; NULL: the default ones */
	size_t n_missing;
	uint64_t drop_record;    /* tests only: loses this record (from 1) of the first block */
	bool by_record;          /* tests only: without the path for many records at once */
};

struct clean_plan {
	struct clean_rules rules;
	bool transactions;
	const char *lacks;       /* of a table that is nearly transactions: "customer_id" or "date"; or NULL */
	struct clean_column *column; /* n_visible that are written, then hidden ones */
	size_t n_columns, n_visible;
	ptrdiff_t by_role[CLEAN_ROLES]; /* index in column, -1: not there */
	bool amount_computed;    /* quantity * price */
	struct clean_expr *derive; /* [n_derive], written behind the visible columns */
	size_t n_derive;
	struct clean_where *where; /* [n_where] */
	size_t n_where;
	struct clean_check *check; /* [n_check] */
	size_t n_check;
};

/*
 * The plan for a header.  `columns`: items "name", "name=Source" or either
 * with ":type"; none: all columns.  Returns 0, or -1 with a message.
 */
int clean_plan_make(struct clean_plan *p, const struct clean_rules *rules, const struct span *header,
		    size_t n_header, char *const *columns, size_t n_columns, char error[CLEAN_ERROR]);

/* "NAME=EXPR" and "COL OP VALUE"; 0, or -1 with a message. */
int clean_plan_derive(struct clean_plan *p, const char *text, char error[CLEAN_ERROR]);
int clean_plan_where(struct clean_plan *p, const char *text, char error[CLEAN_ERROR]);

/*
 * What a schema asks of the visible column `name`: a value, one that is at
 * least `min` and at most `max` (numbers or dates; NULL: no bound), one of the
 * levels (none: any).  0, or -1 with a message.
 */
int clean_plan_check(struct clean_plan *p, const char *name, bool required, const char *min, const char *max,
		     char *const *level, size_t n_levels, char error[CLEAN_ERROR]);

/*
 * "FMT" or "NAME=FMT", FMT a format or auto; a column that is named is a date.
 * Given again for the same columns, it is tried where the ones before do not
 * take the value.  0, or -1 with a message.
 */
int clean_plan_date(struct clean_plan *p, const char *text, char error[CLEAN_ERROR]);

/*
 * "C" or "NAME=C", C the decimal mark: . or point, , or comma, or auto (proved).
 * 0, or -1 with a message.
 */
int clean_plan_decimal(struct clean_plan *p, const char *text, char error[CLEAN_ERROR]);

/*
 * When the columns' types are known: conditions on numbers compare numbers,
 * others bytes.  -1, with a message, for a VALUE that is not of its column's
 * type, and a derived column that reckons with dates other than by year().
 */
int clean_plan_settle(struct clean_plan *p, char error[CLEAN_ERROR]);

/* When all expressions are in: hidden columns that nothing asks for are not read. */
void clean_plan_finish(struct clean_plan *p);
void clean_plan_free(struct clean_plan *p);

/* The clean name of a header cell: UTF-8, snake_case; "column_N" when nothing is left (N from 1). To be freed. */
char *clean_name(struct span cell, size_t n);

/* A glob for clean names out of one for spellings: "Mnt*" gives "mnt*". To be freed. */
char *clean_name_pattern(struct span pattern);

/* The role of a header cell by its name, and how sure: 1 is best, 0: none. */
enum clean_role clean_recognise(struct span cell, int *rank);
const char *clean_role_name(enum clean_role r);
enum clean_role clean_role_of(const char *name); /* CLEAN_ROLES: no role's name */

/* Where the plan's columns are in one operand. */
struct clean_map {
	size_t n_fields;
	ptrdiff_t *field;        /* [n_columns of the plan] */
	struct span header;
	struct csv_dialect dialect;
};

/* 0, or -1 with a message that names the missing or unexpected column. */
int clean_map_make(struct clean_map *m, const struct clean_plan *p, const struct span *first,
		   size_t n_first, const struct span *header, size_t n_header,
		   char error[CLEAN_ERROR]);

/*
 * Types, date formats and decimal marks from the records themselves.  The kind
 * of an undeclared column is settled by the first block: numbers if all its
 * values are, dates likewise; the format of a date column by the proof of
 * value/datefmt.h, for which more blocks may be needed.  A number that only
 * one mark gives ("0,99", "1.5", "1,250.00") decides for its column, and for
 * the file's columns that have none; more blocks are needed while there are
 * only numbers that both give ("1,250").  `begin` is the block's first line.
 */
struct clean_probe {
	struct clean_guess *guess; /* [n_columns] */
	const struct clean_decimal **decimal; /* [n_columns], of the guesses */
	bool begun;
};
int clean_probe_block(struct clean_probe *pr, struct clean_plan *p, const struct clean_map *m,
		      struct csv_records *r, const char *s, size_t n, struct clean_place begin);

/* Whether some column still has two readings. */
bool clean_probe_open(const struct clean_probe *pr, const struct clean_plan *p);

/*
 * Fixes the formats and the marks.  -1, with a message, when two readings of a
 * column of dates differ on a value to the end; a number's is the point then.
 */
int clean_probe_settle(struct clean_probe *pr, struct clean_plan *p, char error[CLEAN_ERROR]);

/* The message for a date that contradicts the proof: ledger.against of a merged ledger. */
void clean_probe_against(const struct clean_plan *p, const struct clean_ledger *l, char error[CLEAN_ERROR]);
void clean_probe_free(struct clean_probe *pr);

struct clean_left {
	uint64_t line;           /* from 0 in the block */
	enum clean_reason why;
	struct span record;      /* in the block */
	size_t n_fields;         /* for ragged records */
	ptrdiff_t column;        /* of the plan, at fault; -1: none */
};

struct clean_kept {
	struct hash_128 hash;    /* of the record's fields */
	uint64_t line;
	size_t end;              /* of its row in out */
	struct clean_sum sum;
	struct span record;
};

/* What the values of a column of numbers say about its decimal mark. */
struct clean_marks {
	uint64_t n_open;         /* values that both marks give, as different numbers */
	struct clean_place open, own, other; /* the first of these; that only its mark, only the other gives */
};

/* What comes out of one block; buffers are kept from block to block. */
struct clean_result {
	char *out;
	size_t n_out, room_out;
	uint64_t n_rows;
	uint64_t n_lines, n_records; /* as the reader counted */
	struct clean_ledger ledger;
	struct clean_left *left;  /* when wanted */
	size_t n_left, room_left;
	struct clean_kept *kept;  /* with dedup */
	size_t n_kept, room_kept;
	struct clean_marks *marks; /* [n_columns], if marked */
	bool marked;
	struct csv_records records;
};

/* a[0..n_columns) += the block's; places as in clean_ledger_merge. */
void clean_marks_merge(struct clean_marks *a, const struct clean_result *b, size_t n_columns,
		       uint64_t base_line, const char *file);

/*
 * The place of a number that the mark which its column is read with does not
 * give and the other one does, with a message; or NULL.  In a column whose type
 * was inferred it is kept as it is, and counts only beside values that another
 * mark would have changed.
 */
const struct clean_place *clean_marks_against(const struct clean_plan *p, const struct clean_marks *m,
					      char error[CLEAN_ERROR]);

/* Whether nothing decided on the mark of numbers that depend on it: then with a warning. */
bool clean_marks_undecided(const struct clean_plan *p, const struct clean_marks *m, size_t column,
			   char text[CLEAN_ERROR]);

/* One block of whole records.  want_left: fill `left`.  0, or -1: no memory. */
int clean_block(const struct clean_plan *p, const struct clean_map *m, const char *s, size_t n,
		bool first_block, bool want_left, struct clean_result *to);

/* A line that is no record: CLEAN_UNCLOSED or CLEAN_STRAY. */
int clean_no_record(const char *s, size_t n, enum clean_reason why, bool want_left, struct clean_result *to);
void clean_result_free(struct clean_result *r);

#endif
