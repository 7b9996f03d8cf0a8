/* SPDX-License-Identifier: MIT */
#ifndef STREAM_DEFLATE_H
#define STREAM_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Deflate (RFC 1951) behind one interface: ISA-L where it was found when seg
 * was built (inflate; levels 1-3), zlib for the rest.
 */

/* The body and trailer of a gzip member: everything behind its header. */
struct deflate_in;

enum deflate_status {
	DEFLATE_MORE,    /* consumed all input or filled all room; call again */
	DEFLATE_END,     /* the trailer's CRC and length are right; the input stands behind it */
	DEFLATE_BAD,     /* not deflate data */
	DEFLATE_BAD_SUM, /* CRC or length differ */
};

struct deflate_in *deflate_in_new(void); /* NULL: out of memory */
void deflate_in_reset(struct deflate_in *d); /* for the next member */
/* The member so far was read by other means (stream/stored.h): its last n bytes,
 * at most 32 KiB, its CRC and length. */
void deflate_in_follow(struct deflate_in *d, const unsigned char *window, size_t n, uint32_t crc,
		       uint32_t length);
void deflate_in_free(struct deflate_in *d);

/* Inflates from *in (*n_in bytes) to *out (*room bytes); moves all four. */
enum deflate_status deflate_in_run(struct deflate_in *d, const unsigned char **in, size_t *n_in,
				   unsigned char **out, size_t *room);

/* Raw deflate of one stream. level 1..9. */
struct deflate_out;

struct deflate_out *deflate_out_new(int level);
void deflate_out_free(struct deflate_out *d);

enum deflate_flush { DEFLATE_NONE, DEFLATE_SYNC, DEFLATE_FINISH };

/*
 * Compresses from *in to *out, moving all four.  Returns true while it wants
 * to be called again with more room (the input is then not used up, or what
 * `flush` asked for is not complete).
 */
bool deflate_out_run(struct deflate_out *d, const unsigned char **in, size_t *n_in,
		     unsigned char **out, size_t *room, enum deflate_flush flush);

/* CRC-32 of RFC 1952 continued from crc. */
uint32_t deflate_crc(uint32_t crc, const void *p, size_t n);

#endif
