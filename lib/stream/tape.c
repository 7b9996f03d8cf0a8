/* SPDX-License-Identifier: MIT */
#include "stream/tape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"

static const char *directory(void)
{
	const char *d = getenv("TMPDIR");
	return d && *d ? d : "/tmp";
}

static void open_file(struct tape *s)
{
	char *path = mem_printf("%s/seg-XXXXXX", directory());
	s->fd = mkostemp(path, O_CLOEXEC);
	if (s->fd < 0)
		msg_die(MSG_FAILED, "%s: cannot make a temporary file: %s", directory(), strerror(errno));
	unlink(path);
	free(path);
}

void tape_put(struct tape *s, const void *p, size_t n)
{
	if (!s->fd && s->n_memory + n <= s->limit) {
		if (s->n_memory + n > s->room) {
			s->room = 2 * (s->n_memory + n);
			s->room = s->room < s->limit ? s->room : s->limit;
			s->memory = mem_resize(s->memory, s->room, 1);
		}
		memcpy(s->memory + s->n_memory, p, n);
		s->n_memory += n;
		return;
	}
	if (!s->fd)
		open_file(s);
	for (size_t done = 0; done < n;) {
		ssize_t k = pwrite(s->fd, (const char *)p + done, n - done, (off_t)(s->n_file + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			msg_die(MSG_FAILED, "%s: cannot write a temporary file: %s", directory(),
				strerror(k < 0 ? errno : ENOSPC));
		done += (size_t)k;
	}
	s->n_file += n;
}

static void get_file(struct tape *s, char *to, size_t n, uint64_t from)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = pread(s->fd, to + done, n - done, (off_t)(from + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			msg_die(MSG_FAILED, "%s: cannot read a temporary file: %s", directory(),
				k < 0 ? strerror(errno) : "it is shorter than written");
		done += (size_t)k;
	}
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
		get_file(s, to, n, s->n_read - s->n_memory);
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
