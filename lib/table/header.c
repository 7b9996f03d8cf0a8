/* SPDX-License-Identifier: MIT */
#include "table/header.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"

void header_put(struct header *h, struct tsv_out *out, struct span name)
{
	bool is_new;

	dict_add(&h->names, name, &is_new);
	if (!is_new)
		msg_die(MSG_FAILED, "column %.*s would come twice in the output", (int)name.n,
			name.s);
	tsv_put_span(out, name);
}

void header_end(struct header *h, struct tsv_out *out)
{
	tsv_end_row(out);
	dict_free(&h->names);
}

void header_check_missing(const char *file, const char *const *name, const uint64_t *count,
			  size_t n, const char *advice)
{
	char *list = NULL;

	for (size_t i = 0; i < n; i++) {
		char *before = list;
		if (!count[i])
			continue;
		list = mem_printf("%s%s %s %llu", before ? before : "", before ? "," : "",
				  name[i], (unsigned long long)count[i]);
		free(before);
	}
	if (list)
		msg_die(MSG_FAILED, "%s: missing values:%s; %s", file, list, advice);
}
