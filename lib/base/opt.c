/* SPDX-License-Identifier: MIT */
#include "base/cpu.h"
#include "base/opt.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/par.h"

#define MAX_OPTIONS 96
#define LONG_BASE 1000 /* getopt_long's value for table entry i is LONG_BASE + i */

enum { FLAG_HELP, FLAG_VERSION, N_OWN };

/* The page in use and what was given: one command line per process. */
static struct opt all[MAX_OPTIONS];
static size_t n_all;
static struct opt_list given_text[MAX_OPTIONS]; /* the arguments as given, or "" for a flag */
static bool own[N_OWN];

void opt_die(const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	msg_die(MSG_USAGE, "%s", text);
}

static void append(struct opt_list *list, char *item)
{
	list->item = mem_resize(list->item, list->n + 1, sizeof *list->item);
	list->item[list->n++] = item;
}

void opt_split(struct opt_list *list, const char *text)
{
	char *item = mem_alloc(strlen(text) + 1);
	size_t n = 0;

	for (const char *s = text;; s++) {
		if (*s == '\0' || *s == ',') {
			append(list, mem_copy(item, n));
			n = 0;
			if (*s == '\0')
				break;
		} else {
			if (*s == '\\' && (s[1] == ',' || s[1] == '\\'))
				s++;
			item[n++] = *s;
		}
	}
	free(item);
}

/* "--tol", or "-k" for an option that is known by its letter alone. */
static const char *spelled(const struct opt *o)
{
	static char text[64];

	if (strlen(o->name) == 1)
		snprintf(text, sizeof text, "-%s", o->name);
	else
		snprintf(text, sizeof text, "--%s", o->name);
	return text;
}

static void check_range(const struct opt *o, double x, const char *text)
{
	if (o->min == 0 && o->max == 0)
		return;
	if (!(x >= o->min && x <= o->max)) {
		if (isinf(o->max))
			opt_die("option %s: %s is less than %.15g", spelled(o), text, o->min);
		opt_die("option %s: %s is not in %.15g..%.15g", spelled(o), text, o->min, o->max);
	}
}

static int64_t parse_int(const struct opt *o, const char *text)
{
	char *end, quoted[MSG_QUOTE_MAX];
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (end == text || *end || errno || (unsigned char)text[0] <= ' ')
		opt_die("option %s: not a whole number: %s", spelled(o),
			msg_quote(quoted, text, strlen(text)));
	check_range(o, (double)v, text);
	return v;
}

static double parse_real(const struct opt *o, const char *text)
{
	char *end, quoted[MSG_QUOTE_MAX];
	double x = strtod(text, &end);

	if (end == text || *end || !isfinite(x) || strpbrk(text, "xXnN \t"))
		opt_die("option %s: not a number: %s", spelled(o),
			msg_quote(quoted, text, strlen(text)));
	check_range(o, x, text);
	return x;
}

/* A bound as people write it: 96M, 1024. */
static const char *size_text(char to[32], double x)
{
	static const char units[] = "KMGT";
	int k = -1;
	while (k < 3 && x >= 1024 && fmod(x, 1024) == 0) {
		x /= 1024;
		k++;
	}
	snprintf(to, 32, "%.0f%.*s", x, k >= 0, k >= 0 ? units + k : "");
	return to;
}

static uint64_t parse_size(const struct opt *o, const char *text)
{
	static const char units[] = "KMGT";
	char *end, quoted[MSG_QUOTE_MAX], bound[32];
	double x = strtod(text, &end);
	const char *unit = *end ? strchr(units, *end & ~32) : NULL;

	if (unit && *unit) {
		x = ldexp(x, 10 * (int)(unit - units + 1));
		end++;
		if (*end == 'i')
			end++;
	}
	if (*end == 'B')
		end++;
	if (end == text || *end || !(x >= 0 && x < 0x1p63) || strpbrk(text, "xXnN -+"))
		opt_die("option %s: not a size such as 512M: %s", spelled(o),
			msg_quote(quoted, text, strlen(text)));
	if (o->min > 0 && x < o->min)
		opt_die("option %s: %s is too little, the least is %s", spelled(o), text, size_text(bound, o->min));
	if (o->max > 0 && x > o->max)
		opt_die("option %s: %s is too much, the most is %s", spelled(o), text, size_text(bound, o->max));
	return (uint64_t)x;
}

static int parse_choice(const struct opt *o, const char *text)
{
	size_t n = strlen(text);
	int index = 0;
	char quoted[MSG_QUOTE_MAX];

	for (const char *s = o->arg; s; s = strchr(s, '|'), index++) {
		s += *s == '|';
		if (n == strcspn(s, "|") && memcmp(s, text, n) == 0)
			return index;
	}
	opt_die("option %s: %s is none of %s", spelled(o), msg_quote(quoted, text, n), o->arg);
}

static void store(const struct opt *o, const char *text)
{
	switch (o->type) {
	case OPT_FLAG: *(bool *)o->to = true; break;
	case OPT_INT: *(int64_t *)o->to = parse_int(o, text); break;
	case OPT_REAL: *(double *)o->to = parse_real(o, text); break;
	case OPT_SIZE: *(uint64_t *)o->to = parse_size(o, text); break;
	case OPT_TEXT: *(const char **)o->to = text; break;
	case OPT_CHOICE: *(int *)o->to = parse_choice(o, text); break;
	case OPT_LIST: opt_split(o->to, text); break;
	case OPT_MANY: append(o->to, mem_copy(text, strlen(text))); break;
	}
}

static void add_common(struct opt_common *c)
{
	const struct opt common[] = {
		{ "plain", 'p', OPT_FLAG, &c->plain, NULL, 0, 0, 0,
		  "write plain text instead of gzip" },
		{ "level", 'z', OPT_INT, &c->level, "0..9", 0, 9, 0,
		  "gzip level; default: stored into a pipe, fast into a file" },
		{ "threads", 0, OPT_INT, &c->threads, "N", 1, 1024, 0,
		  "threads at most; default: the CPUs there are; the result is the same" },
		{ "mem", 0, OPT_SIZE, &c->mem, "SIZE", (double)OPT_MEM_MIN, INFINITY, 0,
		  "memory at most, such as 512M; default: no ceiling" },
		{ "expect-rows", 0, OPT_INT, &c->expect_rows, "N", 0, INFINITY, 0,
		  "fail unless the input has N rows" },
		{ "quiet", 'q', OPT_FLAG, &c->quiet, NULL, 0, 0, 0,
		  "no summary, no warnings" },
		{ "help", 'h', OPT_FLAG, &own[FLAG_HELP], NULL, 0, 0, 0, "print this and exit" },
		{ "version", 'V', OPT_FLAG, &own[FLAG_VERSION], NULL, 0, 0, 0,
		  "print the version and exit" },
	};

	*c = (struct opt_common){ .level = -1, .threads = par_cpus(), .expect_rows = -1 };
	memcpy(all + n_all, common, sizeof common);
	n_all += sizeof common / sizeof *common;
}

/* The argument as --help shows it: its name, or the choices. */
static void print_option(const struct opt *o)
{
	char left[256];
	int n = 0;

	if (o->letter)
		n += snprintf(left, sizeof left, "-%c", o->letter);
	else
		n += snprintf(left, sizeof left, "   ");
	if (strlen(o->name) > 1)
		n += snprintf(left + n, sizeof left - (size_t)n, "%s--%s", o->letter ? " " : "",
			      o->name);
	if (o->arg)
		n += snprintf(left + n, sizeof left - (size_t)n, " %s", o->arg);
	if (n > 27)
		printf("  %s\n  %-27s ", left, "");
	else
		printf("  %-27s ", left);
	for (const char *s = o->help; *s; s++)
		if (*s == '\n')
			printf("\n  %-27s ", "");
		else
			putchar(*s);
	putchar('\n');
}

static void finish_stdout(void)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno == EPIPE)
			msg_closed_pipe();
		msg_die(MSG_FAILED, "standard output: %s", strerror(errno));
	}
	exit(MSG_OK);
}

static void print_help(const struct opt_page *page)
{
	printf("usage: %s [OPTION...] %s\n%s\n\n", page->program, page->operands, page->summary);
	for (size_t i = 0; i < n_all; i++)
		print_option(&all[i]);
	if (page->examples)
		printf("\nexamples:\n%s", page->examples);
	finish_stdout();
}

static _Noreturn void unknown(const char *word)
{
	const char *names[MAX_OPTIONS];
	char name[64];
	const char *near;

	if (word[0] == '-' && word[1] == '-') {
		for (size_t i = 0; i < n_all; i++)
			names[i] = all[i].name;
		snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
		near = msg_nearest(name, names, n_all);
		if (near)
			opt_die("unknown option --%s; did you mean --%s?", name, near);
		opt_die("unknown option --%s; --help lists them", name);
	}
	opt_die("unknown option %s; --help lists them", word);
}

/* getopt_long takes unique beginnings of names for the name; we do not, so
 * that a new option never changes what an old script means. */
static bool spelled_out(const char *word, const char *name)
{
	size_t n = strcspn(word, "=");

	return n == strlen(name) + 2 && memcmp(word + 2, name, n - 2) == 0;
}

static struct option *long_table(char *letters)
{
	struct option *table = mem_zero(n_all + 1, sizeof *table);
	size_t n = 0;

	*letters++ = ':';
	for (size_t i = 0; i < n_all; i++) {
		int has_arg = all[i].type == OPT_FLAG ? no_argument : required_argument;

		if (strlen(all[i].name) > 1)
			table[n++] = (struct option){ all[i].name, has_arg, NULL,
						      LONG_BASE + (int)i };
		if (all[i].letter) {
			*letters++ = all[i].letter;
			if (has_arg == required_argument)
				*letters++ = ':';
		}
	}
	*letters = '\0';
	return table;
}

static size_t option_index(int c, const char *word)
{
	if (c >= LONG_BASE) {
		size_t i = (size_t)(c - LONG_BASE);

		if (word[0] == '-' && word[1] == '-' && !spelled_out(word, all[i].name))
			unknown(word);
		return i;
	}
	for (size_t i = 0; i < n_all; i++)
		if (all[i].letter == c)
			return i;
	return n_all;
}

static _Noreturn void refuse(int c, int opt, const char *word)
{
	char letter[3] = { '-', (char)opt, '\0' };

	if (c == '?' && opt >= LONG_BASE)
		opt_die("option %s takes no argument", spelled(&all[opt - LONG_BASE]));
	if (c == '?')
		unknown(opt ? letter : word);
	for (size_t i = 0; i < n_all; i++)
		if (opt == LONG_BASE + (int)i || (opt < LONG_BASE && all[i].letter == opt))
			opt_die("option %s needs an argument: %s",
				opt < LONG_BASE ? letter : spelled(&all[i]), all[i].arg);
	unknown(word);
}

static void parse_words(int argc, char **argv)
{
	char letters[3 * MAX_OPTIONS];
	struct option *table = long_table(letters);

	opterr = 0;
	optind = 1;
	for (;;) {
		const char *word = argv[optind];
		int c = getopt_long(argc, argv, letters, table, NULL);
		size_t i;

		if (c == -1)
			break;
		/* a permuted operand may stand at the old optind */
		if (c >= LONG_BASE || ((c == '?' || c == ':') && (optopt == 0 || optopt >= LONG_BASE)))
			for (int j = optind - 1; j > 0; j--)
				if (argv[j][0] == '-' && argv[j][1] == '-' && argv[j][2]) {
					word = argv[j];
					break;
				}
		if (c == '?' || c == ':')
			refuse(c, optopt, word);
		i = option_index(c, word);
		store(&all[i], optarg);
		append(&given_text[i], optarg ? optarg : mem_copy("", 0));
	}
	free(table);
}

char **opt_parse(const struct opt_page *page, struct opt_common *common, int argc, char **argv,
		 size_t *n_operands)
{
	static char standard_input[] = "-";
	static char *dash[] = { standard_input, NULL };

	if (page->n > MAX_OPTIONS - 8)
		opt_die("too many options in the table");
	memcpy(all, page->table, page->n * sizeof *all);
	n_all = page->n;
	add_common(common);
	parse_words(argc, argv);
	if (!cpu_env_known())
		opt_die("environment variable " CPU_ENV ": none of plain, avx2, avx512");
	if (own[FLAG_HELP])
		print_help(page);
	if (own[FLAG_VERSION]) {
		printf("%s (seg) %s\n", page->program, OPT_VERSION);
		finish_stdout();
	}
	msg_set_quiet(common->quiet);
	*n_operands = (size_t)(argc - optind);
	if (*n_operands == 0) {
		*n_operands = 1;
		return dash;
	}
	return argv + optind;
}

bool opt_given(const struct opt_page *page, const char *name)
{
	(void)page;
	for (size_t i = 0; i < n_all; i++)
		if (strcmp(all[i].name, name) == 0)
			return given_text[i].n > 0;
	return false;
}

void opt_refuse(const struct opt_page *page, const char *names, const char *to)
{
	char name[64];

	for (size_t n; *names; names += n + (names[n] == ' ')) {
		n = strcspn(names, " ");
		snprintf(name, sizeof name, "%.*s", (int)n, names);
		if (opt_given(page, name))
			opt_die("option %s%s belongs to %s", name[1] ? "--" : "-", name, to);
	}
}

static char *put_escaped(char *t, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c > ' ' && c < 0x7f && c != '\\')
			*t++ = (char)c;
		else
			t += sprintf(t, "\\x%02x", c);
	}
	return t;
}

char *opt_provenance(const struct opt_page *page, const char *extra)
{
	size_t room = strlen(page->program) + sizeof OPT_VERSION + 8 + (extra ? strlen(extra) : 0);
	char *line, *t;

	for (size_t i = 0; i < n_all; i++)
		for (size_t j = 0; j < given_text[i].n; j++)
			room += strlen(all[i].name) + 4 + 4 * strlen(given_text[i].item[j]);
	line = t = mem_alloc(room);
	t += sprintf(t, "%s %s", page->program, OPT_VERSION);
	for (size_t i = 0; i < n_all; i++) {
		/* a scalar given twice: the last one counts */
		bool each = all[i].type == OPT_LIST || all[i].type == OPT_MANY;
		size_t n = given_text[i].n, from = each || n == 0 ? 0 : n - 1;

		for (size_t j = from; j < n && (all[i].flags & OPT_RESULT); j++) {
			t += sprintf(t, " %s", spelled(&all[i]));
			if (all[i].type != OPT_FLAG) {
				*t++ = ' ';
				t = put_escaped(t, given_text[i].item[j]);
			}
		}
	}
	sprintf(t, extra && *extra ? " %s" : "%s", extra ? extra : "");
	return line;
}
