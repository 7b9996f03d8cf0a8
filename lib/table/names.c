/* SPDX-License-Identifier: MIT */
#include "table/names.h"

#include <string.h>

#include "base/mem.h"
#include "base/msg.h"

static void add(struct opt_list *to, const char *name)
{
	for (size_t i = 0; i < to->n; i++)
		if (strcmp(to->item[i], name) == 0)
			msg_die(MSG_FAILED, "two columns of the result would be named %s", name);
	to->item = mem_resize(to->item, to->n + 1, sizeof *to->item);
	to->item[to->n++] = mem_copy(name, strlen(name));
}

void names_add(struct opt_list *to, const char *const *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(to, name[i]);
}

void names_add_list(struct opt_list *to, const struct opt_list *from)
{
	for (size_t i = 0; i < from->n; i++)
		add(to, from->item[i]);
}

void names_put(const struct opt_list *names, struct tsv_out *out)
{
	for (size_t i = 0; i < names->n; i++)
		tsv_put(out, names->item[i], strlen(names->item[i]));
	tsv_end_row(out);
}
