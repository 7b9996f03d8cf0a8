/* SPDX-License-Identifier: MIT */
/*
 * fuzz/gz SECONDS [SEED]: damages gzip streams at random - bits flipped, bytes
 * cut out, doubled, swapped, members joined - and reads them.  Whatever is
 * read with success must be the original text.  Prints the number of streams
 * tried; status 1 and the stream kept in gz.found when one passed for whole.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/msg.h"
#include "stream/gz.h"
#include "value/rng.h"

#define TEXT_MAX 20000
#define ROOM ((size_t)1 << 20)

static char text[TEXT_MAX], back[ROOM];
static unsigned char whole[ROOM], hurt[ROOM];
static uint64_t seed;

static uint64_t below(uint64_t n, uint64_t index, uint32_t draw)
{
	return rng_below(n, seed, RNG_TEST, index, draw);
}

static size_t make_stream(uint64_t t, const char *path, size_t n_text)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	int level = (int)below(8, t, 0) - 1;
	struct gz_out *out = gz_create(fd, path, level < 1 ? GZ_STORED : GZ_LEVEL, level, "seg 1.0\n");
	ssize_t n;

	for (size_t i = 0; i < n_text; i++)
		text[i] = (char)(below(3, t, (uint32_t)(100 + i)) ? 'a' + (int)(i % 20) : (int)below(256, t, (uint32_t)i));
	gz_write(out, text, n_text);
	gz_finish(out);
	n = pread(fd, whole, sizeof whole, 0);
	close(fd);
	return (size_t)n;
}

/* One kind of damage; returns the new length. */
static size_t damage(uint64_t t, uint32_t draw, size_t n)
{
	size_t at = below(n, t, draw), k = 1 + below(40, t, draw + 1);

	switch (below(5, t, draw + 2)) {
	case 0:
		hurt[at] ^= (unsigned char)(1u << below(8, t, draw + 3));
		return n;
	case 1:
		return at;
	case 2: /* bytes cut out */
		k = k < n - at ? k : n - at;
		memmove(hurt + at, hurt + at + k, n - at - k);
		return n - k;
	case 3: /* bytes doubled */
		k = k < n - at ? k : n - at;
		memmove(hurt + at + k, hurt + at, n - at);
		return n + k;
	default:
		hurt[at] = hurt[below(n, t, draw + 3)];
		return n;
	}
}

/* 0 when a process that reads the file whole ends with status 0 and another text. */
static bool is_refused_or_same(const char *path, size_t n_text, bool ahead)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct gz_in *in;
		size_t n = 0, k;

		if (!freopen("/dev/null", "w", stderr))
			_exit(3);
		in = gz_open(path, ahead);
		while ((k = gz_read(in, back + n, sizeof back - n)) > 0)
			n += k;
		/* damage to the magic bytes makes it plain text: for the next layer to refuse */
		_exit(gz_is_gzip(in) && (n != n_text || memcmp(text, back, n) != 0) ? 2 : 0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) < 2;
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 60);
	const char *path = "gz.found";
	uint64_t t = 0;

	msg_init("fuzz-gz");
	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	for (; time(NULL) < end; t++) {
		size_t n_text = 1 + below(t % 10 ? 300 : TEXT_MAX - 1, t, 90), n = make_stream(t, path, n_text);
		uint32_t n_hits = 1 + (uint32_t)below(3, t, 91);
		int fd;

		memcpy(hurt, whole, n);
		for (uint32_t i = 0; i < n_hits && n > 0; i++)
			n = damage(t, 92 + 4 * i, n);
		fd = open(path, O_WRONLY | O_TRUNC);
		if (write(fd, hurt, n) != (ssize_t)n)
			return 1;
		close(fd);
		if (!is_refused_or_same(path, n_text, t & 1)) {
			printf("seed %llu, stream %llu passed for whole: %s\n", (unsigned long long)seed,
			       (unsigned long long)t, path);
			return 1;
		}
	}
	unlink(path);
	printf("gz: %llu damaged streams, none passed for whole\n", (unsigned long long)t);
	return 0;
}
