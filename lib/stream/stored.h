/* SPDX-License-Identifier: MIT */
#ifndef STREAM_STORED_H
#define STREAM_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Stored blocks (RFC 1951, section 3.2.4), which is what the filters send each
 * other: their bytes may go from the pipe to where they are wanted.  The
 * caller reads the heads and the bytes; this keeps count of them.
 */
#define STORED_HEAD 5
#define STORED_WINDOW ((size_t)32 << 10)

struct stored {
	size_t left;    /* bytes of the block at hand */
	bool is_final;  /* it is the member's last */
	uint32_t crc, length; /* of the member so far */
	/* The last bytes, for a deflated block that follows. */
	unsigned char window[STORED_WINDOW];
	size_t n_window;
};

/* Begins a member. */
void stored_start(struct stored *s);

enum stored_kind { STORED_BLOCK, STORED_OTHER, STORED_BAD };

/* Whether a block begins so: with left == 0 and unless the last was final.  At
 * a stored one `left` and `is_final` are set; another one is to be inflated. */
enum stored_kind stored_head(struct stored *s, const unsigned char head[STORED_HEAD]);

/* n bytes of the block, at most `left`, have been read.  n_more: so many stored
 * bytes are known to follow; a whole window of them leaves nothing to keep. */
void stored_took(struct stored *s, const char *bytes, size_t n, size_t n_more);

/* Bytes of the stored block that begins so, or 0. */
size_t stored_length(const unsigned char head[STORED_HEAD]);

#endif
