/* SPDX-License-Identifier: MIT */
#ifndef STREAM_TAPE_H
#define STREAM_TAPE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes kept for later, read back once in the order written: in memory up to
 * a limit, behind that in an unlinked file in $TMPDIR (else /tmp).  Zeroed
 * struct with `limit` set = empty tape.  Dies when the disk is full.
 */
struct tape {
	size_t limit;      /* bytes kept in memory */
	char *memory;
	size_t n_memory, room;
	int fd;            /* 0: no file yet */
	uint64_t n_file;   /* bytes in the file */
	uint64_t n_read;
};

void tape_put(struct tape *s, const void *p, size_t n);

/* Exactly n bytes of what has been put; more than there are is a programming error. */
void tape_get(struct tape *s, void *p, size_t n);

/* Bytes put and not yet read back. */
uint64_t tape_left(const struct tape *s);
void tape_free(struct tape *s);

#endif
