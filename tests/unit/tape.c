/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "stream/tape.h"
#include "tests/unit/tap.h"

/* Pieces of growing size through a tape with this limit, read back in other pieces. */
static bool comes_back(size_t limit)
{
	enum { N = 5000 };
	struct tape s = { .limit = limit };
	static char in[N * 4], out[N * 4];
	size_t n = 0, at = 0, back = 0;
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (char)(i * 2654435761u >> 13);
	while (at < sizeof in) {
		size_t k = n++ % 97;
		k = k < sizeof in - at ? k : sizeof in - at;
		tape_put(&s, in + at, k);
		at += k;
	}
	bool good = tape_left(&s) == sizeof in;
	while (back < sizeof out) {
		size_t k = 1 + n++ % 331;
		k = k < sizeof out - back ? k : sizeof out - back;
		tape_get(&s, out + back, k);
		back += k;
	}
	good = good && tape_left(&s) == 0 && memcmp(in, out, sizeof in) == 0;
	tape_free(&s);
	return good;
}

int main(void)
{
	msg_init("tape");
	tap_ok(comes_back(1 << 20), "all in memory");
	tap_ok(comes_back(0), "all in a file");
	tap_ok(comes_back(7001), "some in memory, the rest in a file");
	return tap_done();
}
