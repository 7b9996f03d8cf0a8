/* SPDX-License-Identifier: MIT */
/*
 * Streams in blocks: for any number of threads, any size of the blocks and any
 * kind of file, records come as tsv_next gives them, and of several faults the
 * first is reported, in the words of tsv_next.
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/msg.h"
#include "stream/tsv_blocks.h"
#include "tests/unit/tap.h"
#include "value/hash.h"
#include "value/num.h"
#include "value/num_column.h"
#include "value/rng.h"

#define FILES 3
#define STREAM_MAX 40000
#define COLUMNS 3
#define NUMBER 1 /* the column of numbers */

static char folder[] = "/tmp/seg-blocks.XXXXXX";
static char path[FILES][64], said[64];

static uint64_t below(uint64_t n, uint64_t index, uint32_t draw)
{
	return rng_below(n, 11, RNG_TEST, index, draw);
}

/* Text of one operand: rows of name, number, name; in about half of them one of the
 * faults a stream can have. */
static size_t make_text(char *to, uint64_t t, size_t *n_bad)
{
	static const char *const fault[] = { "a\tx1\tb\n", "a\t1\n", "a\t1\tb\tc\n", "\n", "a\t1\tb\r\n",
					     "a\\x\t1\tb\n", "a\t1.2.3\t\xff\n", "a\t\\\t\xff\n" };
	static const int length[] = { 0, 1, 2, 3, 5, 7, 8 }; /* no character or escape is cut */
	size_t n_rows = below(t % 5 == 0 ? 2 : 700, t, 0), n = 0;

	n += (size_t)sprintf(to, "%s", below(40, t, 1) ? "p\tq\tr\n" : "p\tr\tq\n");
	for (size_t i = 0; i < n_rows; i++) {
		uint64_t at = t << 20 | i;
		if (below(2500, at, 0) == 0) {
			n += (size_t)sprintf(to + n, "%s", fault[below(8, at, 1)]);
			++*n_bad;
		}
		n += (size_t)sprintf(to + n, "%.*s\t", length[below(7, at, 2)], "nam\xc3\xa9\\\\s");
		if (below(20, at, 3))
			n += (size_t)sprintf(to + n, "%.*f", (int)below(5, at, 4),
					     (double)below(2000000, at, 5) / 100 - 8000);
		n += (size_t)sprintf(to + n, "\t%.*s\n", (int)below(30, at, 6),
				     "012345678901234567890123456789");
	}
	return n - (below(25, t, 2) == 0 && n > 6); /* without the last LF */
}

/* As plain text, one gzip member, many, or one that is cut off. */
static void write_file(const char *name, const char *text, size_t n, uint64_t t)
{
	unsigned kind = (unsigned)below(13, t, 3);
	char command[400];
	FILE *f = fopen(name, "w");

	fwrite(text, 1, n, f);
	fclose(f);
	if (kind < 4)
		return;
	if (kind < 8)
		sprintf(command, "gzip -c %s > %s.z && mv %s.z %s", name, name, name, name);
	else if (kind < 12)
		sprintf(command, "split -b %llu %s %s. && for f in %s.*; do gzip -c $f; done > %s && rm %s.*",
			(unsigned long long)(200 + below(9000, t, 4)), name, name, name, name, name);
	else
		sprintf(command, "gzip -c %s | head -c %zu > %s.z && mv %s.z %s", name, n / 5 + 20, name,
			name, name);
	if (system(command) != 0)
		exit(1);
}

/* What of a record is looked at: a hash over all, in order. */
struct digest {
	uint64_t hash, n;
};

static void add(struct digest *d, const struct span *field, double x, uint64_t line, const char *file)
{
	char all[200];
	size_t n = 0;

	for (size_t j = 0; j < COLUMNS; j++)
		n += (size_t)sprintf(all + n, "%.*s|", (int)field[j].n, field[j].s);
	n += (size_t)sprintf(all + n, "%a|%llu|%s|%llu", x, (unsigned long long)line, file,
			     (unsigned long long)d->hash);
	d->hash = hash_64(all, n);
	d->n++;
}

/* A block's records as a thread leaves them. */
struct rows {
	size_t n, room;
	struct span *field;
	double *x;
	bool *good;
};

struct how {
	struct digest digest;
	bool by_column;
};

static void look(void *ctx, void *slot, struct tsv_block *b)
{
	struct rows *r = slot;
	const struct how *how = ctx;
	size_t n_empty = 0;

	r->n = 0;
	if (b->n_lines > r->room) {
		r->room = b->n_lines;
		r->field = realloc(r->field, r->room * COLUMNS * sizeof *r->field);
		r->x = realloc(r->x, r->room * sizeof *r->x);
		r->good = realloc(r->good, r->room * sizeof *r->good);
	}
	if (how->by_column && tsv_block_whole(b) &&
	    num_column(b->s, b->place + NUMBER, COLUMNS, b->n_lines, r->x, &n_empty) == b->n_lines) {
		for (size_t i = 0; i < b->n_lines * COLUMNS; i++)
			r->field[i] = tsv_block_cell(b, i / COLUMNS, i % COLUMNS);
		memset(r->good, true, b->n_lines);
		r->n = b->n_lines;
		tsv_block_pass(b);
	}
	for (; !how->by_column && tsv_block_next(b); r->n++) {
		struct span f = b->record.field[NUMBER];
		r->x[r->n] = (double)NAN;
		memcpy(r->field + r->n * COLUMNS, b->record.field, COLUMNS * sizeof *r->field);
		r->good[r->n] = f.n == 0 || num_parse(f.s, f.n, &r->x[r->n]);
	}
}

static void take(void *ctx, void *slot, struct tsv_block *b)
{
	struct how *how = ctx;
	const struct rows *r = slot;

	for (size_t i = 0; i < r->n; i++) {
		b->record.line = b->first_line + i;
		memcpy(b->record.field, r->field + i * COLUMNS, COLUMNS * sizeof *r->field);
		add(&how->digest, b->record.field, r->good[i] ? r->x[i] : tsv_real(&b->record, NUMBER),
		    b->record.line, b->record.file);
	}
	while (tsv_block_next(b))
		add(&how->digest, b->record.field, tsv_real(&b->record, NUMBER), b->record.line,
		    b->record.file);
}

/* Reads all in a process of its own; what it says and finds goes to *text. */
static size_t outcome(size_t n_files, int threads, size_t block_bytes, bool by_column, char *text)
{
	pid_t pid = fork();
	int status, fd;
	ssize_t n;

	if (pid == 0) {
		struct tsv_open open_how = { .expect_rows = -1, .read_ahead = threads > 1 };
		char *paths[FILES] = { path[0], path[1], path[2] };
		struct how how = { .by_column = by_column };
		struct tsv_in *in;

		if (!freopen(said, "w", stderr))
			_exit(99);
		in = tsv_open(paths, n_files, &open_how);
		if (threads) {
			struct rows *rows = calloc(tsv_blocks_slots((size_t)threads), sizeof *rows);
			const struct tsv_blocks blocks = { &how, look, take, block_bytes };
			tsv_blocks_run(in, &blocks, rows, sizeof *rows, (size_t)threads);
		} else {
			while (tsv_next(in))
				add(&how.digest, in->field, tsv_real(in, NUMBER), in->line, in->file);
		}
		fprintf(stderr, "%llu rows, %llu, line %llu, hash %llx\n",
			(unsigned long long)how.digest.n, (unsigned long long)in->n_rows,
			(unsigned long long)in->line, (unsigned long long)how.digest.hash);
		fflush(stderr);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	fd = open(said, O_RDONLY);
	n = read(fd, text, 400);
	close(fd);
	return (size_t)n + (size_t)sprintf(text + n, "status %d", WEXITSTATUS(status));
}

int main(void)
{
	static const int threads[] = { 1, 2, 3, 7 };
	static const size_t bytes[] = { 1, 64, 1000, 0 };
	static char text[STREAM_MAX], want[500], got[500];
	size_t n_faulty = 0, n_fine = 0, n_bad = 0;

	msg_init("blocks");
	if (!mkdtemp(folder))
		return 1;
	sprintf(said, "%s/said", folder);
	for (uint64_t t = 0; t < 60; t++) {
		size_t n_files = 1 + below(FILES, t, 50), faults = 0;
		bool same = true;
		for (size_t i = 0; i < n_files; i++) {
			sprintf(path[i], "%s/%zu", folder, i);
			write_file(path[i], text, make_text(text, t << 8 | i, &faults), t << 8 | i);
		}
		size_t n = outcome(n_files, 0, 0, false, want);
		for (size_t k = 0; k < 4; k++) {
			size_t m = outcome(n_files, threads[k], bytes[(k + t) % 4], (k + t / 4) % 2, got);
			if (m == n && memcmp(want, got, n) == 0)
				continue;
			same = false;
			printf("# %d threads, blocks of %zu: %s\n", threads[k], bytes[(k + t) % 4], got);
		}
		*(strstr(want, "status 0") ? &n_fine : &n_faulty) += 1;
		n_bad += !same;
		if (!same)
			printf("# stream %llu: %s\n", (unsigned long long)t, want);
	}
	tap_ok(n_bad == 0 && n_faulty > 10 && n_fine > 10,
	       "%zu streams with faults and %zu without come as tsv_next gives them", n_faulty, n_fine);
	sprintf(text, "rm -r %s", folder);
	return system(text) != 0 || tap_done();
}
