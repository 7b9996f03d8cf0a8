/* SPDX-License-Identifier: MIT */
#include "stream/scratch.h"

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

void scratch_die(const char *what, const char *why)
{
	msg_die(MSG_FAILED, "%s: cannot %s a temporary file: %s", directory(), what, why);
}

int scratch_open(void)
{
	char *path = mem_printf("%s/seg-XXXXXX", directory());
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0)
		scratch_die("make", strerror(errno));
	unlink(path);
	free(path);
	return fd;
}

void scratch_write(int fd, const void *from, size_t n, uint64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = pwrite(fd, (const char *)from + done, n - done, (off_t)(at + done));

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			scratch_die("write", strerror(k < 0 ? errno : ENOSPC));
		done += (size_t)k;
	}
}

void scratch_read(int fd, void *to, size_t n, uint64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = pread(fd, (char *)to + done, n - done, (off_t)(at + done));

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			scratch_die("read", k < 0 ? strerror(errno) : "it is shorter than written");
		done += (size_t)k;
	}
}
