/* SPDX-License-Identifier: MIT */
/* num_print against another implementation of the same layout: String(x) of node, if it is there. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/tap.h"
#include "value/num.h"
#include "value/rng.h"

#define N 50000

static double sample(uint64_t i)
{
	uint64_t bits = rng_bits(21, RNG_TEST, i, 0);
	double x;
	if (i % 3 == 0)
		return (double)(int64_t)bits / (double)(1 + rng_below(1000000, 21, RNG_TEST, i, 1));
	if (i % 3 == 1)
		bits = (bits & ~(UINT64_C(0x7FF) << 52)) | (1023 - 25 + bits % 100) << 52;
	else
		bits &= ~(UINT64_C(1) << 62);
	memcpy(&x, &bits, sizeof x);
	return x == 0 ? 1 : x;
}

int main(void)
{
	if (system("node -e 0 >/dev/null 2>&1") != 0) {
		tap_ok(true, "String(x) # SKIP node is not here");
		return tap_done();
	}
	char path[] = "/tmp/num_node.XXXXXX", command[512], line[64], text[NUM_MAX + 1];
	int fd = mkstemp(path), n_lines = 0, n_bad = 0;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		return 1;
	for (uint64_t i = 0; i < N; i++) {
		double x = sample(i);
		fwrite(&x, sizeof x, 1, f);
	}
	fclose(f);
	snprintf(command, sizeof command,
		 "node -e 'const b = require(\"fs\").readFileSync(\"%s\"); let s = \"\";"
		 " for (let i = 0; i < b.length; i += 8) s += b.readDoubleLE(i) + \"\\n\";"
		 " process.stdout.write(s)'",
		 path);
	f = popen(command, "r");
	while (f && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		text[num_print(text, sample((uint64_t)n_lines++))] = '\0';
		if (strcmp(text, line) != 0 && n_bad++ == 0)
			printf("# %s, in node %s\n", text, line);
	}
	if (f)
		pclose(f);
	unlink(path);
	tap_ok(n_lines == N && n_bad == 0, "%d doubles print as in node", N);
	return tap_done();
}
