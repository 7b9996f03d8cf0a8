/* SPDX-License-Identifier: MIT */
#ifndef STREAM_GZ_H
#define STREAM_GZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes in and out of gzip (RFC 1952) or plain files.  Everything that is
 * wrong - a truncated member, a bad CRC or length, rubbish behind the last
 * member, empty input, a full disk - dies with status 1 and a message that
 * names the file; a closed pipe dies as msg_closed_pipe says.
 */

struct gz_in;

/*
 * Opens a path, "-" is standard input.  Whether it is gzip is told by the
 * first bytes.  With read_ahead, a thread of its own decompresses gzip (plain
 * input is read by the caller).
 */
struct gz_in *gz_open(const char *path, bool read_ahead);

/* "tx.tsv.gz", or "standard input". */
const char *gz_name(const struct gz_in *in);

/*
 * Up to `room` bytes into `to`.  0 means the verified end: the last member's
 * CRC and length have been checked.  Fewer than room bytes do not mean the
 * end.
 */
size_t gz_read(struct gz_in *in, char *to, size_t room);

/* The same, but a failure also gives 0, and gz_check dies of it: what came
 * before it can be looked at first. */
size_t gz_try(struct gz_in *in, char *to, size_t room);
void gz_check(const struct gz_in *in);

/*
 * The provenance in the first member's extra field (subfield SG), NUL-ended,
 * lines ended by LF; "" when there is none.  Valid until gz_close; known after
 * the first gz_read.
 */
const char *gz_provenance(const struct gz_in *in);

/* Whether the input is gzip; known after the first gz_read. */
bool gz_is_gzip(const struct gz_in *in);

/* Compressed bytes read so far and, for a regular file, its size (else 0). */
uint64_t gz_bytes_read(const struct gz_in *in);
uint64_t gz_bytes_total(const struct gz_in *in);

void gz_close(struct gz_in *in);

enum gz_form {
	GZ_PLAIN,  /* no gzip at all */
	GZ_STORED, /* one member of stored blocks */
	GZ_LEVEL,  /* one compressed member */
};

struct gz_out;

/*
 * The form that standard output (descriptor fd) asks for: plain on a
 * terminal, compressed to a regular file, stored elsewhere; `plain` and
 * `level` (0..9, -1: not given) as the user said.
 */
enum gz_form gz_form_for(int fd, bool plain, int64_t level);

/*
 * Writes to descriptor fd; `name` is for messages.  level 1..9 for GZ_LEVEL,
 * -1: the fast default.  The member's header, with the provenance (NULL or ""
 * for none; cut in the middle beyond 32 KiB), goes out with the first bytes.
 */
struct gz_out *gz_create(int fd, const char *name, enum gz_form form, int level,
			 const char *provenance);
void gz_write(struct gz_out *out, const char *s, size_t n);

/* Everything written so far leaves the process. */
void gz_flush(struct gz_out *out);

/*
 * The end: last block, CRC and length (the end mark).  Does not close fd.
 * Frees `out`.  Only to be called when the whole result is complete and
 * correct.
 */
void gz_finish(struct gz_out *out);

/* CRC-32 of RFC 1952 continued from `crc` (0 at the start). */
uint32_t gz_crc(uint32_t crc, const char *s, size_t n);

#endif
