/* SPDX-License-Identifier: MIT */
/*
 * Streams of random shape: what is put is what is taken, for rows of any
 * length, plain and gzip, whatever the pieces in which the bytes come.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/msg.h"
#include "stream/scan.h"
#include "stream/tsv.h"
#include "tests/unit/tap.h"
#include "value/rng.h"
#include "value/text.h"

#define FIELD_MAX 600000

static char folder[] = "/tmp/seg-tsv.XXXXXX";
static char path[64];

static uint64_t below(uint64_t n, uint64_t index, uint32_t draw)
{
	return rng_below(n, 7, RNG_TEST, index, draw);
}

/* Field j of row i in stream t: mostly short, at times longer than any buffer;
 * with everything that wants an escape. */
static size_t make_field(char *to, uint64_t t, uint64_t i, uint64_t j)
{
	static const char *const piece[] = { "a", "\t", "\n", "\r", "\\", "\\t", "\xc3\xa9", "0",
					     "\xf0\x9f\x98\x80", "," };
	uint64_t index = t << 40 | i << 8 | j;
	uint64_t kind = below(2000, index, 0);
	size_t want = kind == 0 ? below(FIELD_MAX - 8, index, 1) : kind < 100 ? 0 : below(30, index, 1);
	size_t n = 0;

	for (uint32_t k = 2; n < want; k++) {
		const char *p = kind == 0 ? "x" : piece[below(10, index, k)];

		memcpy(to + n, p, strlen(p));
		n += strlen(p);
	}
	to[n] = '\0';
	return n;
}

static void write_stream(uint64_t t, size_t n_rows, size_t n_columns, bool plain)
{
	struct tsv_create how = { .plain = plain, .level = (int64_t)(t % 3) - 1 };
	struct tsv_out *out;
	char *field = malloc(FIELD_MAX), name[32];

	/* a process may write no name twice */
	sprintf(path, "%s/%llu", folder, (unsigned long long)t);
	out = tsv_create_file(path, &how);
	for (size_t j = 0; j < n_columns; j++) {
		sprintf(name, "c%zu", j);
		tsv_put_text(out, name);
	}
	tsv_end_row(out);
	for (size_t i = 0; i < n_rows; i++) {
		for (size_t j = 0; j < n_columns; j++) {
			make_field(field, t, i, j);
			tsv_put_text(out, field);
		}
		tsv_end_row(out);
	}
	tsv_finish(out);
	free(field);
}

static bool read_back(uint64_t t, size_t n_rows, size_t n_columns)
{
	struct tsv_open how = { .read_ahead = t & 1, .expect_rows = (int64_t)n_rows };
	char *paths[] = { path };
	struct tsv_in *in = tsv_open(paths, 1, &how);
	char *want = malloc(FIELD_MAX), *got = malloc(FIELD_MAX);
	bool same = in->n_columns == n_columns;
	size_t i = 0;

	for (; same && tsv_next(in); i++)
		for (size_t j = 0; same && j < n_columns; j++) {
			size_t n = make_field(want, t, i, j);

			same = in->field[j].n <= 2 * n &&
			       text_unescape(got, in->field[j].s, in->field[j].n) == n &&
			       memcmp(want, got, n) == 0;
		}
	same = same && i == n_rows && in->n_rows == n_rows && in->line == n_rows + 1;
	tsv_close(in);
	free(want);
	free(got);
	return same;
}

/* A plain stream cut at any byte is refused unless the cut is behind an LF. */
static void cuts(void)
{
	static char bytes[1 << 16];
	size_t n, bad = 0;
	int fd;

	write_stream(1000, 12, 3, true);
	fd = open(path, O_RDONLY);
	n = (size_t)read(fd, bytes, sizeof bytes);
	close(fd);
	for (size_t cut = 0; cut < n; cut++) {
		bool at_end_of_line = cut > 0 && bytes[cut - 1] == '\n';
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			struct tsv_open how = { .expect_rows = -1 };
			char *paths[] = { path };
			struct tsv_in *in;

			if (!freopen("/dev/null", "w", stderr) || truncate(path, (off_t)cut) != 0)
				_exit(99);
			in = tsv_open(paths, 1, &how);
			while (tsv_next(in))
				;
			_exit(0);
		}
		waitpid(pid, &status, 0);
		bad += (WEXITSTATUS(status) == 0) != at_end_of_line;
		fd = open(path, O_WRONLY | O_TRUNC);
		bad += write(fd, bytes, n) != (ssize_t)n;
		close(fd);
	}
	tap_ok(bad == 0, "plain text cut at any of %zu bytes: whole lines only are believed", n);
}

static void scans(enum scan_path by)
{
	static char s[5000];
	static uint32_t index[5000 + SCAN_SLACK];
	bool good = true;

	if (!scan_has(by))
		return;
	for (uint64_t t = 0; t < 200; t++) {
		size_t n = below(sizeof s, t, 0), from = below(n + 1, t, 1), k = 0, n_found;
		bool special = false, want_special = false;

		for (size_t i = 0; i < n; i++) {
			s[i] = "a\tb\nc d0"[below(8, t, (uint32_t)(2 + i))];
			if (t % 4 == 0 && below(3000, t, (uint32_t)(9000 + i)) == 0)
				s[i] = "\r\\\x80\xff"[t / 4 % 4];
		}
		n_found = scan_separators_by(by, s, from, n, index, &special);
		for (size_t i = from; i < n; i++) {
			if (s[i] == '\t' || s[i] == '\n')
				good = good && k < n_found && index[k++] == i;
			want_special = want_special || s[i] == '\r' || s[i] == '\\' || s[i] & 0x80;
		}
		good = good && k == n_found && special == want_special;
	}
	tap_ok(good, "scan path %d finds what a byte at a time finds", by);
}

int main(void)
{
	msg_init("tsv");
	if (!mkdtemp(folder))
		return 1;
	scans(SCAN_SSE2);
	scans(SCAN_AVX2);
	scans(SCAN_AVX512);
	for (uint64_t t = 0; t < 24; t++) {
		size_t n_rows = below(t < 20 ? 300 : 20000, t, 100000), n_columns = 1 + below(12, t, 100001);

		write_stream(t, n_rows, n_columns, t % 4 == 0);
		tap_ok(read_back(t, n_rows, n_columns) && unlink(path) == 0, "stream %d: %zu rows of %zu come back", (int)t,
		       n_rows, n_columns);
	}
	cuts();
	unlink(path);
	rmdir(folder);
	return tap_done();
}
