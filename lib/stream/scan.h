/* SPDX-License-Identifier: MIT */
#ifndef STREAM_SCAN_H
#define STREAM_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The places of the separators (TAB, LF) in s[from..to), ascending, as offsets
 * from s; `to` < 2^32.  `index` has room for to - from + SCAN_SLACK of them.
 * *special is set when a CR, a backslash or a byte above 127 is among the
 * bytes, else left alone.  Returns how many.  64 bytes a step, by the widest
 * vectors the processor has.
 */
#define SCAN_SLACK 8
size_t scan_separators(const char *s, size_t from, size_t to, uint32_t *index, bool *special);

/* How many LFs are in s[0..n). */
size_t scan_lines(const char *s, size_t n);

/* scan_separators by a given path, which scan_has must have: for tests. */
enum scan_path { SCAN_SSE2, SCAN_AVX2, SCAN_AVX512 };
bool scan_has(enum scan_path path);
size_t scan_separators_by(enum scan_path path, const char *s, size_t from, size_t to, uint32_t *index,
			  bool *special);

#endif
