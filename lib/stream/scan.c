/* SPDX-License-Identifier: MIT */
#include "stream/scan.h"

#include <emmintrin.h>

/* SSE2 is part of x86-64: one path, no choice at run time. */
struct masks {
	uint64_t separator, special;
};

static struct masks masks_64(const char *s)
{
	const __m128i tab = _mm_set1_epi8('\t'), lf = _mm_set1_epi8('\n');
	const __m128i cr = _mm_set1_epi8('\r'), backslash = _mm_set1_epi8('\\');
	struct masks m = { 0, 0 };

	for (int i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + 16 * i));
		__m128i separator = _mm_or_si128(_mm_cmpeq_epi8(v, tab), _mm_cmpeq_epi8(v, lf));
		__m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, cr), v),
					       _mm_cmpeq_epi8(v, backslash));

		m.separator |= (uint64_t)(uint32_t)_mm_movemask_epi8(separator) << (16 * i);
		m.special |= (uint64_t)(uint32_t)_mm_movemask_epi8(special) << (16 * i);
	}
	return m;
}

size_t scan_separators(const char *s, size_t from, size_t to, uint32_t *index, bool *special)
{
	uint64_t any = 0;
	size_t n = 0, i = from;

	for (; i + 64 <= to; i += 64) {
		struct masks m = masks_64(s + i);

		any |= m.special;
		for (; m.separator; m.separator &= m.separator - 1)
			index[n++] = (uint32_t)(i + (size_t)__builtin_ctzll(m.separator));
	}
	for (; i < to; i++) {
		char c = s[i];

		any |= c == '\r' || c == '\\' || (c & 0x80);
		if (c == '\t' || c == '\n')
			index[n++] = (uint32_t)i;
	}
	*special |= any != 0;
	return n;
}
