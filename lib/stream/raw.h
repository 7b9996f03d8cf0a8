/* SPDX-License-Identifier: MIT */
#ifndef STREAM_RAW_H
#define STREAM_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* The bytes of a file or pipe as they are, some of them read and waiting. */
struct raw {
	int fd;
	unsigned char *buffer;   /* RAW_BYTES */
	const unsigned char *at; /* n bytes wait here */
	size_t n;
	bool ended;
	int error;       /* errno of a failed read, or 0 */
	uint64_t n_read; /* any thread may load it */
};

/* Holds the longest gzip header field (64 KiB) and makes reads of a pipe large. */
#define RAW_BYTES ((size_t)256 << 10)

void raw_open(struct raw *r, int fd);

/* Reads once, by no way round; 0 at the end of the file or when that failed. */
size_t raw_read(struct raw *r, struct iovec *to, int n_to);

/* Waits until n bytes, at most RAW_BYTES, stand at r->at; false if there are
 * fewer to come. */
bool raw_have(struct raw *r, size_t n);

static inline void raw_skip(struct raw *r, size_t n)
{
	r->at += n;
	r->n -= n;
}

/* Frees the buffer; the descriptor is the caller's. */
void raw_close(struct raw *r);

#endif
