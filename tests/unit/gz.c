/* SPDX-License-Identifier: MIT */
/*
 * The byte layer: what is written is read back in every form; no cut, flip or
 * rubbish passes for a whole stream.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/msg.h"
#include "stream/gz.h"
#include "tests/unit/tap.h"

#define ROOM ((size_t)4 << 20)

static char folder[] = "/tmp/seg-gz.XXXXXX";
static char path[64];
static char bytes[ROOM], back[ROOM + 1]; /* one more: room to meet the end */

static size_t write_file(enum gz_form form, int level, const char *provenance, const char *s,
			 size_t n, size_t piece)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct gz_out *out = gz_create(fd, path, form, level, provenance);
	off_t size;

	for (size_t i = 0; i < n; i += piece) {
		gz_write(out, s + i, n - i < piece ? n - i : piece);
		if (i == 0)
			gz_flush(out);
	}
	gz_finish(out);
	size = lseek(fd, 0, SEEK_END);
	close(fd);
	return (size_t)size;
}

static size_t read_file(bool ahead, size_t piece, char *provenance)
{
	struct gz_in *in = gz_open(path, ahead);
	size_t n = 0, k;

	while ((k = gz_read(in, back + n, piece < sizeof back - n ? piece : sizeof back - n)) > 0)
		n += k;
	strcpy(provenance, gz_provenance(in));
	gz_close(in);
	return n;
}

/* Exit status of a process that reads the file whole. */
static int status_of_reading(bool ahead)
{
	static char provenance[1 << 16];
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(99);
		read_file(ahead, ROOM, provenance);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void put_file(const char *s, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (write(fd, s, n) != (ssize_t)n)
		abort();
	close(fd);
}

static size_t get_file(char *to)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, to, ROOM);

	close(fd);
	return (size_t)n;
}

/* Text with runs and with noise, so that every kind of block occurs. */
static void make_bytes(void)
{
	uint32_t x = 12345;

	for (size_t i = 0; i < ROOM; i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = (char)(i % 7000 < 5000 ? 'a' + (int)(x >> 28) : (int)(x >> 24));
	}
}

static void round_trips(void)
{
	static const size_t sizes[] = { 0, 1, 65534, 65535, 65536, 131070, 524280, 524321, ROOM };
	static char provenance[1 << 16];
	const char *line = "seg-clean 1.0 --returns drop\n";

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int level = -1; level <= 9; level++) {
			enum gz_form form = level < 0 ? GZ_STORED : GZ_LEVEL;
			size_t n = sizes[i], k;
			bool same;

			write_file(form, level ? level : -1, line, bytes, n, 100003);
			k = read_file(level & 1, level == 3 ? 1000 : ROOM, provenance);
			same = k == n && memcmp(bytes, back, n) == 0;
			tap_ok(same && strcmp(provenance, line) == 0,
			       "%zu bytes, level %d: the same bytes and provenance", n, level);
		}
	write_file(GZ_PLAIN, -1, line, bytes, ROOM, 70000);
	tap_ok(read_file(true, ROOM, provenance) == ROOM && memcmp(bytes, back, ROOM) == 0 &&
	       provenance[0] == '\0', "plain in, plain out");
}

static void long_provenance(void)
{
	static char lines[90000], kept[1 << 16];
	size_t n = 0;

	for (int i = 0; i < 2000; i++)
		n += (size_t)sprintf(lines + n, "seg-x 1.0 --step %d --of many\n", i);
	write_file(GZ_STORED, -1, lines, "x\n", 2, 2);
	read_file(false, ROOM, kept);
	tap_ok(strlen(kept) <= 32768 && strlen(kept) > 32000, "provenance is cut to 32 KiB");
	tap_ok(strstr(kept, "\n...\n") && strncmp(kept, lines, 100) == 0 &&
	       strcmp(kept + strlen(kept) - 100, lines + n - 100) == 0,
	       "its first and last lines stay, whole, round a line of dots");
}

/* Cuts and flips at every byte: none may be read with status 0. */
static void damage(enum gz_form form, bool ahead, const char *what)
{
	static char whole[4096];
	size_t n, bad_cuts = 0, bad_flips = 0;

	n = write_file(form, -1, "seg-x 1.0\n", bytes + 4000, 1200, 500);
	get_file(whole);
	for (size_t i = 0; i < n; i++) {
		put_file(whole, i);
		bad_cuts += status_of_reading(ahead) != 1;
	}
	/* a flip in the header's time, flags of the extra field or system changes no data */
	for (size_t i = 0; i < n; i++) {
		whole[i] ^= 0x10;
		put_file(whole, n);
		if (status_of_reading(ahead) != 1) {
			static char p[1 << 16];
			bool same = i >= 2 && read_file(false, ROOM, p) == 1200 &&
				    memcmp(back, bytes + 4000, 1200) == 0;
			bad_flips += i >= 2 && !same;
		}
		whole[i] ^= 0x10;
	}
	tap_ok(bad_cuts == 0, "%s: a cut at any of %zu bytes is refused", what, n);
	tap_ok(bad_flips == 0, "%s: a flip at any byte is refused or changes nothing", what);
}

static void members(void)
{
	static char one[4096], two[8192], provenance[1 << 16];
	size_t n = write_file(GZ_LEVEL, -1, "first\n", "a\tb\n", 4, 4), m;

	get_file(one);
	m = write_file(GZ_STORED, -1, "second\n", "1\t2\n", 4, 4);
	memcpy(two, one, n);
	get_file(two + n);
	put_file(two, n + m);
	tap_ok(read_file(true, ROOM, provenance) == 8 && memcmp(back, "a\tb\n1\t2\n", 8) == 0,
	       "several members are one stream");
	tap_ok(strcmp(provenance, "first\n") == 0, "the first member's provenance counts");
	for (size_t cut = n + 1; cut < n + m; cut++) {
		put_file(two, cut);
		if (!tap_ok(status_of_reading(false) == 1, "cut at byte %zu of two members", cut))
			break;
	}
	two[n + m] = 'x';
	put_file(two, n + m + 1);
	tap_ok(status_of_reading(false) == 1, "rubbish behind the last member is refused");
	put_file("", 0);
	tap_ok(status_of_reading(false) == 1 && status_of_reading(true) == 1,
	       "zero bytes are refused");
}

/* The bytes as a member of stored blocks, of which the last is not the final
 * one; returns where it ends. */
static char *put_stored(char *to, const char *s, size_t n, size_t block)
{
	to = mempcpy(to, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
	for (size_t i = 0, k; i < n; i += k) {
		k = n - i < block ? n - i : block;
		const uint16_t head[] = { (uint16_t)k, (uint16_t)~k };
		*to++ = 0;
		to = mempcpy(to, head, sizeof head);
		to = mempcpy(to, s + i, k);
	}
	return to;
}

/* Stored blocks and then one that refers back to them, as far as zlib does. */
static bool mixed(size_t n_stored, size_t block, bool ahead)
{
	static char file[ROOM], provenance[1 << 16];
	size_t n_back = n_stored < 32000 ? n_stored : 32000, n = n_stored + n_back;
	char *to = put_stored(file, bytes, n_stored, block);
	z_stream z = { 0 };

	memcpy(bytes + n_stored, bytes + n_stored - n_back, n_back);
	deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
	deflateSetDictionary(&z, (unsigned char *)bytes + n_stored - n_back, (unsigned)n_back);
	z.next_in = (unsigned char *)bytes + n_stored;
	z.avail_in = (unsigned)n_back;
	z.next_out = (unsigned char *)to;
	z.avail_out = (unsigned)(file + sizeof file - to - 8);
	bool is_short = deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out <= 1000;
	to += z.total_out;
	deflateEnd(&z);
	const uint32_t trailer[] = { gz_crc(0, bytes, n), (uint32_t)n };
	to = mempcpy(to, trailer, sizeof trailer);
	put_file(file, (size_t)(to - file));
	bool right = read_file(ahead, 100000, provenance) == n && memcmp(back, bytes, n) == 0;
	to[-8]++;
	put_file(file, (size_t)(to - file));
	make_bytes();
	return is_short && right && status_of_reading(ahead) == 1;
}

static void stored_then_deflated(void)
{
	bool right = true;

	for (int ahead = 0; ahead < 2; ahead++)
		right &= mixed(3, 65535, ahead) && mixed(20000, 7000, ahead) &&
			 mixed(32768, 65535, ahead) && mixed(70000, 65535, ahead) &&
			 mixed(200000, 40000, ahead) && mixed(100000, 999, ahead);
	tap_ok(right, "a deflated block refers back to stored ones; its checksum is that of all");
}

int main(void)
{
	msg_init("gz");
	if (!mkdtemp(folder))
		return 1;
	sprintf(path, "%s/x.gz", folder);
	make_bytes();
	round_trips();
	long_provenance();
	damage(GZ_STORED, false, "stored");
	damage(GZ_LEVEL, false, "compressed");
	damage(GZ_LEVEL, true, "compressed, read ahead");
	members();
	stored_then_deflated();
	unlink(path);
	rmdir(folder);
	return tap_done();
}
