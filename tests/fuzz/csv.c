/* SPDX-License-Identifier: MIT */
/*
 * fuzz/csv SECONDS [SEED]: splits random texts, made from the corpus in
 * $FUZZ_CORPUS/csv by mutation, as csv_diff.h says.  fuzz/csv -r FILE...
 * tries these files.  Prints the number of texts; status 1, and the text in
 * csv.found, when one is split in two ways.
 */
#include <dirent.h>
#include <stdio.h>
#include <time.h>

#include "base/msg.h"
#include "tests/fuzz/csv_diff.h"

#define TEXT_MAX 24000
#define SEEDS_MAX 4000

struct text {
	uint8_t *s;
	size_t n;
};

static struct text seed[SEEDS_MAX], now;
static size_t n_seeds;
static uint64_t state;
static bool busy;

static uint32_t draw(uint32_t below) /* xorshift64*, Vigna 2016 */
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 2685821657736338717u) >> 33) % below;
}

static bool read_text(const char *path, struct text *t)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	t->s = malloc(TEXT_MAX);
	t->n = t->s ? fread(t->s, 1, TEXT_MAX / 2, f) : 0;
	fclose(f);
	return t->n > 0;
}

static void read_corpus(const char *dir)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/csv", dir ? dir : "tests/fuzz/corpus");
	DIR *d = opendir(path);
	struct dirent *e;
	while (d && (e = readdir(d)) != NULL && n_seeds < SEEDS_MAX) {
		snprintf(path, sizeof path, "%s/csv/%s", dir ? dir : "tests/fuzz/corpus", e->d_name);
		n_seeds += e->d_name[0] != '.' && read_text(path, &seed[n_seeds]);
	}
	if (d)
		closedir(d);
}

static void insert(const uint8_t *s, size_t n, size_t at)
{
	if (now.n + n > TEXT_MAX)
		return;
	memmove(now.s + at + n, now.s + at, now.n - at);
	memmove(now.s + at, s, n);
	now.n += n;
}

static void mutate(void)
{
	static const char *const token[] = { "\"", "\"\"", ",", ";", "\t", "|", "'", "\n", "\r", "\r\n", "\",\"", "\n\"",
					     "\"\n", "\"\r\n", ",\"", "\"\"\"", "a", " ", "\xef\xbb\xbf", "\r\r", "\n\r" };
	size_t at = draw((uint32_t)now.n + 1), n = 1 + draw(draw(60) ? 8 : 3000);
	const struct text *other = &seed[draw((uint32_t)n_seeds)];
	uint8_t copy[3008];
	switch (draw(7)) {
	case 0:
	case 1: {
		const char *t = token[draw(sizeof token / sizeof *token)];
		insert((const uint8_t *)t, strlen(t), at);
		break;
	}
	case 2:
		if (at < now.n)
			now.s[at] = draw(3) ? (uint8_t)token[draw(10)][0] : (uint8_t)draw(256);
		break;
	case 3:
		n = n < now.n - at ? n : now.n - at;
		memmove(now.s + at, now.s + at + n, now.n - at - n);
		now.n -= n;
		break;
	case 4: /* doubled */
		n = n < now.n - at ? n : now.n - at;
		memcpy(copy, now.s + at, n);
		insert(copy, n, at);
		break;
	case 5:
		n = n < other->n ? n : other->n;
		insert(other->s + draw((uint32_t)(other->n - n + 1)), n, at);
		break;
	default:
		memset(copy, 'a' + (int)draw(3), n);
		insert(copy, n, at);
		break;
	}
}

static void keep(void)
{
	FILE *f = busy ? fopen("csv.found", "wb") : NULL;
	if (f && fwrite(now.s, 1, now.n, f) == now.n && fclose(f) == 0)
		printf("split in two ways, or not at all: csv.found\n");
}

static bool try(void)
{
	busy = true;
	bool right = csv_diff(now.s, now.n);
	if (!right)
		keep();
	busy = false;
	return right;
}

static int replay(char **path, int n)
{
	for (int i = 0; i < n; i++) {
		if (!read_text(path[i], &now) || !try()) {
			printf("failed: %s\n", path[i]);
			return 1;
		}
		free(now.s);
	}
	printf("csv: %d texts replayed\n", n);
	return n == 0;
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 60);
	uint64_t n_texts = 0;
	msg_init("fuzz-csv");
	atexit(keep);
	if (argc > 1 && strcmp(argv[1], "-r") == 0)
		return replay(argv + 2, argc - 2);
	state = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	state = state * 6364136223846793005u + 1442695040888963407u;
	read_corpus(getenv("FUZZ_CORPUS"));
	if (n_seeds == 0) {
		fprintf(stderr, "no corpus: set FUZZ_CORPUS\n");
		return 2;
	}
	now.s = diff_alloc(NULL, TEXT_MAX);
	for (; n_texts % 256 || time(NULL) < end; n_texts++) {
		const struct text *from = &seed[draw((uint32_t)n_seeds)];
		for (int k = 0; from->n > 1000 && k < 3; k++)
			from = &seed[draw((uint32_t)n_seeds)];
		memcpy(now.s, from->s, now.n = from->n);
		for (uint32_t k = draw(8); k > 0 && now.n > 0; k--)
			mutate();
		if (now.n > 2)
			now.s[0] = (uint8_t)draw(4 + (draw(8) == 0)), now.s[1] = (uint8_t)draw(draw(2) ? 256 : 20);
		if (!try())
			return 1;
	}
	printf("csv: %llu texts, all split alike\n", (unsigned long long)n_texts);
	return 0;
}
