/* SPDX-License-Identifier: MIT */
#include "stream/deflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>
#ifdef HAVE_ISAL
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#endif

#define TRAILER_BYTES 8

/* Both libraries count in 32 bits; we hand over at most this much at once. */
static unsigned clamp(size_t n)
{
	return n < INT_MAX ? (unsigned)n : INT_MAX;
}

#ifdef HAVE_ISAL

struct deflate_in {
	struct inflate_state state;
};

struct deflate_in *deflate_in_new(void)
{
	struct deflate_in *d = malloc(sizeof *d);

	if (d) {
		isal_inflate_init(&d->state);
		d->state.crc_flag = ISAL_GZIP_NO_HDR_VER;
	}
	return d;
}

void deflate_in_reset(struct deflate_in *d)
{
	isal_inflate_reset(&d->state);
	d->state.crc_flag = ISAL_GZIP_NO_HDR_VER;
}

void deflate_in_follow(struct deflate_in *d, const unsigned char *window, size_t n, uint32_t crc,
		       uint32_t length)
{
	isal_inflate_set_dict(&d->state, (unsigned char *)(uintptr_t)window, (uint32_t)n);
	d->state.crc = crc;
	d->state.total_out = length;
}

void deflate_in_free(struct deflate_in *d)
{
	free(d);
}

enum deflate_status deflate_in_run(struct deflate_in *d, const unsigned char **in, size_t *n_in,
				   unsigned char **out, size_t *room)
{
	struct inflate_state *s = &d->state;
	unsigned give = clamp(*n_in), take = clamp(*room);
	int rc;

	s->next_in = (unsigned char *)(uintptr_t)*in; /* not written to */
	s->avail_in = give;
	s->next_out = *out;
	s->avail_out = take;
	rc = isal_inflate(s);
	*in = s->next_in;
	*n_in -= give - s->avail_in;
	*out = s->next_out;
	*room -= take - s->avail_out;
	if (rc == ISAL_INCORRECT_CHECKSUM)
		return DEFLATE_BAD_SUM;
	if (rc != ISAL_DECOMP_OK)
		return DEFLATE_BAD;
	return s->block_state == ISAL_BLOCK_FINISH ? DEFLATE_END : DEFLATE_MORE;
}

uint32_t deflate_crc(uint32_t crc, const void *p, size_t n)
{
	return crc32_gzip_refl(crc, p, n);
}

#else

struct deflate_in {
	z_stream z;
	uint32_t crc, length;
	size_t n_trailer; /* bytes of the trailer seen; the body has ended when ended */
	bool ended;
	unsigned char trailer[TRAILER_BYTES];
};

struct deflate_in *deflate_in_new(void)
{
	struct deflate_in *d = calloc(1, sizeof *d);

	if (d && inflateInit2(&d->z, -MAX_WBITS) != Z_OK) {
		free(d);
		return NULL;
	}
	return d;
}

void deflate_in_reset(struct deflate_in *d)
{
	inflateReset(&d->z);
	d->crc = d->length = 0;
	d->n_trailer = 0;
	d->ended = false;
}

void deflate_in_follow(struct deflate_in *d, const unsigned char *window, size_t n, uint32_t crc,
		       uint32_t length)
{
	inflateSetDictionary(&d->z, window, (unsigned)n);
	d->crc = crc;
	d->length = length;
}

void deflate_in_free(struct deflate_in *d)
{
	if (d)
		inflateEnd(&d->z);
	free(d);
}

static uint32_t little_endian(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static enum deflate_status trailer(struct deflate_in *d, const unsigned char **in, size_t *n_in)
{
	for (; d->n_trailer < TRAILER_BYTES && *n_in > 0; (*n_in)--)
		d->trailer[d->n_trailer++] = *(*in)++;
	if (d->n_trailer < TRAILER_BYTES)
		return DEFLATE_MORE;
	return little_endian(d->trailer) == d->crc && little_endian(d->trailer + 4) == d->length
	       ? DEFLATE_END : DEFLATE_BAD_SUM;
}

enum deflate_status deflate_in_run(struct deflate_in *d, const unsigned char **in, size_t *n_in,
				   unsigned char **out, size_t *room)
{
	unsigned give = clamp(*n_in), take = clamp(*room), made;
	int rc;

	if (d->ended)
		return trailer(d, in, n_in);
	d->z.next_in = (unsigned char *)(uintptr_t)*in;
	d->z.avail_in = give;
	d->z.next_out = *out;
	d->z.avail_out = take;
	rc = inflate(&d->z, Z_NO_FLUSH);
	made = take - d->z.avail_out;
	d->crc = deflate_crc(d->crc, *out, made);
	d->length += made;
	*in += give - d->z.avail_in;
	*n_in -= give - d->z.avail_in;
	*out += made;
	*room -= made;
	if (rc == Z_STREAM_END) {
		d->ended = true;
		return trailer(d, in, n_in);
	}
	return rc == Z_OK || rc == Z_BUF_ERROR ? DEFLATE_MORE : DEFLATE_BAD;
}

uint32_t deflate_crc(uint32_t crc, const void *p, size_t n)
{
	return (uint32_t)crc32_z(crc, p, n);
}

#endif

struct deflate_out {
	z_stream z;
	bool is_zlib;
#ifdef HAVE_ISAL
	struct isal_zstream isal;
	unsigned char *level_buffer;
#endif
};

#ifdef HAVE_ISAL
static bool isal_start(struct deflate_out *d, int level)
{
	static const unsigned size[] = { ISAL_DEF_LVL0_DEFAULT, ISAL_DEF_LVL1_DEFAULT,
					 ISAL_DEF_LVL2_DEFAULT, ISAL_DEF_LVL3_DEFAULT };

	isal_deflate_init(&d->isal);
	d->level_buffer = malloc(size[level]);
	d->isal.level = (unsigned)level;
	d->isal.level_buf = d->level_buffer;
	d->isal.level_buf_size = size[level];
	d->isal.gzip_flag = IGZIP_DEFLATE;
	return d->level_buffer != NULL;
}

static bool isal_run(struct deflate_out *d, const unsigned char **in, size_t *n_in,
		     unsigned char **out, size_t *room, enum deflate_flush flush)
{
	unsigned give = clamp(*n_in), take = clamp(*room);

	d->isal.next_in = (unsigned char *)(uintptr_t)*in;
	d->isal.avail_in = give;
	d->isal.next_out = *out;
	d->isal.avail_out = take;
	d->isal.flush = flush == DEFLATE_SYNC ? SYNC_FLUSH : NO_FLUSH;
	d->isal.end_of_stream = flush == DEFLATE_FINISH;
	isal_deflate(&d->isal);
	*in += give - d->isal.avail_in;
	*n_in -= give - d->isal.avail_in;
	*out += take - d->isal.avail_out;
	*room -= take - d->isal.avail_out;
	if (flush == DEFLATE_FINISH)
		return d->isal.internal_state.state != ZSTATE_END;
	return *n_in > 0 || d->isal.avail_out == 0;
}
#endif

struct deflate_out *deflate_out_new(int level)
{
	struct deflate_out *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
#ifdef HAVE_ISAL
	if (level <= ISAL_DEF_MAX_LEVEL) {
		if (isal_start(d, level))
			return d;
		free(d);
		return NULL;
	}
#endif
	d->is_zlib = true;
	if (deflateInit2(&d->z, level, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
			 Z_DEFAULT_STRATEGY) == Z_OK)
		return d;
	free(d);
	return NULL;
}

void deflate_out_free(struct deflate_out *d)
{
	if (!d)
		return;
	if (d->is_zlib)
		deflateEnd(&d->z);
#ifdef HAVE_ISAL
	free(d->level_buffer);
#endif
	free(d);
}

bool deflate_out_run(struct deflate_out *d, const unsigned char **in, size_t *n_in,
		     unsigned char **out, size_t *room, enum deflate_flush flush)
{
	static const int zlib_flush[] = { Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH };
	unsigned give = clamp(*n_in), take = clamp(*room);
	int rc;

#ifdef HAVE_ISAL
	if (!d->is_zlib)
		return isal_run(d, in, n_in, out, room, flush);
#endif
	d->z.next_in = (unsigned char *)(uintptr_t)*in;
	d->z.avail_in = give;
	d->z.next_out = *out;
	d->z.avail_out = take;
	rc = deflate(&d->z, zlib_flush[flush]);
	*in += give - d->z.avail_in;
	*n_in -= give - d->z.avail_in;
	*out += take - d->z.avail_out;
	*room -= take - d->z.avail_out;
	if (flush == DEFLATE_FINISH)
		return rc != Z_STREAM_END;
	return *n_in > 0 || d->z.avail_out == 0;
}
