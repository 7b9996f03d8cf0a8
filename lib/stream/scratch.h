/* SPDX-License-Identifier: MIT */
#ifndef STREAM_SCRATCH_H
#define STREAM_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/*
 * Files without a name in $TMPDIR, or /tmp: gone with the process, however it
 * ends.  What cannot be done dies with status 1:
 *
 *	seg-rfm: /tmp: cannot write a temporary file: No space left on device
 */
int scratch_open(void);

/* All n bytes at an offset; nothing is written or read in part. */
void scratch_write(int fd, const void *from, size_t n, uint64_t at);
void scratch_read(int fd, void *to, size_t n, uint64_t at);

/* Dies: what ("make", "write", "read", "map") could not be done, and why. */
_Noreturn void scratch_die(const char *what, const char *why);

#endif
