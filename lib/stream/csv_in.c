/* SPDX-License-Identifier: MIT */
#include "stream/csv_in.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/csv_magic.h"
#include "stream/gz.h"
#include "stream/inputs.h"

/* The delimiter is guessed on so many bytes, whatever the reads give. */
#define SAMPLE ((size_t)64 << 10)

/* A record is at most so many times as long as a quoted field may be. */
#define RECORD_FIELDS 16

struct csv_in {
	char *const *path;
	size_t n_paths, i_path;
	struct csv_open how;
	struct csv_source *source, *sources; /* current one; all, newest first */
	struct gz_in *gz;
	bool gz_end;          /* of the current operand */
	iconv_t to_utf8;      /* (iconv_t)0: none */
	char raw[4096];       /* bytes before transcoding */
	size_t n_raw;
	char *carry;          /* bytes read and not yet handed out: n_carry from `from` on */
	size_t from, n_carry, room;
	struct csv_stuck stuck; /* counted from `from` on */
};

static void need(struct csv_in *in, size_t room)
{
	if (in->from > 0 && in->from + room + CSV_SLACK > in->room) {
		memmove(in->carry, in->carry + in->from, in->n_carry);
		in->from = 0;
	}
	if (room + CSV_SLACK > in->room) {
		in->room = 2 * room + CSV_SLACK;
		in->carry = mem_resize(in->carry, in->room, 1);
	}
}

static void bad_encoding(const struct csv_in *in)
{
	msg_die(MSG_FAILED, "%s: not valid %s", gz_name(in->gz),
		in->how.encoding ? in->how.encoding : "UTF-16");
}

/* Transcodes what raw holds to `to`; an unfinished sequence stays in raw. */
static size_t transcode(struct csv_in *in, char *to, size_t room)
{
	char *from = in->raw, *p = to;
	size_t left = in->n_raw;
	if (iconv(in->to_utf8, &from, &left, &p, &room) == (size_t)-1 && errno == EILSEQ)
		bad_encoding(in);
	memmove(in->raw, from, left);
	in->n_raw = left;
	return (size_t)(p - to);
}

/* Some bytes of the current operand into `to`; 0 at its end. */
static size_t some(struct csv_in *in, char *to, size_t room)
{
	if (!in->to_utf8)
		return gz_read(in->gz, to, room);
	for (;;) {
		size_t n = gz_read(in->gz, in->raw + in->n_raw, sizeof in->raw - in->n_raw);
		bool end = n == 0;
		in->n_raw += n;
		n = transcode(in, to, room);
		if (n > 0)
			return n;
		if (end && in->n_raw > 0)
			bad_encoding(in);
		if (end)
			return 0;
	}
}

/* Reads until `size` bytes are carried or the operand ends. */
static void fill(struct csv_in *in, size_t size)
{
	need(in, size);
	while (in->n_carry < size && !in->gz_end) {
		size_t n = some(in, in->carry + in->from + in->n_carry, size - in->n_carry);
		in->n_carry += n;
		in->gz_end = n == 0;
	}
}

static void drop_carry(struct csv_in *in, size_t n)
{
	in->n_carry -= n;
	in->from += n;
	csv_stuck_move(&in->stuck, n);
}

static void use_iconv(struct csv_in *in, const char *encoding)
{
	in->to_utf8 = iconv_open("UTF-8", encoding);
	if (in->to_utf8 == (iconv_t)-1)
		msg_die(MSG_USAGE, "option --encoding: unknown encoding \"%s\"", encoding);
}

/* What cannot be CSV is not made to look like it. */
static void refuse_other_files(struct csv_in *in)
{
	fill(in, CSV_MAGIC);
	const char *s = in->carry + in->from;
	const char *what = csv_magic(s, in->n_carry);
	const char *encoding = in->how.encoding || what ? NULL : csv_bare_utf16(s, in->n_carry);
	if (what)
		msg_die(MSG_FAILED, "%s: %s", in->source->name, what);
	if (encoding && memcmp(s, "\xff\xfe", 2) != 0 && memcmp(s, "\xfe\xff", 2) != 0)
		msg_die(MSG_FAILED, "%s: UTF-16 without a byte order mark, by the looks of it; say --encoding %s",
			in->source->name, encoding);
}

static void detect_encoding(struct csv_in *in)
{
	const char *encoding = in->how.encoding;
	refuse_other_files(in);
	if (in->n_carry >= 2 && (memcmp(in->carry, "\xff\xfe", 2) == 0 ||
				 memcmp(in->carry, "\xfe\xff", 2) == 0))
		encoding = "UTF-16";
	if (encoding) {
		use_iconv(in, encoding);
		memcpy(in->raw, in->carry, in->n_carry);
		in->n_raw = in->n_carry;
		in->n_carry = 0;
		in->gz_end = false;
	}
	fill(in, 3);
	if (in->n_carry >= 3 && memcmp(in->carry + in->from, "\xef\xbb\xbf", 3) == 0)
		drop_carry(in, 3);
}

/* A record that does not end must not take all memory. */
static void check_size(const struct csv_in *in, size_t size)
{
	size_t most = RECORD_FIELDS * in->how.max_field;
	if (in->n_carry >= size && in->n_carry > most)
		msg_die(MSG_FAILED, "%s: a record of more than %zu bytes", in->source->name, most);
}

static void keep_header(struct csv_source *s, const struct csv_records *r)
{
	size_t n = r->record.n;
	for (size_t i = 0; i < r->n_fields; i++)
		n += r->field[i].n;
	char *p = mem_alloc(n + 1);
	s->header = (struct span){ p, r->record.n };
	memcpy(p, r->record.s, r->record.n);
	p += r->record.n;
	s->column = mem_array(r->n_fields, sizeof *s->column);
	s->n_columns = r->n_fields;
	for (size_t i = 0; i < r->n_fields; i++) {
		s->column[i] = (struct span){ p, r->field[i].n };
		memcpy(p, r->field[i].s, r->field[i].n);
		p += r->field[i].n;
	}
}

/* Fixed-width columns have their names from the user: no line is a header. */
static void fixed_header(struct csv_in *in)
{
	const struct csv_fixed *f = in->how.fixed;
	struct csv_source *s = in->source;
	s->dialect = (struct csv_dialect){ ',', in->how.quote, f };
	s->header = (struct span){ mem_copy("", 0), 0 };
	s->column = mem_array(f->n, sizeof *s->column);
	s->n_columns = f->n;
	for (size_t i = 0; i < f->n; i++)
		s->column[i] = f->column[i].name;
	s->header_line = s->first_line = 1;
}

/*
 * "sep=;" alone in the first line, which tells Excel the delimiter and is no
 * header: taken off.  Returns the delimiter, or 0: there is no such line.
 */
static char take_sep_line(struct csv_in *in)
{
	const char *s = in->carry, *end = s + in->n_carry;
	bool quoted = s < end && *s == in->how.quote;
	s += quoted;
	if (end - s < 6 || strncasecmp(s, "sep=", 4) != 0)
		return 0;
	char c = s[4];
	s += 5;
	if (quoted && *s++ != in->how.quote)
		return 0;
	if (s == end || (*s != '\r' && *s != '\n') || c == '\r' || c == '\n' || c == in->how.quote)
		return 0;
	s += *s == '\r' && s + 1 < end && s[1] == '\n' ? 2 : 1;
	drop_carry(in, (size_t)(s - in->carry));
	return c;
}

static void read_header(struct csv_in *in)
{
	struct csv_source *s = in->source;
	struct csv_records r = { 0 };
	size_t length, size = SAMPLE;
	enum csv_cut cut;
	fill(in, size);
	s->dialect.quote = in->how.quote;
	char sep = take_sep_line(in);
	s->dialect.delimiter = in->how.delimiter ? in->how.delimiter : sep;
	if (!s->dialect.delimiter)
		s->dialect.delimiter = csv_guess_delimiter(in->carry + in->from, in->n_carry, in->gz_end, in->how.quote);
	while ((cut = csv_cut(in->carry + in->from, in->n_carry, in->gz_end, &s->dialect, in->how.max_field,
			      &in->stuck, &length)) == CSV_CUT_MORE && !in->gz_end) {
		check_size(in, size);
		fill(in, size *= 2);
	}
	if (cut == CSV_CUT_UNCLOSED || cut == CSV_CUT_STRAY)
		msg_die(MSG_FAILED, "%s:%d: the header has a quoted field that does not close", s->name, sep ? 2 : 1);
	csv_begin(&r, in->carry + in->from, length, &s->dialect);
	if (cut == CSV_CUT_MORE || !csv_next(&r))
		msg_die(MSG_FAILED, "%s: no header line", s->name);
	keep_header(s, &r);
	s->header_line = (sep ? 2u : 1u) + r.line;
	s->first_line = (sep ? 2u : 1u) + r.n_lines;
	drop_carry(in, (size_t)(r.next - (in->carry + in->from)));
	csv_records_free(&r);
}

static void open_source(struct csv_in *in)
{
	in->gz = gz_open(in->path[in->i_path++], false); /* the threads that ask for blocks inflate in turn */
	in->gz_end = false;
	in->from = in->n_carry = in->n_raw = 0;
	in->stuck = (struct csv_stuck){ 0, 0 };
	struct csv_source *s = mem_zero(1, sizeof *s);
	s->name = mem_copy(gz_name(in->gz), strlen(gz_name(in->gz)));
	s->next = in->sources;
	in->source = in->sources = s;
	detect_encoding(in);
	if (in->how.fixed)
		fixed_header(in);
	else
		read_header(in);
}

static void close_source(struct csv_in *in)
{
	gz_close(in->gz);
	in->gz = NULL;
	if (in->to_utf8)
		iconv_close(in->to_utf8);
	in->to_utf8 = (iconv_t)0;
}

struct csv_in *csv_open(char *const *paths, size_t n_paths, const struct csv_open *how)
{
	struct csv_in *in = mem_zero(1, sizeof *in);
	in->path = paths;
	in->n_paths = n_paths;
	in->how = *how;
	inputs_expect(paths, n_paths);
	open_source(in);
	return in;
}

const struct csv_source *csv_source(const struct csv_in *in)
{
	return in->source;
}

static void make_room(struct csv_block *b, size_t n)
{
	if (n + CSV_SLACK > b->room) {
		b->room = 2 * (n + CSV_SLACK);
		b->s = mem_resize(b->s, b->room, 1);
	}
}

/* The first n bytes carried: a few are copied, else the block takes the buffer and the rest is. */
static void hand_out(struct csv_in *in, struct csv_block *b, size_t n)
{
	size_t rest = in->n_carry - n;
	b->n = n;
	if (n < rest || in->from > 0) {
		make_room(b, n);
		memcpy(b->s, in->carry + in->from, n);
		drop_carry(in, n);
		return;
	}
	make_room(b, rest);
	memcpy(b->s, in->carry + n, rest);
	char *s = b->s;
	size_t room = b->room;
	b->s = in->carry;
	b->room = in->room;
	in->carry = s;
	in->room = room;
	in->n_carry = rest;
	csv_stuck_move(&in->stuck, n);
}

bool csv_block(struct csv_in *in, struct csv_block *b, size_t size)
{
	size_t length;
	for (;;) {
		fill(in, size);
		if (in->n_carry == 0) {
			if (in->i_path == in->n_paths)
				return false;
			close_source(in);
			open_source(in);
			continue;
		}
		b->kind = csv_cut(in->carry + in->from, in->n_carry, in->gz_end, &in->source->dialect,
				  in->how.max_field, &in->stuck, &length);
		if (b->kind != CSV_CUT_MORE)
			break;
		check_size(in, size);
		size = 2 * (in->n_carry > size ? in->n_carry : size);
	}
	b->source = in->source;
	hand_out(in, b, length);
	return true;
}

void csv_block_free(struct csv_block *b)
{
	free(b->s);
	b->s = NULL;
	b->n = b->room = 0;
}

/* How a block lies on a tape, before its bytes. */
struct kept {
	const struct csv_source *source;
	enum csv_cut kind;
	size_t n;
};

void csv_block_keep(struct tape *tape, const struct csv_block *b)
{
	struct kept head = { b->source, b->kind, b->n };
	tape_put(tape, &head, sizeof head);
	tape_put(tape, b->s, b->n);
}

bool csv_block_back(struct tape *tape, struct csv_block *b)
{
	struct kept head;
	if (tape_left(tape) == 0)
		return false;
	tape_get(tape, &head, sizeof head);
	b->source = head.source;
	b->kind = head.kind;
	b->n = head.n;
	make_room(b, b->n);
	tape_get(tape, b->s, b->n);
	if (tape_left(tape) == 0)
		tape_free(tape);
	return true;
}

uint64_t csv_bytes_read(const struct csv_in *in)
{
	return in->gz ? gz_bytes_read(in->gz) : 0;
}

uint64_t csv_bytes_total(const struct csv_in *in)
{
	return in->gz ? gz_bytes_total(in->gz) : 0;
}

void csv_close(struct csv_in *in)
{
	close_source(in);
	for (struct csv_source *s = in->sources, *next; s; s = next) {
		next = s->next;
		free((char *)(uintptr_t)s->header.s);
		free((char *)(uintptr_t)s->name);
		free(s->column);
		free(s);
	}
	free(in->carry);
	free(in);
}
