/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

/*
 * The Test Anything Protocol in a few lines.  A test program calls tap_ok for
 * each claim and ends with `return tap_done();`.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_n, tap_failed;

/* One claim; the text says what holds.  Returns whether it does. */
__attribute__((format(printf, 2, 3), unused)) static bool tap_ok(bool holds, const char *format, ...)
{
	va_list ap;
	tap_n++;
	tap_failed += !holds;
	printf("%sok %d - ", holds ? "" : "not ", tap_n);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	return holds;
}

/* The plan; the exit status of the program. */
static int tap_done(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed ? 1 : 0;
}

#endif
