/* SPDX-License-Identifier: MIT */
#include "stream/side.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"

/* What open(2) would have given the file; mkostemp gives 0600. */
static mode_t default_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

void side_open(struct side *s, const char *path)
{
	struct stat st;

	s->path = mem_copy(path, strlen(path));
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		/* a pipe, a terminal, /dev/null: nothing to rename */
		s->temp = NULL;
		s->fd = open(path, O_WRONLY | O_CLOEXEC);
		if (s->fd < 0)
			msg_die(MSG_FAILED, "%s: %s", path, strerror(errno));
		return;
	}
	s->temp = mem_printf("%s.XXXXXX", path);
	s->fd = mkostemp(s->temp, O_CLOEXEC);
	if (s->fd < 0)
		msg_die(MSG_FAILED, "%s: %s", path, strerror(errno));
	msg_temp_add(s->temp);
	fchmod(s->fd, default_mode());
}

static void sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? mem_copy(path, (size_t)(slash - path) + 1) : mem_copy(".", 1);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

void side_close(struct side *s)
{
	if (s->temp && fsync(s->fd) != 0)
		msg_die(MSG_FAILED, "%s: %s", s->path, strerror(errno));
	if (close(s->fd) != 0)
		msg_die(MSG_FAILED, "%s: %s", s->path, strerror(errno));
	if (s->temp) {
		if (rename(s->temp, s->path) != 0)
			msg_die(MSG_FAILED, "%s: %s", s->path, strerror(errno));
		msg_temp_drop(s->temp);
		sync_folder_of(s->path);
	}
	free(s->temp);
	free(s->path);
}
