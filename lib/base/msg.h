/* SPDX-License-Identifier: MIT */
#ifndef BASE_MSG_H
#define BASE_MSG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Messages and exits.  A message is one line on standard error:
 *
 *	seg-rfm: tx.tsv.gz:1042: column amount: not a number: "12,5\r"
 *
 * lower case, control bytes escaped.  Only base, stream, table and cmd use
 * this; math and model return a status and let their caller speak.
 */

enum msg_status {
	MSG_OK = 0,        /* complete and correct */
	MSG_FAILED = 1,    /* bad data, input/output or numerical failure */
	MSG_USAGE = 2,     /* wrong command line, nothing read */
	MSG_NO_ANSWER = 3, /* complete output, but not converged or no answer */
};

/*
 * Called once, first thing in main.  `program` is the name in front of each
 * message; it is kept, not copied.  Fixes the locale to "C", takes over
 * SIGPIPE, SIGINT, SIGTERM and SIGHUP so that temporaries are removed, and
 * occupies a closed descriptor 0, 1 or 2, so that no file of ours gets its
 * number and using it fails.
 */
void msg_init(const char *program);

/* The name given to msg_init. */
const char *msg_program(void);

/* With quiet, msg_note and msg_warn print nothing.  Errors always print. */
void msg_set_quiet(bool quiet);
bool msg_is_quiet(void);

/*
 * Prints "program: TEXT\n", removes temporaries, ends the process with
 * `status`, without writing the end mark of any output.  May be called from
 * any thread.
 */
_Noreturn void msg_die(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "program: warning: TEXT\n". */
void msg_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "program: TEXT\n": what was done, counts; silent with quiet. */
void msg_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Standard output or a pipe was closed by its reader: removes temporaries and
 * dies silently by SIGPIPE, or with status 1 if SIGPIPE was ignored when the
 * program started.
 */
_Noreturn void msg_closed_pipe(void);

/*
 * Paths that msg_die and deadly signals unlink.  At most MSG_TEMPS at once
 * (one each for the side outputs of one command); more is a usage error of
 * the programmer and dies.  The path is copied.
 */
#define MSG_TEMPS 32
void msg_temp_add(const char *path);
void msg_temp_drop(const char *path);

/*
 * `s` in double quotes, control bytes, quotes, backslashes and bytes that are
 * no valid UTF-8 escaped, cut after about 60 bytes with "..." .  Returns `to`.
 */
#define MSG_QUOTE_MAX 288
char *msg_quote(char to[MSG_QUOTE_MAX], const char *s, size_t n);

/*
 * The nearest of n names by edit distance, at most 2 (1 for names of up to 4
 * letters) away from `word`, or NULL: for "did you mean".
 */
const char *msg_nearest(const char *word, const char *const *names, size_t n);

#endif
