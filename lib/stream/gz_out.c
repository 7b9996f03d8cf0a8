/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/deflate.h"
#include "stream/gz.h"

/* A stored block holds at most 65,535 bytes behind 5 bytes of its own. */
#define STORED_MAX 65535
#define STORED_HEAD 5
#define STORED_BLOCKS 8

#define OUT_BYTES ((size_t)STORED_BLOCKS * (STORED_HEAD + STORED_MAX))
#define PROVENANCE_MAX ((size_t)32 << 10)
#define FAST_LEVEL 1
#define PIPE_BYTES (1 << 20)

struct gz_out {
	const char *name;
	int fd;
	enum gz_form form;
	uint32_t crc, length;
	struct deflate_out *deflate;
	unsigned char *buffer; /* complete bytes [0, n), then the open stored block */
	size_t n;
	size_t n_open;         /* payload bytes of the open stored block */
};

enum gz_form gz_form_for(int fd, bool plain, int64_t level)
{
	struct stat st;

	if (plain || isatty(fd))
		return GZ_PLAIN;
	if (level == 0)
		return GZ_STORED;
	if (level > 0)
		return GZ_LEVEL;
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? GZ_LEVEL : GZ_STORED;
}

static _Noreturn void die_of_write(const struct gz_out *out)
{
	if (errno == EPIPE)
		msg_closed_pipe();
	msg_die(MSG_FAILED, "%s: %s", out->name, strerror(errno));
}

static void write_all(struct gz_out *out, const unsigned char *s, size_t n)
{
	while (n) {
		ssize_t k = write(out->fd, s, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			die_of_write(out);
		s += k;
		n -= (size_t)k;
	}
}

/* All of v[0..n), which is used up. */
static void write_pieces(struct gz_out *out, struct iovec *v, int n)
{
	while (n > 0) {
		ssize_t k = writev(out->fd, v, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			die_of_write(out);
		for (; n > 0 && (size_t)k >= v->iov_len; v++, n--)
			k -= (ssize_t)v->iov_len;
		if (n > 0) {
			v->iov_base = (char *)v->iov_base + k;
			v->iov_len -= (size_t)k;
		}
	}
}

static void write_buffer(struct gz_out *out)
{
	write_all(out, out->buffer, out->n);
	out->n = 0;
}

static void put_16(unsigned char *p, size_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

static void put_32(unsigned char *p, uint32_t v)
{
	put_16(p, v & 0xffff);
	put_16(p + 2, v >> 16);
}

/*
 * The provenance as it is kept: whole, or beyond 32 KiB its first and last
 * lines with a line "..." for those between.
 */
static size_t cut_provenance(char *to, const char *s)
{
	size_t n = strlen(s), half = PROVENANCE_MAX / 2 - 4, head = half, tail = n - half;

	if (n <= PROVENANCE_MAX) {
		memcpy(to, s, n);
		return n;
	}
	while (head > 0 && s[head - 1] != '\n')
		head--;
	while (tail < n && s[tail - 1] != '\n')
		tail++;
	memcpy(to, s, head);
	memcpy(to + head, "...\n", 4);
	memcpy(to + head + 4, s + tail, n - tail);
	return head + 4 + n - tail;
}

/* RFC 1952: no name, no time stamp, system unknown. */
static void put_header(struct gz_out *out, const char *provenance)
{
	static const unsigned char head[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
	unsigned char *p = out->buffer;
	size_t n;

	memcpy(p, head, sizeof head);
	out->n = sizeof head;
	if (!provenance || !*provenance)
		return;
	p[3] = 4; /* FEXTRA */
	n = cut_provenance((char *)p + 16, provenance);
	put_16(p + 10, n + 4);
	p[12] = 'S';
	p[13] = 'G';
	put_16(p + 14, n);
	out->n = 16 + n;
}

struct gz_out *gz_create(int fd, const char *name, enum gz_form form, int level,
			 const char *provenance)
{
	struct gz_out *out = mem_zero(1, sizeof *out);

	out->fd = fd;
	out->name = name;
	out->form = form;
	/* the slack takes the header with its provenance, or the end mark */
	out->buffer = mem_alloc(OUT_BYTES + 16 + PROVENANCE_MAX);
	fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES); /* best effort; fails on a file */
	if (form == GZ_LEVEL) {
		out->deflate = deflate_out_new(level > 0 ? level : FAST_LEVEL);
		if (!out->deflate)
			msg_die(MSG_FAILED, "out of memory");
	}
	if (form != GZ_PLAIN)
		put_header(out, provenance);
	return out;
}

static void put_head(unsigned char head[STORED_HEAD], size_t n, bool last)
{
	head[0] = last;
	put_16(head + 1, n);
	put_16(head + 3, ~n & 0xffff);
}

/* Closes the open stored block, if there is one or it is the last. */
static void end_block(struct gz_out *out, bool last)
{
	if (out->n_open == 0 && !last)
		return;
	put_head(out->buffer + out->n, out->n_open, last);
	out->n += STORED_HEAD + out->n_open;
	out->n_open = 0;
}

/* Whole blocks from s, each behind its head, without a copy; returns how many bytes they take. */
static size_t store_whole(struct gz_out *out, const char *s, size_t n)
{
	unsigned char head[STORED_BLOCKS][STORED_HEAD];
	struct iovec v[2 * STORED_BLOCKS];
	int n_blocks = n / STORED_MAX < STORED_BLOCKS ? (int)(n / STORED_MAX) : STORED_BLOCKS;

	for (int i = 0; i < n_blocks; i++) {
		put_head(head[i], STORED_MAX, false);
		v[2 * i] = (struct iovec){ head[i], STORED_HEAD };
		v[2 * i + 1] = (struct iovec){ (char *)(uintptr_t)s + i * STORED_MAX, STORED_MAX };
	}
	write_pieces(out, v, 2 * n_blocks);
	return (size_t)n_blocks * STORED_MAX;
}

static void store(struct gz_out *out, const char *s, size_t n)
{
	if (n >= STORED_MAX) {
		end_block(out, false);
		write_buffer(out);
	}
	while (n >= STORED_MAX) {
		size_t k = store_whole(out, s, n);

		s += k;
		n -= k;
	}
	while (n) {
		size_t k = STORED_MAX - out->n_open;

		if (out->n + STORED_HEAD + STORED_MAX > OUT_BYTES)
			write_buffer(out);
		k = n < k ? n : k;
		memcpy(out->buffer + out->n + STORED_HEAD + out->n_open, s, k);
		out->n_open += k;
		s += k;
		n -= k;
		if (out->n_open == STORED_MAX)
			end_block(out, false);
	}
}

static void compress(struct gz_out *out, const char *s, size_t n, enum deflate_flush flush)
{
	const unsigned char *in = (const unsigned char *)s;
	bool more;

	do {
		unsigned char *to = out->buffer + out->n;
		size_t room = OUT_BYTES - out->n, before = room;

		more = deflate_out_run(out->deflate, &in, &n, &to, &room, flush);
		out->n += before - room;
		if (OUT_BYTES - out->n < STORED_MAX)
			write_buffer(out);
	} while (more);
}

static void copy(struct gz_out *out, const char *s, size_t n)
{
	if (n > OUT_BYTES - out->n)
		write_buffer(out);
	if (n >= OUT_BYTES) {
		write_all(out, (const unsigned char *)s, n);
		return;
	}
	memcpy(out->buffer + out->n, s, n);
	out->n += n;
}

void gz_write(struct gz_out *out, const char *s, size_t n)
{
	if (out->form == GZ_PLAIN) {
		copy(out, s, n);
		return;
	}
	out->crc = deflate_crc(out->crc, s, n);
	out->length += (uint32_t)n;
	if (out->form == GZ_STORED)
		store(out, s, n);
	else if (n)
		compress(out, s, n, DEFLATE_NONE);
}

void gz_flush(struct gz_out *out)
{
	if (out->form == GZ_STORED)
		end_block(out, false);
	else if (out->form == GZ_LEVEL)
		compress(out, NULL, 0, DEFLATE_SYNC);
	write_buffer(out);
}

void gz_finish(struct gz_out *out)
{
	if (out->form == GZ_STORED)
		end_block(out, true);
	else if (out->form == GZ_LEVEL)
		compress(out, NULL, 0, DEFLATE_FINISH);
	if (out->form != GZ_PLAIN) {
		put_32(out->buffer + out->n, out->crc);
		put_32(out->buffer + out->n + 4, out->length);
		out->n += 8;
	}
	write_buffer(out);
	deflate_out_free(out->deflate);
	free(out->buffer);
	free(out);
}

uint32_t gz_crc(uint32_t crc, const char *s, size_t n)
{
	return deflate_crc(crc, s, n);
}
