/* SPDX-License-Identifier: MIT */
#ifndef STREAM_PAGES_H
#define STREAM_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory that can move to an unlinked file in $TMPDIR (else /tmp) and keeps
 * its addresses: what is read again and again, pass by pass, and may not fit.
 * Zeroed struct = none.  A full disk, or any other failure, dies (status 1)
 * and names the directory.
 */
struct pages {
	char **segment; /* mappings of PAGES_SEGMENT bytes or more */
	size_t *size;
	size_t n, capacity;
	size_t n_used;  /* bytes of the last one */
	bool spilled;
	int fd;
	size_t n_file;
};

/* n > 0 bytes, a multiple of 4096, aligned to a page; to be freed by pages_free. */
void *pages_take(struct pages *p, size_t n);

/* Moves everything, and all that is taken from now on, to the file.  What was
 * taken before stays valid, with its content. */
void pages_spill(struct pages *p);

/* The bytes (whole pages) are not needed soon: they leave the resident set if
 * they are in the file.  They can still be read and written. */
void pages_rest(struct pages *p, void *at, size_t n);

void pages_free(struct pages *p);

#endif
