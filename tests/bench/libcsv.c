/* SPDX-License-Identifier: MIT */
/*
 * bench/libcsv FILE: libcsv alone over a file, in blocks of 256 KiB, fields
 * and records counted: the least that a reader built on it does.
 */
#include <csv.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct count {
	unsigned long long n_fields, n_bytes, n_rows;
};

static void on_field(void *s, size_t n, void *count)
{
	struct count *c = count;
	(void)s;
	c->n_fields++;
	c->n_bytes += n;
}

static void on_row(int end, void *count)
{
	(void)end;
	((struct count *)count)->n_rows++;
}

int main(int argc, char **argv)
{
	static char block[256 << 10];
	struct csv_parser p;
	struct count c = { 0, 0, 0 };
	int fd = argc > 1 ? open(argv[1], O_RDONLY) : STDIN_FILENO;
	ssize_t n;
	if (fd < 0 || csv_init(&p, 0) != 0)
		return 1;
	while ((n = read(fd, block, sizeof block)) > 0)
		if (csv_parse(&p, block, (size_t)n, on_field, on_row, &c) != (size_t)n)
			return 1;
	if (n < 0 || csv_fini(&p, on_field, on_row, &c) != 0)
		return 1;
	csv_free(&p);
	printf("%llu rows, %llu fields, %llu bytes\n", c.n_rows, c.n_fields, c.n_bytes);
	return 0;
}
