/* SPDX-License-Identifier: MIT */
#ifndef STREAM_SCAN_H
#define STREAM_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The places of the separators in s[from..to), ascending, as offsets from s;
 * `to` < 2^32.  `index` has room for to - from of them.  *special is set when
 * a CR, a backslash or a byte above 127 is among the bytes, else left alone.
 * Returns how many.  64 bytes a step.
 */
size_t scan_separators(const char *s, size_t from, size_t to, uint32_t *index, bool *special);

#endif
