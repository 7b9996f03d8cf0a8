/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "stream/spool.h"
#include "tests/unit/tap.h"

/* Pieces of growing size through a spool with this limit, read back in other pieces. */
static bool comes_back(size_t limit)
{
	enum { N = 5000 };
	struct spool s = { .limit = limit };
	static char in[N * 4], out[N * 4];
	size_t n = 0, at = 0, back = 0;
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (char)(i * 2654435761u >> 13);
	while (at < sizeof in) {
		size_t k = n++ % 97;
		k = k < sizeof in - at ? k : sizeof in - at;
		spool_put(&s, in + at, k);
		at += k;
	}
	bool good = spool_left(&s) == sizeof in;
	while (back < sizeof out) {
		size_t k = 1 + n++ % 331;
		k = k < sizeof out - back ? k : sizeof out - back;
		spool_get(&s, out + back, k);
		back += k;
	}
	good = good && spool_left(&s) == 0 && memcmp(in, out, sizeof in) == 0;
	spool_free(&s);
	return good;
}

int main(void)
{
	msg_init("spool");
	tap_ok(comes_back(1 << 20), "all in memory");
	tap_ok(comes_back(0), "all in a file");
	tap_ok(comes_back(7001), "some in memory, the rest in a file");
	return tap_done();
}
