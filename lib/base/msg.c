/* SPDX-License-Identifier: MIT */
#include "base/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

static const char *program = "seg";
static bool quiet;
static bool sigpipe_was_ignored;

/* Paths to unlink.  A signal handler reads them, so a path is written before
 * its slot is said to be in use. */
static char temp_path[MSG_TEMPS][PATH_MAX];
static volatile sig_atomic_t temp_used[MSG_TEMPS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void remove_temps(void)
{
	for (int i = 0; i < MSG_TEMPS; i++)
		if (temp_used[i])
			unlink(temp_path[i]);
}

static void on_signal(int sig)
{
	remove_temps();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void catch_signal(int sig)
{
	struct sigaction old;
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	/* nohup and shells' `trap '' INT` stay in force */
	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(sig, &act, NULL);
}

void msg_init(const char *name)
{
	struct sigaction old;
	int fd;

	program = name;
	setlocale(LC_ALL, "C");
	do /* the wrong way round: using it fails, as a closed descriptor does */
		fd = open("/dev/null", fcntl(STDIN_FILENO, F_GETFD) < 0 ? O_WRONLY : O_RDONLY);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
	sigpipe_was_ignored = sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
	signal(SIGPIPE, SIG_IGN);
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	catch_signal(SIGHUP);
}

const char *msg_program(void)
{
	return program;
}

void msg_set_quiet(bool q)
{
	quiet = q;
}

bool msg_is_quiet(void)
{
	return quiet;
}

/* One write(2), so that lines of several filters in a pipe do not mix. */
static void print_line(const char *kind, const char *format, va_list ap)
{
	char line[LINE_MAX_BYTES];
	size_t n;

	n = (size_t)snprintf(line, sizeof line, "%s: %s", program, kind);
	n += (size_t)vsnprintf(line + n, sizeof line - n, format, ap);
	if (n > sizeof line - 2)
		n = sizeof line - 2;
	line[n++] = '\n';
	for (size_t done = 0; done < n;) {
		ssize_t k = write(STDERR_FILENO, line + done, n - done);
		if (k < 0 && errno != EINTR)
			return;
		done += k > 0 ? (size_t)k : 0;
	}
}

void msg_die(int status, const char *format, ...)
{
	va_list ap;

	/* the first thread to fail speaks; the others wait for the end */
	pthread_mutex_lock(&lock);
	va_start(ap, format);
	print_line("", format, ap);
	va_end(ap);
	remove_temps();
	_exit(status);
}

void msg_warn(const char *format, ...)
{
	va_list ap;

	if (quiet)
		return;
	va_start(ap, format);
	print_line("warning: ", format, ap);
	va_end(ap);
}

void msg_note(const char *format, ...)
{
	va_list ap;

	if (quiet)
		return;
	va_start(ap, format);
	print_line("", format, ap);
	va_end(ap);
}

void msg_closed_pipe(void)
{
	remove_temps();
	if (sigpipe_was_ignored)
		_exit(MSG_FAILED);
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
	_exit(MSG_FAILED);
}

void msg_temp_add(const char *path)
{
	if (strlen(path) >= PATH_MAX)
		msg_die(MSG_FAILED, "%s: %s", path, strerror(ENAMETOOLONG));
	for (int i = 0; i < MSG_TEMPS; i++)
		if (!temp_used[i]) {
			strcpy(temp_path[i], path);
			temp_used[i] = 1;
			return;
		}
	msg_die(MSG_FAILED, "more than %d side outputs", MSG_TEMPS);
}

void msg_temp_drop(const char *path)
{
	for (int i = 0; i < MSG_TEMPS; i++)
		if (temp_used[i] && strcmp(temp_path[i], path) == 0)
			temp_used[i] = 0;
}

/* Length of the valid UTF-8 sequence at s, 0 if there is none. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
	size_t want = s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3
		    : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

	if (want == 0 || want > n)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return want;
}

char *msg_quote(char to[MSG_QUOTE_MAX], const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	const char *letter = "\aa\bb\ff\nn\rr\tt\vv\"\"\\\\";
	char *t = to;

	*t++ = '"';
	for (size_t i = 0; i < n;) {
		const char *e = s[i] ? strchr(letter, s[i]) : NULL;
		size_t k = s[i] >= 0x80 ? utf8_length(s + i, n - i) : 1;

		if (i >= 60) {
			t += sprintf(t, "...");
			break;
		}
		if (e && (e - letter) % 2 == 0) {
			*t++ = '\\';
			*t++ = e[1];
		} else if (k == 0 || s[i] < 0x20 || s[i] == 0x7f) {
			t += sprintf(t, "\\x%02x", s[i]);
			k = 1;
		} else {
			memcpy(t, s + i, k);
			t += k;
		}
		i += k;
	}
	*t++ = '"';
	*t = '\0';
	return to;
}

/* Levenshtein distance of short words; words over 63 bytes count as far. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), row[64];

	if (n > 63 || m > 63)
		return 64;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[m];
}

const char *msg_nearest(const char *word, const char *const *names, size_t n)
{
	size_t best = strlen(word) <= 4 ? 2 : 3;
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, names[i]);

		if (d < best) {
			best = d;
			found = names[i];
		}
	}
	return found;
}
