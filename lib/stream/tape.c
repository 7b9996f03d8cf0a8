/* SPDX-License-Identifier: MIT */
#include "stream/tape.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/scratch.h"

void tape_put(struct tape *s, const void *p, size_t n)
{
	if (!s->fd && s->n_memory + n <= s->limit) {
		if (s->n_memory + n > s->room) {
			s->room = 2 * (s->n_memory + n);
			s->room = s->room < s->limit ? s->room : s->limit;
			s->memory = mem_resize(s->memory, s->room, 1);
		}
		if (n > 0)
			memcpy(s->memory + s->n_memory, p, n);
		s->n_memory += n;
		return;
	}
	if (!s->fd)
		s->fd = scratch_open();
	scratch_write(s->fd, p, n, s->n_file);
	s->n_file += n;
}

void tape_get(struct tape *s, void *p, size_t n)
{
	char *to = p;
	if (n > tape_left(s))
		msg_die(MSG_FAILED, "tape: %zu bytes asked, %llu there", n,
			(unsigned long long)tape_left(s));
	if (s->n_read < s->n_memory) {
		size_t k = s->n_memory - (size_t)s->n_read;
		k = k < n ? k : n;
		memcpy(to, s->memory + s->n_read, k);
		s->n_read += k;
		to += k;
		n -= k;
	}
	if (n > 0) {
		scratch_read(s->fd, to, n, s->n_read - s->n_memory);
		s->n_read += n;
	}
}

uint64_t tape_left(const struct tape *s)
{
	return s->n_memory + s->n_file - s->n_read;
}

void tape_free(struct tape *s)
{
	free(s->memory);
	if (s->fd)
		close(s->fd);
	*s = (struct tape){ .limit = s->limit };
}
