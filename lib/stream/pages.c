/* SPDX-License-Identifier: MIT */
#include "stream/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/scratch.h"

/* The system allows some 65,000 mappings to a process: 1 TB in such pieces. */
#define PAGES_SEGMENT ((size_t)16 << 20)

/* n more bytes of the file that are sure to be on the disk: writing to a
 * mapping of a full disk would be a bus error. */
static size_t extend(struct pages *p, size_t n)
{
	size_t at = p->n_file;
	int error;

	do
		error = posix_fallocate(p->fd, (off_t)at, (off_t)n);
	while (error == EINTR);
	if (error)
		scratch_die("write", strerror(error));
	p->n_file += n;
	return at;
}

static char *map_file(struct pages *p, char *at, size_t n)
{
	size_t offset = extend(p, n);
	void *m = mmap(at, n, PROT_READ | PROT_WRITE, MAP_SHARED | (at ? MAP_FIXED : 0), p->fd,
		       (off_t)offset);

	if (m == MAP_FAILED)
		scratch_die("map", strerror(errno));
	return m;
}

static char *map_memory(size_t n)
{
	void *m = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (m == MAP_FAILED)
		msg_die(MSG_FAILED, "out of memory");
	return m;
}

void *pages_take(struct pages *p, size_t n)
{
	char *at;

	if (p->n == 0 || p->size[p->n - 1] - p->n_used < n) {
		size_t size = n > PAGES_SEGMENT ? n : PAGES_SEGMENT, old = p->capacity;
		p->segment = mem_grow(p->segment, p->n, &p->capacity, sizeof *p->segment);
		if (p->capacity != old)
			p->size = mem_resize(p->size, p->capacity, sizeof *p->size);
		p->segment[p->n] = p->spilled ? map_file(p, NULL, size) : map_memory(size);
		p->size[p->n++] = size;
		p->n_used = 0;
	}
	at = p->segment[p->n - 1] + p->n_used;
	p->n_used += n;
	return at;
}

/* Writes a segment behind the file's end and puts the file in its place. */
static void move(struct pages *p, size_t i)
{
	size_t n = i + 1 < p->n ? p->size[i] : p->n_used, at = p->n_file;

	scratch_write(p->fd, p->segment[i], n, at);
	map_file(p, p->segment[i], p->size[i]);
}

void pages_spill(struct pages *p)
{
	if (p->spilled)
		return;
	p->fd = scratch_open();
	p->spilled = true;
	for (size_t i = 0; i < p->n; i++)
		move(p, i);
}

void pages_rest(struct pages *p, void *at, size_t n)
{
	if (p->spilled)
		madvise(at, n, MADV_DONTNEED);
}

void pages_free(struct pages *p)
{
	for (size_t i = 0; i < p->n; i++)
		munmap(p->segment[i], p->size[i]);
	if (p->spilled)
		close(p->fd);
	free(p->segment);
	free(p->size);
	*p = (struct pages){ 0 };
}
