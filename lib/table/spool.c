/* SPDX-License-Identifier: MIT */
#include "table/spool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "stream/scratch.h"

/* Blocks of all streams lie in the file as they were filled. */
struct spool_stream {
	char *bytes; /* of the open block; NULL when there is none */
	size_t n;
	uint64_t *place; /* [n_blocks]: where the blocks are */
	size_t n_blocks, capacity;
	size_t last_n;   /* bytes in the last one, once sealed */
};

void spool_open(struct spool *s)
{
	*s = (struct spool){ .fd = scratch_open() };
}

size_t spool_add(struct spool *s)
{
	s->stream = mem_grow(s->stream, s->n_streams, &s->capacity, sizeof *s->stream);
	s->stream[s->n_streams] = (struct spool_stream){ 0 };
	return s->n_streams++;
}

/* Ends the open block: its place in the file is taken whole. */
static void write_block(struct spool *s, struct spool_stream *t)
{
	t->place = mem_grow(t->place, t->n_blocks, &t->capacity, sizeof *t->place);
	t->place[t->n_blocks++] = s->end;
	scratch_write(s->fd, t->bytes, t->n, s->end);
	s->end += t->n;
	t->last_n = t->n;
	t->n = 0;
}

static void put_bytes(struct spool *s, struct spool_stream *t, const char *from, size_t n)
{
	while (n) {
		size_t take = SPOOL_BLOCK - t->n;
		if (!t->bytes)
			t->bytes = mem_alloc(SPOOL_BLOCK);
		if (take > n)
			take = n;
		memcpy(t->bytes + t->n, from, take);
		t->n += take;
		from += take;
		n -= take;
		if (t->n == SPOOL_BLOCK)
			write_block(s, t);
	}
}

void spool_put(struct spool *s, size_t stream, const char *record, size_t n)
{
	uint32_t length = (uint32_t)n;

	if (n > UINT32_MAX)
		msg_die(MSG_FAILED, "one key's lines need more than 4 GiB");
	put_bytes(s, &s->stream[stream], (const char *)&length, sizeof length);
	put_bytes(s, &s->stream[stream], record, n);
}

void spool_seal(struct spool *s, size_t stream)
{
	struct spool_stream *t = &s->stream[stream];

	if (t->n)
		write_block(s, t);
	free(t->bytes);
	t->bytes = NULL;
}

void spool_read(struct spool_reader *r, struct spool *s, size_t stream)
{
	*r = (struct spool_reader){ .spool = s, .stream = stream };
	r->bytes = mem_alloc(SPOOL_BLOCK);
}

static bool read_block(struct spool_reader *r)
{
	const struct spool_stream *t = &r->spool->stream[r->stream];

	if (r->block == t->n_blocks)
		return false;
	r->n = r->block + 1 == t->n_blocks ? t->last_n : SPOOL_BLOCK;
	scratch_read(r->spool->fd, r->bytes, r->n, t->place[r->block]);
	r->block++;
	r->at = 0;
	return true;
}

static bool get_bytes(struct spool_reader *r, char *to, size_t n)
{
	while (n) {
		if (r->at == r->n && !read_block(r))
			return false;
		size_t take = r->n - r->at < n ? r->n - r->at : n;
		memcpy(to, r->bytes + r->at, take);
		r->at += take;
		to += take;
		n -= take;
	}
	return true;
}

bool spool_next(struct spool_reader *r, struct span *record)
{
	uint32_t n;

	if (!get_bytes(r, (char *)&n, sizeof n))
		return false;
	r->record.n = 0;
	if (!get_bytes(r, buf_room(&r->record, n), n))
		scratch_die("read", "it is cut off");
	*record = (struct span){ r->record.s, n };
	return true;
}

void spool_read_end(struct spool_reader *r)
{
	free(r->bytes);
	free(r->record.s);
}

void spool_close(struct spool *s)
{
	for (size_t i = 0; i < s->n_streams; i++) {
		free(s->stream[i].bytes);
		free(s->stream[i].place);
	}
	free(s->stream);
	close(s->fd);
	*s = (struct spool){ .fd = -1 };
}
