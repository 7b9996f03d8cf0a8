/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CLEAN_CELL_H
#define MODEL_CLEAN_CELL_H

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "model/clean.h"
#include "value/date.h"

/* One cell after another: shared by the .c files of model/clean. */

enum clean_state { CLEAN_OK, CLEAN_MISSING, CLEAN_BAD };

struct clean_number {
	enum clean_state state;
	bool as_is;         /* text is already how the number is written */
	bool point;         /* of a number as_is or nearly so: text has a decimal point */
	int64_t micro;
	struct span text;
};

/* The last text of a date column and what became of it: dates come in runs. */
struct clean_last {
	char text[32], out[DATE_MAX];
	size_t n_text, n_out;
};

struct clean_row {
	const struct clean_plan *plan;
	uint64_t line;             /* from 1 in the block */
	struct span record;
	enum { RECORD_UNKNOWN, RECORD_UTF8, RECORD_1252 } encoding;
	enum clean_reason why;     /* when a cell function returned NULL */
	unsigned repaired;         /* bit by enum clean_repair */
	uint16_t repair[CLEAN_REPAIRS];
	struct clean_number quantity, price, amount;
	struct clean_last *last;   /* [n_columns] */
	struct clean_ledger *ledger;
	size_t odd_column;         /* of the first value that is kept though it does not fit, */
	struct span odd;           /* and that */
	struct clean_marks *marks; /* [n_columns] */
	bool marked;
};

/* Marks the first place of a kind, with the value at fault. */
static inline void clean_mark(struct clean_place *at, uint64_t line, struct span value)
{
	size_t n = value.n < sizeof at->value ? value.n : sizeof at->value - 1;
	if (at->line > 0)
		return;
	at->line = line;
	if (n > 0)
		memcpy(at->value, value.s, n);
	at->value[n] = '\0';
}

static inline void clean_note(struct clean_row *row, enum clean_repair kind)
{
	row->repaired |= 1u << kind;
	row->repair[kind]++;
}

/* The value stays as it is. */
static inline void clean_note_odd(struct clean_row *row, size_t column, struct span value)
{
	if (row->repair[CLEAN_AS_TEXT] == 0) {
		row->odd_column = column;
		row->odd = value;
	}
	clean_note(row, CLEAN_AS_TEXT);
}

static inline void clean_forget_repairs(struct clean_row *row)
{
	if (row->repaired)
		memset(row->repair, 0, sizeof row->repair);
	row->repaired = 0;
}

/* Bytes that a cell of n bytes may need behind `to` while it is written. */
#define CLEAN_CELL_ROOM(n) (6 * (n) + 64)

/*
 * Writes the cell, escaped, to `to`; returns the end, or NULL with row->why
 * set.  CSV_SLACK bytes are readable behind the field.
 */
char *clean_put_text(struct clean_row *row, struct span f, char *to);
char *clean_put_id(struct clean_row *row, const struct clean_column *c, struct span f, char *to);
char *clean_put_number(struct clean_row *row, size_t column, struct span f, char *to);
/* A date, trimmed, in one of the column's formats. */
bool clean_read_date(const struct clean_column *c, struct span f, int64_t *seconds, bool *has_time);
char *clean_put_date(struct clean_row *row, size_t column, struct span f, char *to);

/* A date without need of repair: what becomes of it, in *last.  False: it is something else. */
bool clean_date_plain(const struct clean_column *c, struct span f, struct clean_last *last);

/* "2.46E+04": digits that a spreadsheet threw away. */
bool clean_is_spreadsheet(struct span f);

/* A quantity, price or amount as it is parsed; repairs are noted. */
void clean_parse_number(struct clean_row *row, size_t column, struct span f, struct clean_number *x);
char *clean_put_parsed(const struct clean_number *x, char *to);
char *clean_put_pico(dec_wide pico, char *to);

/*
 * A number in the grammar of value/num.h out of one with a currency sign,
 * thousands, brackets or a decimal comma: "$84,835.00 " gives 84835.00.
 * Returns its length, at most CLEAN_PLAIN, or 0.
 */
#define CLEAN_PLAIN 64
size_t clean_plain_number(char to[CLEAN_PLAIN], struct span f, char decimal);

/*
 * The decimal mark.  Which of the two a trimmed, not empty value is a number
 * with; *differ: with both, and not the same.
 */
enum { CLEAN_POINT = 1, CLEAN_COMMA = 2 };
unsigned clean_decimal_readings(struct span f, bool *differ);

/* The proof of one column's mark, on its values from the first on. */
struct clean_decimal {
	unsigned alive;         /* CLEAN_POINT, CLEAN_COMMA or both */
	bool differs;           /* on some value, if both are */
	struct clean_place by;  /* the value that refuted one */
};
void clean_decimal_begin(struct clean_decimal *d, const struct clean_column *c);

/* False: no number with a mark that is left. */
bool clean_decimal_look(struct clean_decimal *d, struct span f, const char *file, uint64_t line);

/* Over all columns: whether to go on; what follows for the plan. */
bool clean_decimal_open(const struct clean_plan *p, const struct clean_decimal **d);
void clean_decimal_settle(struct clean_plan *p, const struct clean_decimal **d);

/*
 * Whoever parses a number marks it, trimmed: in a column with decimal_open
 * every value that holds a point or a comma; in others one that the column's
 * mark does not give, and if the type was inferred one with three digits
 * behind a point or a comma.
 */
void clean_decimal_mark(struct clean_row *row, size_t column, struct span f);
int clean_marks_begin(struct clean_result *to, size_t n_columns); /* -1: no memory */

bool clean_is_number_type(enum clean_type t);

/* Whether f, trimmed and not empty, stands for a missing value in a column that is no text. */
bool clean_is_token(const struct clean_plan *p, struct span f);

/*
 * Whether a record repeats the header, as it does where files are put one
 * behind the other: byte for byte, but for the mark that some begin with.
 */
static inline bool clean_is_header(const struct clean_map *m, struct span record)
{
	if (record.n == m->header.n + 3 && memcmp(record.s, "\xef\xbb\xbf", 3) == 0) {
		record.s += 3;
		record.n -= 3;
	}
	return record.n == m->header.n && span_equal(record, m->header);
}

/* Without blanks at the edges. */
static inline bool clean_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline struct span clean_trim(struct span f)
{
	while (f.n > 0 && clean_blank(f.s[0])) {
		f.s++;
		f.n--;
	}
	while (f.n > 0 && clean_blank(f.s[f.n - 1]))
		f.n--;
	return f;
}

/* Equality of n <= 32 bytes; 32 are readable at both. */
static inline bool clean_same(const char *a, const char *b, size_t n)
{
#if defined(__SSE2__)
	const __m128i *p = (const __m128i *)(const void *)a, *q = (const __m128i *)(const void *)b;
	__m128i x = _mm_cmpeq_epi8(_mm_loadu_si128(p), _mm_loadu_si128(q));
	__m128i y = _mm_cmpeq_epi8(_mm_loadu_si128(p + 1), _mm_loadu_si128(q + 1));
	uint64_t equal = (unsigned)_mm_movemask_epi8(x) | (uint64_t)(unsigned)_mm_movemask_epi8(y) << 16;
	return (~equal & (((uint64_t)1 << n) - 1)) == 0;
#else
	return memcmp(a, b, n) == 0;
#endif
}

#endif
