/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/progress.h"
#include "stream/gz.h"
#include "stream/inputs.h"
#include "stream/scan.h"
#include "stream/tsv.h"
#include "value/date.h"
#include "value/num.h"
#include "value/text.h"

/* Stays in the second-level cache; grows for a longer line. */
#define BUFFER_BYTES ((size_t)256 << 10)
#define LINE_BYTES_MAX ((size_t)1 << 30)

struct tsv_reader {
	struct tsv_in in;      /* what the user sees */
	char *const *paths;
	size_t n_paths, n_opened;
	struct tsv_open how;
	bool is_bare;          /* no header lines */
	struct gz_in *gz;
	char *provenance;
	struct progress progress;
	uint64_t bytes_before; /* compressed bytes of the operands already closed */

	char *buffer;
	size_t capacity, pos, end; /* the next record starts at pos; bytes up to end */
	uint32_t *index;           /* separators at and behind pos: index[at..n_index) */
	size_t at, n_index;
	bool special;              /* bytes behind pos want check_bytes */
	size_t bad;                /* offset of the first byte that is not allowed, or SIZE_MAX */
};

void tsv_die(const struct tsv_in *in, ptrdiff_t column, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (column >= 0)
		msg_die(MSG_FAILED, "%s:%llu: column %s: %s", in->file,
			(unsigned long long)in->line, in->text[column], text);
	msg_die(MSG_FAILED, "%s:%llu: %s", in->file, (unsigned long long)in->line, text);
}

_Noreturn void tsv_die_value(const struct tsv_in *in, size_t column, const char *text)
{
	char quoted[MSG_QUOTE_MAX];

	tsv_die(in, (ptrdiff_t)column, "%s %s",
		msg_quote(quoted, in->field[column].s, in->field[column].n), text);
}

char *tsv_place(const struct tsv_in *in, size_t column)
{
	char quoted[MSG_QUOTE_MAX];

	return mem_printf("%s:%llu: column %s: %s", in->file, (unsigned long long)in->line,
			  in->text[column],
			  msg_quote(quoted, in->field[column].s, in->field[column].n));
}

/* Offset of the first byte that seg-tsv(5) does not allow in s[0..n), or n:
 * a CR, a backslash that starts no escape, a byte that is not UTF-8. */
static size_t first_bad(const char *s, size_t n)
{
	const char *cr = n ? memchr(s, '\r', n) : NULL;
	const char *at = s, *b;

	n = cr ? (size_t)(cr - s) : n;
	n = text_utf8_prefix(s, n);
	while ((b = memchr(at, '\\', (size_t)(s + n - at))) != NULL) {
		if (b + 1 == s + n || !b[1] || !strchr("tnr\\", b[1]))
			return (size_t)(b - s);
		at = b + 2;
	}
	return n;
}

static _Noreturn void die_bad(struct tsv_reader *r)
{
	const char *s = r->buffer + r->bad;
	ptrdiff_t column = -1;

	if (r->in.name) {
		column = 0;
		for (size_t i = r->pos; i < r->bad; i++)
			column += r->buffer[i] == '\t';
		if ((size_t)column >= r->in.n_columns)
			column = -1;
	}
	if (*s == '\r' && s[1] == '\n')
		tsv_die(&r->in, -1, "carriage return at the end of the line; seg-clean repairs that");
	if (*s == '\r')
		tsv_die(&r->in, column, "carriage return inside a value; it is written \\r");
	if (*s == '\\')
		tsv_die(&r->in, column,
			"backslash that is none of \\t \\n \\r \\\\; a plain one is written \\\\");
	tsv_die(&r->in, column, "not valid UTF-8: byte 0x%02x", (unsigned char)*s);
}

/* Looks for bytes that are not allowed in the whole lines of the buffer. */
static void check_bytes(struct tsv_reader *r)
{
	size_t whole = r->end, n;

	if (!r->special)
		return;
	while (whole > 0 && r->buffer[whole - 1] != '\n')
		whole--;
	n = first_bad(r->buffer, whole);
	r->bad = n < whole ? n : SIZE_MAX;
	/* the line that is not complete yet is looked at with the next bytes */
	r->special = r->end > whole;
}

/*
 * Makes room, reads once, indexes what came.  The unread bytes move to the
 * front; false at the verified end of the operand.
 */
static bool fill(struct tsv_reader *r)
{
	size_t keep = r->end - r->pos, old_end, n;

	if (keep)
		memmove(r->buffer, r->buffer + r->pos, keep);
	memmove(r->index, r->index + r->at, (r->n_index - r->at) * sizeof *r->index);
	r->n_index -= r->at;
	for (size_t i = 0; i < r->n_index; i++)
		r->index[i] -= (uint32_t)r->pos;
	r->at = 0;
	r->pos = 0;
	r->end = old_end = keep;
	if (r->end == r->capacity) {
		if (r->capacity >= LINE_BYTES_MAX)
			tsv_die(&r->in, -1, "a line of more than 1 GiB");
		r->capacity *= 2;
		r->buffer = mem_resize(r->buffer, r->capacity + TSV_BEHIND, 1);
		r->index = mem_resize(r->index, r->capacity + SCAN_SLACK, sizeof *r->index);
	}
	n = gz_read(r->gz, r->buffer + r->end, r->capacity - r->end);
	progress_tick(&r->progress, r->in.n_rows, r->bytes_before + gz_bytes_read(r->gz),
		      r->n_paths == 1 ? gz_bytes_total(r->gz) : 0);
	if (n == 0)
		return false;
	r->end += n;
	r->n_index += scan_separators(r->buffer, old_end, r->end, r->index + r->n_index,
				      &r->special);
	check_bytes(r);
	return true;
}

/* A whole record of the right shape at pos?  Sets the fields. */
static bool take_record(struct tsv_reader *r)
{
	const uint32_t *separator = r->index + r->at;
	size_t n = r->in.n_columns, start = r->pos;
	char *s = r->buffer;

	if (r->n_index - r->at < n || s[separator[n - 1]] != '\n')
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t end = separator[i];

		if (i + 1 < n && s[end] != '\t')
			return false;
		r->in.field[i] = (struct span){ s + start, end - start };
		start = end + 1;
	}
	return true;
}

/* Fields of the line at pos, or 0 when its LF is not in the buffer yet. */
static size_t count_fields(const struct tsv_reader *r)
{
	for (size_t i = r->at; i < r->n_index; i++)
		if (r->buffer[r->index[i]] == '\n')
			return i - r->at + 1;
	return 0;
}

static void die_ragged(struct tsv_reader *r, size_t n)
{
	size_t end = r->index[r->at + n - 1];

	if (r->bad < end)
		die_bad(r);
	if (end == r->pos)
		tsv_die(&r->in, -1, "empty line; %zu fields expected", r->in.n_columns);
	tsv_die(&r->in, -1, "%zu field%s, %zu expected", n, n == 1 ? "" : "s", r->in.n_columns);
}

static void check_end_of_operand(struct tsv_reader *r)
{
	if (r->end == r->pos)
		return;
	r->in.line++;
	tsv_die(&r->in, -1, "the last line does not end in LF: the input is cut off");
}

/* Splits the header line at pos into n fresh spans. */
static struct span *header_fields(struct tsv_reader *r, size_t *n)
{
	struct span *f;
	size_t start = r->pos;

	r->in.line = 1;
	while ((*n = count_fields(r)) == 0)
		if (!fill(r)) {
			if (r->end == r->pos)
				msg_die(MSG_FAILED, "%s: no header line", r->in.file);
			tsv_die(&r->in, -1, "the header line does not end in LF: the input is cut off");
		}
	if (r->bad < r->index[r->at + *n - 1])
		die_bad(r);
	f = mem_array(*n, sizeof *f);
	for (size_t i = 0; i < *n; i++) {
		size_t end = r->index[r->at + i];

		f[i].n = end - start;
		f[i].s = mem_copy(r->buffer + start, f[i].n);
		start = end + 1;
	}
	r->at += *n;
	r->pos = start;
	return f;
}

static void check_names(struct tsv_in *in)
{
	char quoted[MSG_QUOTE_MAX];

	if (strncmp(in->text[0], "\xef\xbb\xbf", 3) == 0)
		tsv_die(in, -1, "a byte order mark before the header; seg-clean repairs that");
	for (size_t i = 0; i < in->n_columns; i++) {
		if (in->name[i].n == 0)
			tsv_die(in, -1, "column %zu has no name", i + 1);
		for (size_t j = 0; j < i; j++)
			if (span_equal(in->name[i], in->name[j]))
				tsv_die(in, -1, "columns %zu and %zu are both named %s", j + 1,
					i + 1, msg_quote(quoted, in->name[i].s, in->name[i].n));
	}
}

static void same_columns(struct tsv_reader *r)
{
	char got[MSG_QUOTE_MAX], want[MSG_QUOTE_MAX];
	struct tsv_in *in = &r->in;
	size_t n;
	struct span *f = header_fields(r, &n);

	for (size_t i = 0; i < n && i < in->n_columns; i++)
		if (!span_equal(f[i], in->name[i]))
			tsv_die(in, -1, "column %zu is %s, but %s in %s", i + 1,
				msg_quote(got, f[i].s, f[i].n),
				msg_quote(want, in->name[i].s, in->name[i].n), r->paths[0]);
	if (n != in->n_columns)
		tsv_die(in, -1, "%zu columns, but %zu in %s", n, in->n_columns, r->paths[0]);
	for (size_t i = 0; i < n; i++)
		free((char *)(uintptr_t)f[i].s);
	free(f);
}

static void open_operand(struct tsv_reader *r)
{
	r->gz = gz_open(r->paths[r->n_opened++], r->how.read_ahead);
	r->in.file = gz_name(r->gz);
	r->pos = r->end = r->at = r->n_index = 0;
	r->special = false;
	r->bad = SIZE_MAX;
}

static bool next_operand(struct tsv_reader *r)
{
	check_end_of_operand(r);
	r->bytes_before += gz_bytes_read(r->gz);
	gz_close(r->gz);
	r->gz = NULL;
	if (r->n_opened == r->n_paths)
		return false;
	open_operand(r);
	if (r->is_bare)
		r->in.line = 0;
	else
		same_columns(r);
	return true;
}

static struct tsv_reader *open_reader(char *const *paths, size_t n_paths,
				      const struct tsv_open *how)
{
	struct tsv_reader *r = mem_zero(1, sizeof *r);

	r->in.reader = r;
	r->paths = paths;
	r->n_paths = n_paths;
	r->how = *how;
	r->capacity = BUFFER_BYTES;
	r->buffer = mem_alloc(r->capacity + TSV_BEHIND);
	r->index = mem_array(r->capacity + SCAN_SLACK, sizeof *r->index);
	progress_start(&r->progress, how->progress);
	inputs_expect(paths, n_paths);
	open_operand(r);
	return r;
}

/* Once the names and the first bytes are there. */
static struct tsv_in *opened(struct tsv_reader *r)
{
	struct tsv_in *in = &r->in;

	in->text = mem_array(in->n_columns, sizeof *in->text);
	for (size_t i = 0; i < in->n_columns; i++)
		in->text[i] = in->name[i].s;
	in->field = mem_array(in->n_columns, sizeof *in->field);
	check_names(in);
	r->provenance = mem_copy(gz_provenance(r->gz), strlen(gz_provenance(r->gz)));
	return in;
}

struct tsv_in *tsv_open(char *const *paths, size_t n_paths, const struct tsv_open *how)
{
	struct tsv_reader *r = open_reader(paths, n_paths, how);

	r->in.name = header_fields(r, &r->in.n_columns);
	return opened(r);
}

struct tsv_in *tsv_open_bare(char *const *paths, size_t n_paths, const struct tsv_open *how,
			     char *const *columns, size_t n_columns)
{
	struct tsv_reader *r = open_reader(paths, n_paths, how);

	r->is_bare = true;
	r->in.n_columns = n_columns;
	r->in.name = mem_array(n_columns, sizeof *r->in.name);
	for (size_t i = 0; i < n_columns; i++) {
		size_t n = strlen(columns[i]);
		r->in.name[i] = (struct span){ mem_copy(columns[i], n), n };
	}
	fill(r);
	return opened(r);
}

static bool at_end(struct tsv_reader *r)
{
	progress_end(&r->progress);
	if (r->how.expect_rows >= 0 && r->in.n_rows != (uint64_t)r->how.expect_rows)
		msg_die(MSG_FAILED, "%s: %llu rows, --expect-rows says %lld", r->in.file,
			(unsigned long long)r->in.n_rows, (long long)r->how.expect_rows);
	return false;
}

bool tsv_next(struct tsv_in *in)
{
	struct tsv_reader *r = in->reader;

	if (!r->gz)
		return false;
	while (!take_record(r)) {
		size_t n = count_fields(r);

		if (n) {
			in->line++;
			die_ragged(r, n);
		}
		if (!fill(r) && !next_operand(r))
			return at_end(r);
	}
	in->line++;
	in->n_rows++;
	r->at += in->n_columns;
	if (r->bad < r->index[r->at - 1])
		die_bad(r);
	r->pos = (size_t)r->index[r->at - 1] + 1;
	return true;
}

const char *tsv_provenance(const struct tsv_in *in)
{
	return in->reader->provenance;
}

void tsv_close(struct tsv_in *in)
{
	struct tsv_reader *r = in->reader;

	if (r->gz)
		gz_close(r->gz);
	for (size_t i = 0; i < in->n_columns; i++)
		free((char *)(uintptr_t)in->text[i]);
	free(in->text);
	free(in->name);
	free(in->field);
	free(r->provenance);
	free(r->buffer);
	free(r->index);
	free(r);
}

ptrdiff_t tsv_column(const struct tsv_in *in, const char *name)
{
	for (size_t i = 0; i < in->n_columns; i++)
		if (strcmp(in->text[i], name) == 0)
			return (ptrdiff_t)i;
	return -1;
}

static _Noreturn void die_value(const struct tsv_in *in, size_t column, const char *what)
{
	char quoted[MSG_QUOTE_MAX];
	struct span f = in->field[column];

	if (f.n == 0)
		tsv_die(in, (ptrdiff_t)column, "missing value");
	tsv_die(in, (ptrdiff_t)column, "%s: %s", what, msg_quote(quoted, f.s, f.n));
}

double tsv_real(const struct tsv_in *in, size_t column)
{
	struct span f = in->field[column];
	double x = NAN;

	if (f.n && !num_parse(f.s, f.n, &x))
		die_value(in, column, "not a number");
	return x;
}

int64_t tsv_int(const struct tsv_in *in, size_t column)
{
	struct span f = in->field[column];
	int64_t v;

	if (!num_parse_int(f.s, f.n, &v))
		die_value(in, column, "not a whole number");
	return v;
}

dec_wide tsv_pico(const struct tsv_in *in, size_t column)
{
	uint64_t n_rounded = 0;
	dec_wide v = tsv_pico_near(in, column, &n_rounded);

	if (n_rounded)
		die_value(in, column, "more than 12 decimal places");
	return v;
}

dec_wide tsv_pico_near(const struct tsv_in *in, size_t column, uint64_t *n_rounded)
{
	struct span f = in->field[column];
	dec_wide v = 0;

	switch (dec_parse_pico(f.s, f.n, &v)) {
	case DEC_ROUNDED:
		++*n_rounded;
		return v;
	case DEC_OK:
		return v;
	case DEC_OVERFLOW:
		die_value(in, column, "number too large");
	case DEC_SYNTAX:
		break;
	}
	die_value(in, column, "not a number");
}

int64_t tsv_seconds(const struct tsv_in *in, size_t column)
{
	struct span f = in->field[column];
	int64_t seconds;

	if (!date_parse(f.s, f.n, &seconds, NULL))
		die_value(in, column, "not a date");
	return seconds;
}
