/* SPDX-License-Identifier: MIT */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Allocation that dies with "out of memory" (status 1).  For cmd, stream,
 * table and view; math and model use malloc and return a status.
 * All results are freed with free().
 */
void *mem_alloc(size_t n_bytes);

/* Dies so when what others allocate is not there. */
void mem_need(bool there);
void *mem_zero(size_t n, size_t size);            /* n * size bytes of zero */
void *mem_array(size_t n, size_t size);           /* overflow checked */
void *mem_resize(void *old, size_t n, size_t size);
char *mem_copy(const char *s, size_t n);          /* NUL appended */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Makes room for one more element: *capacity doubles (at least 16) when n
 * reaches it.  Amortised O(1).
 */
void *mem_grow(void *old, size_t n, size_t *capacity, size_t size);

/*
 * For tables that are read at random: at an address that is a multiple of 64,
 * and where it is large, in huge pages if the system has them, as a missing
 * entry of the page tables costs as much as a missing line of the cache.  Not
 * zeroed.
 */
void *mem_large(size_t n, size_t size);

/*
 * The same in pages of its own, zeroed: n_bytes rounded up to a multiple of
 * mem_page(n_bytes), which is 2 MiB of large ones, else 4 KiB.  To be freed by
 * mem_pages_free with the n_bytes it was taken with; the system has them back at once.
 */
size_t mem_page(size_t n_bytes);
void *mem_pages(size_t n_bytes);
void mem_pages_free(void *pages, size_t n_bytes);

/* Peak resident set of this process so far, in bytes (getrusage). */
uint64_t mem_peak_rss(void);

/*
 * A bump allocator for many small things with one life: nothing is freed
 * before mem_arena_free.  Zeroed struct = empty arena.
 */
struct mem_arena {
	struct mem_chunk *chunk; /* newest first */
	char *at, *end;
	size_t n_bytes; /* total taken from the system */
};
void *mem_arena_alloc(struct mem_arena *a, size_t n_bytes); /* 16-byte aligned */
char *mem_arena_copy(struct mem_arena *a, const char *s, size_t n); /* NUL appended, unaligned */
void mem_arena_free(struct mem_arena *a);

#endif
