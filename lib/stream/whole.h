/* SPDX-License-Identifier: MIT */
#ifndef STREAM_WHOLE_H
#define STREAM_WHOLE_H

#include <stddef.h>

/*
 * A small file of text, gzip or plain, read whole: its n bytes and a NUL, to
 * be freed.  Dies (status 1) with file and line on a NUL, on bytes that are
 * not UTF-8, and beyond WHOLE_MAX bytes.
 */
#define WHOLE_MAX ((size_t)1 << 20)
char *whole_read(const char *path, size_t *n);

#endif
