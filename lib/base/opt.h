/* SPDX-License-Identifier: MIT */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One option table per filter: it parses the command line, checks ranges,
 * prints --help and writes the filter's line of provenance.
 */

enum opt_type {
	OPT_FLAG,   /* bool *         set to true */
	OPT_INT,    /* int64_t *      min..max */
	OPT_REAL,   /* double *       min..max, finite */
	OPT_SIZE,   /* uint64_t *     bytes: 512M, 2G, 96MiB, 1000000; min..max */
	OPT_TEXT,   /* const char **  as given */
	OPT_CHOICE, /* int *          index into arg, "mean|median|mode" */
	OPT_LIST,   /* struct opt_list *  comma-separated; \, and \\ escape; given again: appended */
	OPT_MANY,   /* struct opt_list *  one item for each time it is given, not split */
};

enum opt_flags {
	OPT_RESULT = 1, /* determines the result: part of the provenance */
	OPT_INPUT = 2,  /* a path of a further input */
};

struct opt_list {
	char **item; /* owned; freed by nobody: they live as long as the process */
	size_t n;
};

struct opt {
	const char *name; /* long name without the dashes */
	char letter;      /* short name, or 0 */
	enum opt_type type;
	void *to;         /* where the value goes, see opt_type; holds the default beforehand */
	const char *arg;  /* the argument's name in --help, "N"; the choices for OPT_CHOICE; NULL for a flag */
	double min, max;  /* OPT_INT, OPT_REAL, OPT_SIZE: inclusive range; both 0: no range */
	unsigned flags;
	const char *help; /* one or two lines, lower case, no full stop; '\n' breaks the line */
};

/* The options that all seven filters have; opt_parse adds them to the table. */
struct opt_common {
	bool plain;          /* -p: plain text out */
	bool quiet;          /* -q */
	int64_t level;       /* -z 0..9, -1: not given */
	int64_t threads;     /* >= 1 */
	uint64_t mem;        /* --mem in bytes, 0: no ceiling; at least OPT_MEM_MIN */
	int64_t expect_rows; /* -1: not given */
};
#define OPT_MEM_MIN ((uint64_t)96 << 20)

struct opt_page {
	const char *program;  /* "seg-rfm" */
	const char *summary;  /* one line: "turn transactions into customers" */
	const char *operands; /* "[FILE...]" */
	const struct opt *table;
	size_t n;
	const char *examples; /* lines shown at the end of --help, or NULL */
};

#define OPT_VERSION "1.0"

/*
 * Parses argv; fills the table's targets and *common.  --help and --version
 * print on standard output and exit 0.  Anything wrong dies with status 2 and
 * a message that names the option, as given, and its range:
 *
 *	seg-kmeans: option -k: not a whole number: "x"
 *	seg-kmeans: option --tol: -1 is not in 0..1
 *	seg-kmeans: unknown option --restart; did you mean --restarts?
 *
 * Returns the operands: argv + first; *n_operands of them ("-" when none).
 * Calls msg_set_quiet.
 */
char **opt_parse(const struct opt_page *page, struct opt_common *common, int argc, char **argv,
		 size_t *n_operands);

/* Whether the option with this long name was on the command line. */
bool opt_given(const struct opt_page *page, const char *name);

/*
 * The filter's line of provenance: "seg-rfm 1.0 --as-of 2011-12-10 ...": the
 * options flagged OPT_RESULT that were given, in table order, other bytes than
 * printable ASCII, blanks and backslashes inside a value as \xHH.  `extra`
 * (may be NULL) is appended after a blank: resolved values.  To be freed.
 */
char *opt_provenance(const struct opt_page *page, const char *extra);

/* Dies with status 2 when one of these long names, with blanks between them, was
 * on the command line: "option --NAME belongs to TO". */
void opt_refuse(const struct opt_page *page, const char *names, const char *to);

/* Dies with status 2: "program: TEXT".  For checks between options. */
_Noreturn void opt_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Splits one comma-separated text as OPT_LIST does and appends to the list. */
void opt_split(struct opt_list *list, const char *text);

#endif
