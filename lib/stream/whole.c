/* SPDX-License-Identifier: MIT */
#include "stream/whole.h"

#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/gz.h"
#include "value/text.h"

char *whole_read(const char *path, size_t *n)
{
	struct gz_in *in = gz_open(path, false);
	char *s = mem_alloc(WHOLE_MAX + 1);
	size_t good, got, line = 1;

	*n = 0;
	while (*n <= WHOLE_MAX && (got = gz_read(in, s + *n, WHOLE_MAX + 1 - *n)) > 0)
		*n += got;
	if (*n > WHOLE_MAX)
		msg_die(MSG_FAILED, "%s: more than %zu bytes", gz_name(in), WHOLE_MAX);
	good = text_utf8_prefix(s, *n);
	if (memchr(s, '\0', good))
		good = strlen(s);
	for (size_t i = 0; i < good; i++)
		line += s[i] == '\n';
	if (good < *n)
		msg_die(MSG_FAILED, "%s:%zu: not valid UTF-8 text: byte 0x%02x", gz_name(in), line,
			(unsigned char)s[good]);
	gz_close(in);
	s[*n] = '\0';
	return s;
}
