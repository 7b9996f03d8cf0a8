/* SPDX-License-Identifier: MIT */
#include "stream/side.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/inputs.h"

/* What open(2) would have given the file; mkostemp gives 0600. */
static mode_t default_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Names of the side outputs of this process, so that none is written twice. */
static char *taken[MSG_TEMPS];

/* Where a name leads, its links followed, whether or not there is a file. */
static char *resolve(const char *path)
{
	char target[PATH_MAX];
	char *real = realpath(path, NULL);
	ssize_t n;

	if (real)
		return real;
	n = readlink(path, target, sizeof target - 1);
	if (n <= 0)
		return mem_copy(path, strlen(path));
	target[n] = '\0';
	if (target[0] == '/')
		return resolve(target);
	real = mem_printf("%.*s%s", (int)(strrchr(path, '/') ? strrchr(path, '/') - path + 1 : 0), path,
			  target);
	path = resolve(real);
	free(real);
	return (char *)(uintptr_t)path;
}

static void take_name(const char *path, const char *real)
{
	size_t i = 0;

	while (i < MSG_TEMPS - 1 && taken[i]) {
		if (strcmp(taken[i], real) == 0)
			msg_die(MSG_USAGE, "%s: named for two outputs", path);
		i++;
	}
	taken[i] = mem_copy(real, strlen(real));
}

void side_open(struct side *s, const char *path)
{
	struct stat st, out;
	bool there = stat(path, &st) == 0;

	if (strcmp(path, "-") == 0)
		msg_die(MSG_USAGE, "-: standard output has the result; name a file, or ./- for one of this name");
	if (!there && errno != ENOENT)
		msg_die(MSG_FAILED, "%s: %s", path, strerror(errno));
	s->path = resolve(path);
	s->temp = NULL;
	if (there && !S_ISREG(st.st_mode)) {
		/* a pipe, a terminal, /dev/null: nothing to rename */
		s->fd = open(path, O_WRONLY | O_CLOEXEC);
		if (s->fd < 0)
			msg_die(MSG_FAILED, "%s: %s", path, strerror(errno));
		return;
	}
	take_name(path, s->path);
	if (there && fstat(STDOUT_FILENO, &out) == 0 && st.st_dev == out.st_dev && st.st_ino == out.st_ino)
		msg_die(MSG_USAGE, "%s: is standard output too", path);
	if (there && inputs_have(st.st_dev, st.st_ino))
		msg_die(MSG_USAGE, "%s: is an input too", path);
	s->temp = mem_printf("%s.XXXXXX", s->path);
	s->fd = mkostemp(s->temp, O_CLOEXEC);
	if (s->fd < 0)
		msg_die(MSG_FAILED, "%s: %s", path, strerror(errno));
	msg_temp_add(s->temp);
	fchmod(s->fd, there ? st.st_mode & 07777 : default_mode());
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

/* An input that was opened after the output. */
static void check_place(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && inputs_have(st.st_dev, st.st_ino))
		msg_die(MSG_USAGE, "%s: is an input too", path);
}

void side_close(struct side *s)
{
	if (s->temp)
		check_place(s->path);
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
