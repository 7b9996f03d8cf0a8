/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/deflate.h"
#include "stream/gz.h"
#include "stream/inputs.h"
#include "stream/raw.h"
#include "stream/stored.h"

/* Read-ahead: blocks small enough to stay in the cache between two threads. */
#define AHEAD_BLOCKS 4
#define AHEAD_BYTES ((size_t)256 << 10)

#define PIPE_BYTES (1 << 20)

#define CUT_OFF "truncated gzip stream: the writer failed or the file is cut"
#define BAD_SUM "corrupt gzip data: the checksum or the length differs"

enum { FLAG_HCRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAG_RESERVED = 0xe0 };

enum state { START, PLAIN, STORED, BODY, BETWEEN, ENDED };

struct block {
	size_t n;
	char bytes[AHEAD_BYTES];
};

struct gz_in {
	const char *name;
	enum state state;
	struct raw raw;
	struct stored stored;
	struct deflate_in *inflate;
	char *provenance;
	char *error;            /* set once; said by the thread that reads */
	uint64_t n_total;

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

static bool have(struct gz_in *in, size_t n)
{
	if (raw_have(&in->raw, n))
		return true;
	if (in->raw.error)
		fail(in, strerror(in->raw.error));
	return false;
}

static void skip(struct gz_in *in, size_t n)
{
	raw_skip(&in->raw, n);
}

/* To where the bytes are wanted. */
static size_t read_to(struct gz_in *in, struct iovec *to, int n_to)
{
	size_t n = raw_read(&in->raw, to, n_to);

	if (in->raw.error)
		fail(in, strerror(in->raw.error));
	return n;
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
		end = memchr(in->raw.at, 0, in->raw.n);
		if (end) {
			skip(in, (size_t)(end - in->raw.at) + 1);
			return true;
		}
		skip(in, in->raw.n);
	}
}

/* Reads a member's header; false when it is cut off or is none. */
static bool member_header(struct gz_in *in)
{
	unsigned flags;
	size_t n_extra;

	/* told before its length: rubbish is no cut */
	if (have(in, 1) && (in->raw.at[0] != 0x1f || (have(in, 2) && in->raw.at[1] != 0x8b))) {
		fail(in, "not a gzip header behind the end of a gzip member");
		return false;
	}
	if (!have(in, 10))
		return false;
	flags = in->raw.at[3];
	if (in->raw.at[2] != 8 || flags & FLAG_RESERVED) {
		fail(in, "a gzip header of an unknown kind");
		return false;
	}
	skip(in, 10);
	if (flags & FLAG_EXTRA) {
		if (!have(in, 2))
			return false;
		n_extra = (size_t)in->raw.at[0] | (size_t)in->raw.at[1] << 8;
		if (!have(in, 2 + n_extra))
			return false;
		keep_provenance(in, in->raw.at + 2, n_extra);
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
	if (!have(in, 2) && in->raw.at[0] == 0x1f) {
		fail(in, CUT_OFF);
		return ENDED;
	}
	if (in->raw.n < 2 || in->raw.at[0] != 0x1f || in->raw.at[1] != 0x8b)
		return PLAIN;
	in->inflate = deflate_in_new();
	if (!in->inflate)
		fail(in, "out of memory");
	return BETWEEN;
}

static size_t read_plain(struct gz_in *in, char *to, size_t room)
{
	size_t n;

	if (in->raw.n == 0 && room >= RAW_BYTES / 4) { /* without a copy */
		n = read_to(in, &(struct iovec){ to, room }, 1);
		in->state = n ? PLAIN : ENDED;
		return n;
	}
	if (!have(in, 1)) {
		in->state = ENDED;
		return 0;
	}
	n = in->raw.n < room ? in->raw.n : room;
	memcpy(to, in->raw.at, n);
	skip(in, n);
	return n;
}

/* The member's trailer behind its last stored block. */
static void end_stored(struct gz_in *in)
{
	uint32_t trailer[2]; /* little-endian, as we are */

	if (!have(in, sizeof trailer)) {
		fail(in, CUT_OFF);
		return;
	}
	memcpy(trailer, in->raw.at, sizeof trailer);
	skip(in, sizeof trailer);
	if (trailer[0] != in->stored.crc || trailer[1] != in->stored.length)
		fail(in, BAD_SUM);
	in->state = BETWEEN;
}

/* Between two blocks: the next head, or the end. */
static void next_stored(struct gz_in *in)
{
	struct stored *s = &in->stored;

	if (s->is_final) {
		end_stored(in);
		return;
	}
	if (!have(in, 1) || (!(in->raw.at[0] & 6) && !have(in, STORED_HEAD))) {
		fail(in, CUT_OFF);
		return;
	}
	switch (stored_head(s, in->raw.at)) {
	case STORED_BLOCK:
		skip(in, STORED_HEAD);
		break;
	case STORED_OTHER:
		if (s->length)
			deflate_in_follow(in->inflate, s->window, s->n_window, s->crc, s->length);
		in->state = BODY;
		break;
	case STORED_BAD:
		fail(in, "corrupt gzip data");
		break;
	}
}

/* Bytes of a stored block to where they are wanted, the next head to `raw`. */
static size_t read_stored(struct gz_in *in, char *to, size_t room)
{
	struct stored *s = &in->stored;
	size_t want = s->left < room ? s->left : room, n = in->raw.n, n_more;

	if (n) {
		n = n < want ? n : want;
		memcpy(to, in->raw.at, n);
		skip(in, n);
	} else {
		size_t got = read_to(in, (struct iovec[]){ { to, want }, { in->raw.buffer, STORED_HEAD } }, 2);
		if (!got)
			fail(in, CUT_OFF);
		n = got < want ? got : want;
		in->raw.at = in->raw.buffer;
		in->raw.n = got - n;
	}
	n_more = s->left - n;
	if (!n_more && !s->is_final && in->raw.n >= STORED_HEAD)
		n_more = stored_length(in->raw.at);
	stored_took(s, to, n, n_more);
	return n;
}

static size_t read_body(struct gz_in *in, char *to, size_t room)
{
	unsigned char *out = (unsigned char *)to;
	size_t left = room;

	while (left == room && in->state == BODY && !in->error) {
		bool fed = have(in, 1);
		size_t before = in->raw.n;

		switch (deflate_in_run(in->inflate, &in->raw.at, &in->raw.n, &out, &left)) {
		case DEFLATE_END:
			in->state = BETWEEN;
			deflate_in_reset(in->inflate);
			break;
		case DEFLATE_BAD:
			fail(in, "corrupt gzip data");
			break;
		case DEFLATE_BAD_SUM:
			fail(in, BAD_SUM);
			break;
		case DEFLATE_MORE:
			if (left == room && (!fed || (in->raw.ended && in->raw.n == before)))
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
		case STORED:
			if (in->stored.left)
				n = read_stored(in, to, room);
			else
				next_stored(in);
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
				stored_start(&in->stored);
				in->state = STORED;
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

struct gz_in *gz_open(const char *path, bool want_thread)
{
	struct gz_in *in = mem_zero(1, sizeof *in);
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st;
	int fd;

	in->name = is_stdin ? "standard input" : path;
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		msg_die(MSG_FAILED, "%s: %s", in->name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		msg_die(MSG_FAILED, "%s: is a directory", in->name);
	if (is_stdin && isatty(fd))
		msg_note("reading from the terminal; --help tells what to give");
	if (S_ISREG(st.st_mode)) {
		in->n_total = (uint64_t)st.st_size;
		inputs_add(st.st_dev, st.st_ino);
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	} else {
		fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES); /* best effort */
	}
	raw_open(&in->raw, fd);
	in->stop = !want_thread; /* read as "do not start it" until it runs */
	return in;
}

const char *gz_name(const struct gz_in *in)
{
	return in->name;
}

size_t gz_try(struct gz_in *in, char *to, size_t room)
{
	size_t n;

	if (in->threaded) {
		n = read_from_ring(in, to, room);
	} else {
		n = read_now(in, to, room);
		if (n && in->state == BODY && !in->stop)
			start_thread(in);
	}
	return n;
}

void gz_check(const struct gz_in *in)
{
	if (in->error)
		msg_die(MSG_FAILED, "%s", in->error);
}

size_t gz_read(struct gz_in *in, char *to, size_t room)
{
	size_t n = gz_try(in, to, room);

	if (n == 0)
		gz_check(in);
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
	return __atomic_load_n(&in->raw.n_read, __ATOMIC_RELAXED);
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
	if (in->raw.fd != STDIN_FILENO)
		close(in->raw.fd);
	deflate_in_free(in->inflate);
	free(in->block);
	raw_close(&in->raw);
	free(in->provenance);
	free(in);
}
