/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/deflate.h"
#include "stream/gz.h"

/* Holds the longest gzip header field (64 KiB) and makes reads of a pipe large. */
#define RAW_BYTES ((size_t)256 << 10)

/* Read-ahead: blocks small enough to stay in the cache between two threads. */
#define AHEAD_BLOCKS 4
#define AHEAD_BYTES ((size_t)256 << 10)

#define PIPE_BYTES (1 << 20)

#define CUT_OFF "truncated gzip stream: the writer failed or the file is cut"

enum { FLAG_HCRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAG_RESERVED = 0xe0 };

enum state { START, PLAIN, BODY, BETWEEN, ENDED };

struct block {
	size_t n;
	char bytes[AHEAD_BYTES];
};

struct gz_in {
	const char *name;
	int fd;
	enum state state;
	unsigned char *raw;
	const unsigned char *at;
	size_t n_raw;           /* bytes at `at` */
	bool raw_ended;
	struct deflate_in *inflate;
	char *provenance;
	char *error;            /* set once; said by the thread that reads */
	uint64_t n_read, n_total;

	bool threaded, stop;    /* below: shared with the read-ahead thread */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct block *block;    /* ring of AHEAD_BLOCKS; first..first+n_full are full */
	size_t first, n_full;
	size_t taken;           /* bytes of the first block already handed out */
	bool ahead_ended;
};

static void fail(struct gz_in *in, const char *text)
{
	if (!in->error)
		in->error = mem_printf("%s: %s", in->name, text);
}

/* More raw bytes behind those at `at`; false at the end of the file. */
static bool refill(struct gz_in *in)
{
	ssize_t n;

	if (in->raw_ended || in->n_raw == RAW_BYTES)
		return false;
	if (in->n_raw)
		memmove(in->raw, in->at, in->n_raw);
	in->at = in->raw;
	do
		n = read(in->fd, in->raw + in->n_raw, RAW_BYTES - in->n_raw);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		fail(in, strerror(errno));
	if (n <= 0) {
		in->raw_ended = true;
		return false;
	}
	in->n_raw += (size_t)n;
	__atomic_fetch_add(&in->n_read, (uint64_t)n, __ATOMIC_RELAXED);
	return true;
}

static bool have(struct gz_in *in, size_t n)
{
	while (in->n_raw < n)
		if (!refill(in))
			return false;
	return true;
}

static void skip(struct gz_in *in, size_t n)
{
	in->at += n;
	in->n_raw -= n;
}

/* Our lines among the subfields of the extra field (RFC 1952, 2.3.1.1). */
static void keep_provenance(struct gz_in *in, const unsigned char *s, size_t n)
{
	while (n >= 4) {
		size_t length = (size_t)s[2] | (size_t)s[3] << 8;

		if (length > n - 4)
			return;
		if (s[0] == 'S' && s[1] == 'G' && !in->provenance)
			in->provenance = mem_copy((const char *)s + 4, length);
		s += 4 + length;
		n -= 4 + length;
	}
}

/* Skips a NUL-ended header field of any length. */
static bool skip_text(struct gz_in *in)
{
	for (;;) {
		const unsigned char *end;

		if (!have(in, 1))
			return false;
		end = memchr(in->at, 0, in->n_raw);
		if (end) {
			skip(in, (size_t)(end - in->at) + 1);
			return true;
		}
		skip(in, in->n_raw);
	}
}

/* Reads a member's header; false when it is cut off or is none. */
static bool member_header(struct gz_in *in)
{
	unsigned flags;
	size_t n_extra;

	/* told before its length: rubbish is no cut */
	if (have(in, 1) && (in->at[0] != 0x1f || (have(in, 2) && in->at[1] != 0x8b))) {
		fail(in, "not a gzip header behind the end of a gzip member");
		return false;
	}
	if (!have(in, 10))
		return false;
	flags = in->at[3];
	if (in->at[2] != 8 || flags & FLAG_RESERVED) {
		fail(in, "a gzip header of an unknown kind");
		return false;
	}
	skip(in, 10);
	if (flags & FLAG_EXTRA) {
		if (!have(in, 2))
			return false;
		n_extra = (size_t)in->at[0] | (size_t)in->at[1] << 8;
		if (!have(in, 2 + n_extra))
			return false;
		keep_provenance(in, in->at + 2, n_extra);
		skip(in, 2 + n_extra);
	}
	if ((flags & FLAG_NAME && !skip_text(in)) || (flags & FLAG_COMMENT && !skip_text(in)))
		return false;
	if (flags & FLAG_HCRC) {
		if (!have(in, 2))
			return false;
		skip(in, 2);
	}
	return true;
}

static enum state start(struct gz_in *in)
{
	if (!have(in, 1)) {
		fail(in, "empty input: zero bytes");
		return ENDED;
	}
	if (!have(in, 2) && in->at[0] == 0x1f) {
		fail(in, CUT_OFF);
		return ENDED;
	}
	if (in->n_raw < 2 || in->at[0] != 0x1f || in->at[1] != 0x8b)
		return PLAIN;
	in->inflate = deflate_in_new();
	if (!in->inflate)
		fail(in, "out of memory");
	return BETWEEN;
}

/* Plain bytes to where they are wanted, without a copy. */
static size_t read_straight(struct gz_in *in, char *to, size_t room)
{
	ssize_t n = 0;

	if (!in->raw_ended)
		do
			n = read(in->fd, to, room);
		while (n < 0 && errno == EINTR);
	if (n < 0)
		fail(in, strerror(errno));
	if (n <= 0) {
		in->raw_ended = true;
		in->state = ENDED;
		return 0;
	}
	__atomic_fetch_add(&in->n_read, (uint64_t)n, __ATOMIC_RELAXED);
	return (size_t)n;
}

static size_t read_plain(struct gz_in *in, char *to, size_t room)
{
	size_t n;

	if (in->n_raw == 0 && room >= RAW_BYTES / 4)
		return read_straight(in, to, room);
	if (!have(in, 1)) {
		in->state = ENDED;
		return 0;
	}
	n = in->n_raw < room ? in->n_raw : room;
	memcpy(to, in->at, n);
	skip(in, n);
	return n;
}

static size_t read_body(struct gz_in *in, char *to, size_t room)
{
	unsigned char *out = (unsigned char *)to;
	size_t left = room;

	while (left == room && in->state == BODY && !in->error) {
		bool fed = have(in, 1);
		size_t before = in->n_raw;

		switch (deflate_in_run(in->inflate, &in->at, &in->n_raw, &out, &left)) {
		case DEFLATE_END:
			in->state = BETWEEN;
			deflate_in_reset(in->inflate);
			break;
		case DEFLATE_BAD:
			fail(in, "corrupt gzip data");
			break;
		case DEFLATE_BAD_SUM:
			fail(in, "corrupt gzip data: the checksum or the length differs");
			break;
		case DEFLATE_MORE:
			if (left == room && (!fed || (in->raw_ended && in->n_raw == before)))
				fail(in, CUT_OFF);
			break;
		}
	}
	return in->error ? 0 : room - left;
}

/* gz_read without the thread: 0 at the end or when error is set. */
static size_t read_now(struct gz_in *in, char *to, size_t room)
{
	size_t n = 0;

	while (n == 0 && !in->error && in->state != ENDED) {
		switch (in->state) {
		case START:
			in->state = start(in);
			break;
		case PLAIN:
			n = read_plain(in, to, room);
			break;
		case BODY:
			n = read_body(in, to, room);
			break;
		case BETWEEN:
			if (in->inflate && in->provenance && !have(in, 1)) {
				in->state = ENDED;
			} else if (member_header(in)) {
				if (!in->provenance)
					in->provenance = mem_copy("", 0);
				in->state = BODY;
			} else {
				fail(in, CUT_OFF);
			}
			break;
		case ENDED:
			break;
		}
	}
	return in->error ? 0 : n;
}

static void *read_ahead(void *arg)
{
	struct gz_in *in = arg;
	size_t n;

	pthread_mutex_lock(&in->lock);
	do {
		struct block *b;

		while (in->n_full == AHEAD_BLOCKS && !in->stop)
			pthread_cond_wait(&in->changed, &in->lock);
		if (in->stop)
			break;
		b = &in->block[(in->first + in->n_full) % AHEAD_BLOCKS];
		pthread_mutex_unlock(&in->lock);
		n = read_now(in, b->bytes, AHEAD_BYTES);
		pthread_mutex_lock(&in->lock);
		b->n = n;
		if (n)
			in->n_full++;
		else
			in->ahead_ended = true;
		pthread_cond_broadcast(&in->changed);
	} while (n);
	pthread_mutex_unlock(&in->lock);
	return NULL;
}

/*
 * The thread is started behind the first block, when it is known that the
 * input is gzip and more than that block.
 */
static void start_thread(struct gz_in *in)
{
	in->block = mem_array(AHEAD_BLOCKS, sizeof *in->block);
	pthread_mutex_init(&in->lock, NULL);
	pthread_cond_init(&in->changed, NULL);
	in->threaded = pthread_create(&in->thread, NULL, read_ahead, in) == 0;
}

static size_t read_from_ring(struct gz_in *in, char *to, size_t room)
{
	struct block *b;
	size_t n;

	pthread_mutex_lock(&in->lock);
	while (in->n_full == 0 && !in->ahead_ended)
		pthread_cond_wait(&in->changed, &in->lock);
	pthread_mutex_unlock(&in->lock);
	if (in->n_full == 0)
		return 0;
	b = &in->block[in->first];
	n = b->n - in->taken < room ? b->n - in->taken : room;
	memcpy(to, b->bytes + in->taken, n);
	in->taken += n;
	if (in->taken == b->n) {
		pthread_mutex_lock(&in->lock);
		in->first = (in->first + 1) % AHEAD_BLOCKS;
		in->n_full--;
		in->taken = 0;
		pthread_cond_broadcast(&in->changed);
		pthread_mutex_unlock(&in->lock);
	}
	return n;
}

/* The regular files opened so far: an output must not take their place. */
static struct file_id {
	dev_t device;
	ino_t inode;
} *opened;
static size_t n_opened, opened_capacity;

bool gz_is_input(dev_t device, ino_t inode)
{
	for (size_t i = 0; i < n_opened; i++)
		if (opened[i].device == device && opened[i].inode == inode)
			return true;
	return false;
}

struct gz_in *gz_open(const char *path, bool want_thread)
{
	struct gz_in *in = mem_zero(1, sizeof *in);
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st;

	in->name = is_stdin ? "standard input" : path;
	in->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0 || fstat(in->fd, &st) != 0)
		msg_die(MSG_FAILED, "%s: %s", in->name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		msg_die(MSG_FAILED, "%s: is a directory", in->name);
	if (is_stdin && isatty(in->fd))
		msg_note("reading from the terminal; --help tells what to give");
	if (S_ISREG(st.st_mode)) {
		in->n_total = (uint64_t)st.st_size;
		opened = mem_grow(opened, n_opened, &opened_capacity, sizeof *opened);
		opened[n_opened++] = (struct file_id){ st.st_dev, st.st_ino };
		posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	} else {
		fcntl(in->fd, F_SETPIPE_SZ, PIPE_BYTES); /* best effort */
	}
	in->raw = mem_alloc(RAW_BYTES);
	in->at = in->raw;
	in->stop = !want_thread; /* read as "do not start it" until it runs */
	return in;
}

const char *gz_name(const struct gz_in *in)
{
	return in->name;
}

size_t gz_read(struct gz_in *in, char *to, size_t room)
{
	size_t n;

	if (in->threaded) {
		n = read_from_ring(in, to, room);
	} else {
		n = read_now(in, to, room);
		if (n && in->state == BODY && !in->stop)
			start_thread(in);
	}
	if (n == 0 && in->error)
		msg_die(MSG_FAILED, "%s", in->error);
	return n;
}

const char *gz_provenance(const struct gz_in *in)
{
	return in->provenance ? in->provenance : "";
}

bool gz_is_gzip(const struct gz_in *in)
{
	return in->inflate != NULL;
}

uint64_t gz_bytes_read(const struct gz_in *in)
{
	return __atomic_load_n(&in->n_read, __ATOMIC_RELAXED);
}

uint64_t gz_bytes_total(const struct gz_in *in)
{
	return in->n_total;
}

void gz_close(struct gz_in *in)
{
	if (in->threaded) {
		pthread_mutex_lock(&in->lock);
		in->stop = true;
		pthread_cond_broadcast(&in->changed);
		pthread_mutex_unlock(&in->lock);
		pthread_join(in->thread, NULL);
	}
	if (in->fd != STDIN_FILENO)
		close(in->fd);
	deflate_in_free(in->inflate);
	free(in->block);
	free(in->raw);
	free(in->provenance);
	free(in);
}
