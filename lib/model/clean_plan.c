/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/clean.h"
#include "model/clean_expr.h"
#include "value/text.h"

static const char *const type_names[] = { "text", "id", "int", "number", "money", "date", "category" };

/* One item of --columns: name[=Source][:type]. */
struct item {
	struct span name, source;
	int type;            /* -1: not given */
	ptrdiff_t column;    /* of the plan while it is made */
};

static int no_memory(char error[CLEAN_ERROR])
{
	snprintf(error, CLEAN_ERROR, "out of memory");
	return -1;
}

static int parse_item(struct item *it, const char *text, char error[CLEAN_ERROR])
{
	struct span all = span_of(text);
	const char *colon = memrchr(text, ':', all.n), *equals = strchr(text, '=');
	*it = (struct item){ .type = -1, .column = -1 };
	for (int t = 0; colon && t < 7; t++)
		if (strcmp(colon + 1, type_names[t]) == 0)
			it->type = t == 6 ? CLEAN_TEXT : t;
	if (it->type >= 0)
		all.n = (size_t)(colon - text);
	it->name = all;
	if (equals && equals < text + all.n) {
		it->name.n = (size_t)(equals - text);
		it->source = (struct span){ equals + 1, (size_t)(text + all.n - equals - 1) };
	}
	if (it->name.n == 0 || (equals && it->source.n == 0)) {
		snprintf(error, CLEAN_ERROR, "option --columns: not name, name=Source or name=Source:type: \"%s\"",
			 text);
		return -1;
	}
	return 0;
}

/* Roles by the headers' spellings; a surer spelling wins. */
static void recognise(struct clean_plan *p, const struct span *header)
{
	int best[CLEAN_ROLES] = { 0 };
	for (size_t i = 0; i < p->n_columns; i++) {
		int rank;
		enum clean_role role = clean_recognise(header[p->column[i].source], &rank);
		if (role == CLEAN_ROLES || (best[role] && best[role] <= rank))
			continue;
		best[role] = rank;
		p->by_role[role] = (ptrdiff_t)i;
	}
}

static ptrdiff_t find_source(const struct clean_plan *p, const struct span *header, struct span want)
{
	for (size_t i = 0; i < p->n_columns; i++)
		if (span_equal(text_trim(header[i]), text_trim(want)))
			return (ptrdiff_t)i;
	for (size_t i = 0; i < p->n_columns; i++)
		if (want.n == strlen(p->column[i].name) && memcmp(p->column[i].name, want.s, want.n) == 0)
			return (ptrdiff_t)i;
	return -1;
}

static int rename_column(struct clean_column *c, struct span name, char error[CLEAN_ERROR])
{
	char *copy = strndup(name.s, name.n);
	if (!copy)
		return no_memory(error);
	free(c->name);
	c->name = copy;
	return 0;
}

/* Items with a source give their column a name, and the name its role. */
static int apply_sources(struct clean_plan *p, const struct span *header, struct item *item, size_t n,
			 char error[CLEAN_ERROR])
{
	for (size_t k = 0; k < n; k++) {
		if (!item[k].source.s)
			continue;
		ptrdiff_t i = find_source(p, header, item[k].source);
		if (i < 0) {
			snprintf(error, CLEAN_ERROR, "option --columns: the header has no column \"%.*s\"",
				 (int)item[k].source.n, item[k].source.s);
			return -1;
		}
		item[k].column = i;
		for (int r = 0; r < CLEAN_ROLES; r++)
			if (p->by_role[r] == i)
				p->by_role[r] = -1;
	}
	for (size_t k = 0; k < n; k++) {
		ptrdiff_t i = item[k].column;
		if (i < 0)
			continue;
		if (rename_column(&p->column[i], item[k].name, error) != 0)
			return -1;
		enum clean_role role = clean_role_of(p->column[i].name);
		if (role != CLEAN_ROLES && !p->rules.table)
			p->by_role[role] = i;
	}
	return 0;
}

static bool is_transactions(const struct clean_plan *p)
{
	return !p->rules.table && p->by_role[CLEAN_CUSTOMER] >= 0 && p->by_role[CLEAN_DAY] >= 0 &&
	       (p->by_role[CLEAN_AMOUNT] >= 0 ||
		(p->by_role[CLEAN_QUANTITY] >= 0 && p->by_role[CLEAN_PRICE] >= 0));
}

/* The one role that a table lacks to be transactions, if it is who or when. */
static const char *lacking(const struct clean_plan *p)
{
	bool who = p->by_role[CLEAN_CUSTOMER] >= 0, when = p->by_role[CLEAN_DAY] >= 0;
	bool what = p->by_role[CLEAN_AMOUNT] >= 0 ||
		    (p->by_role[CLEAN_QUANTITY] >= 0 && p->by_role[CLEAN_PRICE] >= 0);
	if (!what || who == when)
		return NULL;
	return who ? "date" : "customer_id";
}

static enum clean_type role_type(enum clean_role role)
{
	switch (role) {
	case CLEAN_CUSTOMER:
	case CLEAN_INVOICE:
	case CLEAN_PRODUCT:
		return CLEAN_ID;
	case CLEAN_DAY:
		return CLEAN_DATE;
	case CLEAN_QUANTITY:
	case CLEAN_PRICE:
	case CLEAN_AMOUNT:
		return CLEAN_MONEY;
	default:
		return CLEAN_TEXT;
	}
}

/* Roles take their names and types, and stand first. */
static int order_by_role(struct clean_plan *p, struct item *item, size_t n_items, char error[CLEAN_ERROR])
{
	size_t n = 0;
	struct clean_column *to = calloc(p->n_columns + 1, sizeof *to);
	ptrdiff_t *moved = calloc(p->n_columns + 1, sizeof *moved);
	if (!to || !moved) {
		free(to);
		free(moved);
		return no_memory(error);
	}
	p->amount_computed = p->by_role[CLEAN_QUANTITY] >= 0 && p->by_role[CLEAN_PRICE] >= 0;
	for (int r = 0; r < CLEAN_ROLES; r++) {
		ptrdiff_t i = p->by_role[r];
		if (i < 0 && !(r == CLEAN_AMOUNT && p->amount_computed))
			continue;
		if (i >= 0) {
			to[n] = p->column[i];
			free(to[n].name);
			p->column[i].name = NULL;
			moved[i] = (ptrdiff_t)n;
		}
		to[n].source = i >= 0 ? to[n].source : -1;
		to[n].name = strdup(clean_role_name((enum clean_role)r));
		to[n].role = (enum clean_role)r;
		to[n].decimal = '.';
		to[n].decimal_as = -1;
		to[n].type = role_type((enum clean_role)r);
		to[n].declared = true;
		p->by_role[r] = (ptrdiff_t)n++;
	}
	for (size_t i = 0; i < p->n_columns; i++)
		if (p->column[i].name) {
			moved[i] = (ptrdiff_t)n;
			to[n++] = p->column[i];
		}
	for (size_t k = 0; k < n_items; k++)
		if (item[k].column >= 0)
			item[k].column = moved[item[k].column];
	free(moved);
	free(p->column);
	p->column = to;
	p->n_columns = n;
	return 0;
}

static int check_names(const struct clean_plan *p, const struct span *header, char error[CLEAN_ERROR])
{
	for (size_t i = 0; i < p->n_columns; i++)
		for (size_t k = 0; k < i; k++) {
			const struct clean_column *a = &p->column[k], *b = &p->column[i];
			if (strcmp(a->name, b->name) != 0)
				continue;
			struct span x = a->source < 0 ? span_of(a->name) : header[a->source];
			struct span y = b->source < 0 ? span_of(b->name) : header[b->source];
			snprintf(error, CLEAN_ERROR,
				 "columns %zd \"%.*s\" and %zd \"%.*s\" both become %s; "
				 "give one another name with --columns",
				 a->source + 1, (int)(x.n < 60 ? x.n : 60), x.s, b->source + 1,
				 (int)(y.n < 60 ? y.n : 60), y.s, a->name);
			return -1;
		}
	return 0;
}

enum listed { NOT_LISTED, IN_A_RANGE, BY_NAME };

/* One item's columns behind the n in `order`; -1 with a message.  Only a name may not come twice. */
static int choose_item(struct clean_plan *p, const struct item *it, enum listed *listed, size_t *order, size_t *n,
		       char error[CLEAN_ERROR])
{
	size_t *list = malloc((p->n_columns + 1) * sizeof *list);
	char why[CLEAN_ERROR];
	if (!list)
		return no_memory(error);
	size_t n_list = it->column >= 0 ? 1 : clean_columns_of(p, it->name, list, why);
	if (it->column >= 0)
		*list = (size_t)it->column;
	bool single = n_list == 1 && !memmem(it->name.s, it->name.n, "..", 2) && !memchr(it->name.s, '*', it->name.n) &&
		      !memchr(it->name.s, '?', it->name.n);
	bool twice = single && listed[*list] == BY_NAME;
	for (size_t k = 0; k < n_list && !twice; k++) {
		struct clean_column *c = &p->column[list[k]];
		if (it->type >= 0 && c->role == CLEAN_ROLES) {
			c->type = (enum clean_type)it->type;
			c->declared = true;
		}
		if (listed[list[k]] == NOT_LISTED)
			order[(*n)++] = list[k];
		listed[list[k]] = single ? BY_NAME : listed[list[k]] == BY_NAME ? BY_NAME : IN_A_RANGE;
	}
	if (twice)
		snprintf(error, CLEAN_ERROR, "option --columns: named twice: \"%.*s\"", (int)it->name.n, it->name.s);
	else if (n_list == 0)
		snprintf(error, CLEAN_ERROR, "option --columns: %.300s", why);
	free(list);
	return twice || n_list == 0 ? -1 : 0;
}

/* The listed columns come first, in their order; the others are hidden. */
static int reorder(struct clean_plan *p, const size_t *order, size_t n_order, char error[CLEAN_ERROR])
{
	struct clean_column *to = calloc(p->n_columns + 1, sizeof *to);
	size_t n = 0;
	if (!to)
		return no_memory(error);
	for (size_t k = 0; k < n_order; k++) {
		to[n++] = p->column[order[k]];
		p->column[order[k]].name = NULL;
	}
	p->n_visible = n;
	for (size_t i = 0; i < p->n_columns; i++)
		if (p->column[i].name)
			to[n++] = p->column[i];
	free(p->column);
	p->column = to;
	for (size_t i = 0; i < n; i++)
		if (to[i].role != CLEAN_ROLES)
			p->by_role[to[i].role] = (ptrdiff_t)i;
	return 0;
}

static int choose(struct clean_plan *p, struct item *item, size_t n_items, char error[CLEAN_ERROR])
{
	enum listed *listed = calloc(p->n_columns + 1, sizeof *listed);
	size_t *order = calloc(p->n_columns + 1, sizeof *order), n = 0;
	int status = listed && order ? 0 : no_memory(error);
	for (size_t k = 0; k < n_items && status == 0; k++)
		status = choose_item(p, &item[k], listed, order, &n, error);
	if (status == 0)
		status = reorder(p, order, n, error);
	free(listed);
	free(order);
	return status;
}

static int from_header(struct clean_plan *p, const struct span *header, size_t n, char error[CLEAN_ERROR])
{
	p->column = calloc(n + 1, sizeof *p->column);
	if (!p->column)
		return no_memory(error);
	for (size_t i = 0; i < n; i++, p->n_columns++) {
		p->column[i] = (struct clean_column){ .role = CLEAN_ROLES, .source = (ptrdiff_t)i,
			.decimal = '.', .decimal_as = -1 };
		p->column[i].name = clean_name(header[i], i + 1);
		if (!p->column[i].name)
			return no_memory(error);
	}
	return 0;
}

static int make(struct clean_plan *p, const struct span *header, size_t n_header, struct item *item,
		size_t n_items, char error[CLEAN_ERROR])
{
	if (from_header(p, header, n_header, error) != 0)
		return -1;
	if (!p->rules.table)
		recognise(p, header);
	if (apply_sources(p, header, item, n_items, error) != 0)
		return -1;
	p->transactions = is_transactions(p);
	p->lacks = p->transactions || p->rules.table || n_items > 0 ? NULL : lacking(p);
	if (p->transactions) {
		if (order_by_role(p, item, n_items, error) != 0)
			return -1;
	} else {
		for (int r = 0; r < CLEAN_ROLES; r++)
			p->by_role[r] = -1;
	}
	for (size_t i = 0; i < p->n_columns; i++)
		if (!p->transactions && strcmp(p->column[i].name, "customer_id") == 0) {
			p->column[i].type = CLEAN_ID;
			p->column[i].declared = true;
		}
	if (check_names(p, header, error) != 0)
		return -1;
	p->n_visible = p->n_columns;
	return n_items > 0 ? choose(p, item, n_items, error) : 0;
}

int clean_plan_make(struct clean_plan *p, const struct clean_rules *rules, const struct span *header,
		    size_t n_header, char *const *columns, size_t n_columns, char error[CLEAN_ERROR])
{
	struct item *item = calloc(n_columns + 1, sizeof *item);
	int status = 0;
	memset(p, 0, sizeof *p);
	p->rules = *rules;
	for (int r = 0; r < CLEAN_ROLES; r++)
		p->by_role[r] = -1;
	if (!item)
		return no_memory(error);
	for (size_t k = 0; k < n_columns && status == 0; k++)
		status = parse_item(&item[k], columns[k], error);
	if (status == 0)
		status = make(p, header, n_header, item, n_columns, error);
	free(item);
	return status;
}

/* Whether a hidden column decides about rows. */
static bool needed(const struct clean_plan *p, size_t i)
{
	enum clean_role role = p->column[i].role;
	bool used = role == CLEAN_CUSTOMER || role == CLEAN_DAY || role == CLEAN_QUANTITY ||
		    role == CLEAN_PRICE || role == CLEAN_AMOUNT ||
		    (role == CLEAN_INVOICE && p->rules.cancel_prefix);
	for (size_t k = 0; k < p->n_derive && !used; k++)
		used = clean_expr_uses(&p->derive[k], i);
	for (size_t k = 0; k < p->n_where && !used; k++)
		used = p->where[k].column == i;
	return used;
}

/* A format of the user's, behind those that are there unless they give way; NULL: auto. */
static int add_format(struct clean_column *c, const char *format, const struct datefmt *f, bool alone)
{
	if (!format || alone || !c->given_format) {
		c->given_format = format;
		c->n_more = 0;
		if (format)
			c->format = *f;
		return 0;
	}
	struct datefmt *more = realloc(c->more, (c->n_more + 1) * sizeof *more);
	if (!more)
		return -1;
	c->more = more;
	c->more[c->n_more++] = *f;
	return 0;
}

int clean_plan_date(struct clean_plan *p, const char *text, char error[CLEAN_ERROR])
{
	const char *equals = strchr(text, '='), *percent = strchr(text, '%'), *format = text;
	struct datefmt f;
	ptrdiff_t named = -1;
	if (equals && (!percent || equals < percent)) {
		named = clean_cell_index(p, text, (size_t)(equals - text));
		format = equals + 1;
		if (named < 0 || (size_t)named >= p->n_columns) {
			snprintf(error, CLEAN_ERROR, "option --date-format: no such column: \"%.*s\"",
				 (int)(equals - text < 100 ? equals - text : 100), text);
			return -1;
		}
	}
	bool is_auto = strcmp(format, "auto") == 0;
	if (!is_auto && datefmt_compile(&f, format) != 0) {
		snprintf(error, CLEAN_ERROR, "option --date-format: not a format of a whole date: \"%.200s\"", format);
		return -1;
	}
	if (named >= 0 && p->column[named].role != CLEAN_ROLES && p->column[named].role != CLEAN_DAY) {
		snprintf(error, CLEAN_ERROR, "option --date-format: column %.100s is no date", p->column[named].name);
		return -1;
	}
	for (size_t i = 0; i < p->n_columns; i++) {
		struct clean_column *c = &p->column[i];
		if (named >= 0 ? (size_t)named != i : c->format_named)
			continue;
		if (add_format(c, is_auto ? NULL : format, &f, named >= 0 && !c->format_named) != 0)
			return no_memory(error);
	}
	if (named >= 0) {
		p->column[named].type = CLEAN_DATE;
		p->column[named].declared = p->column[named].format_named = true;
	}
	return 0;
}

void clean_plan_finish(struct clean_plan *p)
{
	for (size_t i = p->n_visible; i < p->n_columns; i++)
		p->column[i].skipped = !needed(p, i);
}

int clean_map_make(struct clean_map *m, const struct clean_plan *p, const struct span *first,
		   size_t n_first, const struct span *header, size_t n_header, char error[CLEAN_ERROR])
{
	m->field = calloc(p->n_columns + 1, sizeof *m->field);
	m->n_fields = n_header;
	if (!m->field)
		return no_memory(error);
	if (n_header != n_first) {
		snprintf(error, CLEAN_ERROR, "%zu columns, the first file has %zu", n_header, n_first);
		return -1;
	}
	for (size_t i = 0; i < p->n_columns; i++) {
		ptrdiff_t from = p->column[i].source;
		m->field[i] = -1;
		for (size_t k = 0; from >= 0 && k < n_header && m->field[i] < 0; k++)
			if (span_equal(text_trim(header[k]), text_trim(first[from])))
				m->field[i] = (ptrdiff_t)k;
		if (from >= 0 && m->field[i] < 0) {
			snprintf(error, CLEAN_ERROR, "no column \"%.*s\", which the first file has",
				 (int)(first[from].n < 60 ? first[from].n : 60), first[from].s);
			return -1;
		}
	}
	return 0;
}

void clean_plan_free(struct clean_plan *p)
{
	for (size_t i = 0; i < p->n_columns; i++) {
		free(p->column[i].name);
		free(p->column[i].more);
	}
	for (size_t i = 0; i < p->n_derive; i++)
		clean_expr_free(&p->derive[i]);
	for (size_t i = 0; i < p->n_where; i++)
		clean_where_free(&p->where[i]);
	for (size_t i = 0; i < p->n_check; i++)
		clean_check_free(&p->check[i]);
	free(p->column);
	free(p->derive);
	free(p->where);
	free(p->check);
	memset(p, 0, sizeof *p);
}
