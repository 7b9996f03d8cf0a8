/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/inputs.h"
#include "stream/tsv_reader.h"
#include "value/date.h"
#include "value/num.h"

/* Stays in the second-level cache; grows for a longer line. */
#define BUFFER_BYTES ((size_t)256 << 10)

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

_Noreturn void tsv_reader_die_long(const struct tsv_reader *r)
{
	tsv_die(&r->in, -1, "a line of more than 1 GiB");
}

void tsv_reader_tick(struct tsv_reader *r)
{
	progress_tick(&r->progress, r->in.n_rows, r->bytes_before + gz_bytes_read(r->gz),
		      r->n_paths == 1 ? gz_bytes_total(r->gz) : 0);
}

/*
 * Makes room, reads once, indexes what came.  The unread bytes move to the
 * front; false at the verified end of the operand.
 */
static bool fill(struct tsv_reader *r)
{
	struct tsv_lines *l = &r->lines;
	size_t old_end, n;

	tsv_lines_shift(l);
	old_end = l->end;
	if (l->end == l->capacity) {
		if (l->capacity >= TSV_LINE_BYTES_MAX)
			tsv_reader_die_long(r);
		tsv_lines_room(l, 2 * l->capacity);
	}
	n = gz_read(r->gz, l->s + l->end, l->capacity - l->end);
	tsv_reader_tick(r);
	if (n == 0)
		return false;
	l->end += n;
	tsv_lines_index(l, old_end);
	return true;
}

static void check_end_of_operand(struct tsv_reader *r)
{
	if (r->lines.end == r->lines.pos)
		return;
	r->in.line++;
	tsv_die(&r->in, -1, "the last line does not end in LF: the input is cut off");
}

/* Splits the header line at pos into n fresh spans. */
static struct span *header_fields(struct tsv_reader *r, size_t *n)
{
	struct tsv_lines *l = &r->lines;
	struct span *f;
	size_t start = l->pos;

	r->in.line = 1;
	while ((*n = tsv_lines_fields(l)) == 0)
		if (!fill(r)) {
			if (l->end == l->pos)
				msg_die(MSG_FAILED, "%s: no header line", r->in.file);
			tsv_die(&r->in, -1, "the header line does not end in LF: the input is cut off");
		}
	if (tsv_lines_bad(l, *n))
		tsv_lines_die_bad(l, &r->in);
	f = mem_array(*n, sizeof *f);
	for (size_t i = 0; i < *n; i++) {
		size_t end = l->index[l->at + i];

		f[i].n = end - start;
		f[i].s = mem_copy(l->s + start, f[i].n);
		start = end + 1;
	}
	l->at += *n;
	l->pos = start;
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
	tsv_lines_empty(&r->lines);
}

static struct tsv_reader *open_reader(char *const *paths, size_t n_paths,
				      const struct tsv_open *how)
{
	struct tsv_reader *r = mem_zero(1, sizeof *r);

	r->in.reader = r;
	r->paths = paths;
	r->n_paths = n_paths;
	r->how = *how;
	tsv_lines_init(&r->lines, BUFFER_BYTES);
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

bool tsv_reader_next(struct tsv_reader *r)
{
	check_end_of_operand(r);
	r->bytes_before += gz_bytes_read(r->gz);
	gz_close(r->gz);
	r->gz = NULL;
	if (r->n_opened == r->n_paths)
		return at_end(r);
	open_operand(r);
	if (r->is_bare)
		r->in.line = 0;
	else
		same_columns(r);
	return true;
}

bool tsv_next(struct tsv_in *in)
{
	struct tsv_reader *r = in->reader;
	enum tsv_got got;

	if (!r->gz)
		return false;
	while ((got = tsv_lines_next(&r->lines, in)) == TSV_MORE)
		if (!fill(r) && !tsv_reader_next(r))
			return false;
	in->line++;
	if (got == TSV_FAULT)
		tsv_lines_die(&r->lines, in);
	in->n_rows++;
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
	tsv_lines_free(&r->lines);
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
