/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/gz.h"
#include "stream/side.h"
#include "stream/tsv.h"
#include "value/date.h"
#include "value/num.h"
#include "value/text.h"

/* Rows gather here and go to gz_write in large pieces. */
#define BUFFER_BYTES ((size_t)128 << 10)

struct tsv_out {
	struct gz_out *gz;
	struct side side;
	bool is_file, bare;
	size_t n_columns, n_put; /* of the header, of the open row */
	uint64_t n_rows;         /* rows ended, header included */
	char *buffer;
	size_t n, capacity;
};

static struct tsv_out *create(int fd, const char *name, const struct tsv_create *how)
{
	struct tsv_out *out = mem_zero(1, sizeof *out);
	enum gz_form form = gz_form_for(fd, how->plain, how->level);

	out->gz = gz_create(fd, name, form, (int)how->level, how->provenance);
	out->capacity = BUFFER_BYTES;
	out->buffer = mem_alloc(out->capacity);
	return out;
}

struct tsv_out *tsv_create(const struct tsv_create *how)
{
	return create(STDOUT_FILENO, "standard output", how);
}

struct tsv_out *tsv_create_bare(const struct tsv_create *how)
{
	struct tsv_out *out = tsv_create(how);

	out->bare = true;
	return out;
}

struct tsv_out *tsv_create_file(const char *path, const struct tsv_create *how)
{
	struct side side;
	struct tsv_out *out;

	side_open(&side, path);
	out = create(side.fd, side.path, how);
	out->side = side;
	out->is_file = true;
	return out;
}

char *tsv_chain(const char *input_provenance, const char *line)
{
	size_t n = strlen(input_provenance);

	return mem_printf("%s%s%s\n", input_provenance,
			  n && input_provenance[n - 1] != '\n' ? "\n" : "", line);
}

/* Room for n more bytes of the open row. */
static char *room(struct tsv_out *out, size_t n)
{
	if (out->capacity - out->n < n) {
		while (out->capacity - out->n < n)
			out->capacity *= 2;
		out->buffer = mem_resize(out->buffer, out->capacity, 1);
	}
	return out->buffer + out->n;
}

/* Starts a field: the TAB before it, then room for n bytes. */
static char *field(struct tsv_out *out, size_t n)
{
	char *t = room(out, n + 2);

	if (out->n_put++) {
		*t++ = '\t';
		out->n++;
	}
	return t;
}

void tsv_put(struct tsv_out *out, const char *s, size_t n)
{
	char *t = field(out, n);

	if (n)
		memcpy(t, s, n);
	out->n += n;
}

void tsv_put_span(struct tsv_out *out, struct span raw)
{
	tsv_put(out, raw.s, raw.n);
}

void tsv_put_record(struct tsv_out *out, const struct tsv_in *in)
{
	const struct span *first = in->field, *last = in->field + in->n_columns - 1;

	tsv_put(out, first->s, (size_t)(last->s + last->n - first->s));
	out->n_put += in->n_columns - 1;
}

void tsv_put_text(struct tsv_out *out, const char *s)
{
	size_t n = strlen(s);
	char *t = field(out, 2 * n);

	out->n += text_escape(t, s, n);
}

void tsv_put_missing(struct tsv_out *out)
{
	field(out, 0);
}

void tsv_put_real(struct tsv_out *out, double x)
{
	char *t = field(out, NUM_MAX);

	if (!isnan(x))
		out->n += num_print(t, x);
}

void tsv_put_int(struct tsv_out *out, int64_t v)
{
	char *t = field(out, NUM_MAX);

	out->n += num_print_int(t, v);
}

void tsv_put_micro(struct tsv_out *out, int64_t micro)
{
	char *t = field(out, DEC_MAX);

	out->n += dec_print_micro(t, micro);
}

void tsv_put_pico(struct tsv_out *out, dec_wide pico)
{
	char *t = field(out, DEC_MAX);

	out->n += dec_print_pico(t, pico);
}

void tsv_put_days(struct tsv_out *out, int64_t days)
{
	char *t = field(out, DATE_MAX);

	out->n += date_print_days(t, days);
}

static void hand_over(struct tsv_out *out)
{
	gz_write(out->gz, out->buffer, out->n);
	out->n = 0;
}

void tsv_put_fields(struct tsv_out *out, struct span text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *tab = text.n ? memchr(text.s, '\t', text.n) : NULL;
		size_t length = tab ? (size_t)(tab - text.s) : text.n;
		tsv_put(out, text.n ? text.s : "", length);
		if (tab)
			text = (struct span){ tab + 1, text.n - length - 1 };
	}
}

void tsv_end_row(struct tsv_out *out)
{
	*room(out, 1) = '\n';
	out->n++;
	if (out->n_rows++ == 0) {
		out->n_columns = out->n_put;
		if (out->bare)
			out->n = 0;
		hand_over(out);
		gz_flush(out->gz);
	} else if (out->n_put != out->n_columns) {
		msg_die(MSG_FAILED, "row %llu has %zu fields, the header %zu (a fault of %s)",
			(unsigned long long)out->n_rows - 1, out->n_put, out->n_columns,
			msg_program());
	}
	out->n_put = 0;
	if (out->n >= BUFFER_BYTES / 2)
		hand_over(out);
}

void tsv_put_rows(struct tsv_out *out, const char *s, size_t n, uint64_t n_rows)
{
	if (n < BUFFER_BYTES / 2) { /* few and short ones gather first */
		if (out->n + n > BUFFER_BYTES)
			hand_over(out);
		if (n)
			memcpy(room(out, n), s, n);
		out->n += n;
	} else {
		hand_over(out);
		gz_write(out->gz, s, n);
	}
	out->n_rows += n_rows;
}

uint64_t tsv_rows(const struct tsv_out *out)
{
	return out->n_rows ? out->n_rows - 1 : 0;
}

void tsv_finish(struct tsv_out *out)
{
	hand_over(out);
	gz_finish(out->gz);
	if (out->is_file)
		side_close(&out->side);
	else if (close(STDOUT_FILENO) != 0)
		msg_die(MSG_FAILED, "standard output: cannot be closed");
	free(out->buffer);
	free(out);
}
