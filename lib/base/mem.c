/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/msg.h"

/* 256 KiB: large enough that malloc maps it, small beside the least --mem. */
#define CHUNK_BYTES ((size_t)256 << 10)

#define CACHE_LINE 64
#define HUGE_PAGE ((size_t)2 << 20)
#define SMALL_PAGE ((size_t)4 << 10)

/* What a 128-bit integer needs. */
#define ALIGN 16

struct mem_chunk {
	_Alignas(ALIGN) struct mem_chunk *next;
};

void mem_need(bool there)
{
	if (!there)
		msg_die(MSG_FAILED, "out of memory");
}

static void *checked(void *p)
{
	mem_need(p != NULL);
	return p;
}

void *mem_alloc(size_t n_bytes)
{
	return checked(malloc(n_bytes ? n_bytes : 1));
}

void *mem_zero(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *mem_array(size_t n, size_t size)
{
	return mem_resize(NULL, n, size);
}

void *mem_resize(void *old, size_t n, size_t size)
{
	return checked(reallocarray(old, n ? n : 1, size ? size : 1));
}

char *mem_copy(const char *s, size_t n)
{
	char *p = mem_alloc(n + 1);

	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *mem_printf(const char *format, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, format);
	n = vasprintf(&s, format, ap);
	va_end(ap);
	return n < 0 ? checked(NULL) : s;
}

void *mem_grow(void *old, size_t n, size_t *capacity, size_t size)
{
	if (n < *capacity)
		return old;
	*capacity = *capacity ? *capacity * 2 : 16;
	return mem_resize(old, *capacity, size);
}

void *mem_large(size_t n, size_t size)
{
	size_t n_bytes, align = CACHE_LINE;

	if (__builtin_mul_overflow(n ? n : 1, size, &n_bytes) || n_bytes > SIZE_MAX / 2)
		checked(NULL);
	if (n_bytes >= HUGE_PAGE)
		align = HUGE_PAGE;
	n_bytes = (n_bytes + align - 1) / align * align;
	void *p = checked(aligned_alloc(align, n_bytes));
	if (align == HUGE_PAGE)
		madvise(p, n_bytes, MADV_HUGEPAGE); /* best effort */
	return p;
}

size_t mem_page(size_t n_bytes)
{
	return n_bytes >= HUGE_PAGE ? HUGE_PAGE : SMALL_PAGE;
}

static size_t whole_pages(size_t n_bytes)
{
	size_t page = mem_page(n_bytes);

	if (n_bytes > SIZE_MAX / 2)
		checked(NULL);
	return (n_bytes + page - 1) / page * page;
}

/* What is mapped too much, to come to a border of pages, is given back. */
void *mem_pages(size_t n_bytes)
{
	size_t page = mem_page(n_bytes), n = whole_pages(n_bytes), more = page - SMALL_PAGE;
	char *p = mmap(NULL, n + more, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	checked(p == MAP_FAILED ? NULL : p);
	size_t before = (page - (uintptr_t)p % page) % page;
	if (before)
		munmap(p, before);
	if (more > before)
		munmap(p + before + n, more - before);
	if (page == HUGE_PAGE)
		madvise(p + before, n, MADV_HUGEPAGE); /* best effort */
	return p + before;
}

void mem_pages_free(void *pages, size_t n_bytes)
{
	if (pages)
		munmap(pages, whole_pages(n_bytes));
}

uint64_t mem_peak_rss(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) == 0 ? (uint64_t)u.ru_maxrss << 10 : 0;
}

static char *arena_take(struct mem_arena *a, size_t n_bytes)
{
	char *p = a->at;

	if (n_bytes > (size_t)(a->end - a->at)) {
		size_t need = n_bytes + sizeof(struct mem_chunk);
		size_t size = need > CHUNK_BYTES / 4 ? need : CHUNK_BYTES;
		struct mem_chunk *c = mem_alloc(size);

		a->n_bytes += size;
		c->next = a->chunk;
		a->chunk = c;
		p = (char *)(c + 1);
		if (size != CHUNK_BYTES) /* a large one has a chunk to itself */
			return p;
		a->end = (char *)c + size;
	}
	a->at = p + n_bytes;
	return p;
}

void *mem_arena_alloc(struct mem_arena *a, size_t n_bytes)
{
	size_t misaligned = (uintptr_t)a->at % ALIGN;

	if (misaligned && (size_t)(a->end - a->at) >= ALIGN)
		a->at += ALIGN - misaligned;
	else if (misaligned)
		a->at = a->end = NULL;
	return arena_take(a, (n_bytes + ALIGN - 1) / ALIGN * ALIGN);
}

char *mem_arena_copy(struct mem_arena *a, const char *s, size_t n)
{
	char *p = arena_take(a, n + 1);

	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

void mem_arena_free(struct mem_arena *a)
{
	for (struct mem_chunk *c = a->chunk, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	*a = (struct mem_arena){ 0 };
}
