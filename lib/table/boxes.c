/* SPDX-License-Identifier: MIT */
#include "table/boxes.h"

#include "base/mem.h"
#include "stream/tsv.h"
#include "table/columns.h"

static int read_bound(struct tsv_in *in, const char *column, int missing)
{
	if (missing && tsv_column(in, column) < 0)
		return missing;
	int64_t v = tsv_int(in, columns_one(in, column));
	return v < 0 ? 0 : v > 1000 ? 1000 : (int)v;
}

struct box *boxes_read(const char *path, int n, size_t *n_boxes)
{
	struct tsv_open how = { .expect_rows = -1 };
	char *paths[] = { (char *)(uintptr_t)path };
	struct tsv_in *in = tsv_open(paths, 1, &how);
	size_t name = columns_one(in, "name"), capacity = 0;
	struct box *box = NULL;

	for (*n_boxes = 0; tsv_next(in); ++*n_boxes) {
		if (!in->field[name].n)
			tsv_die(in, (ptrdiff_t)name, "missing value");
		box = mem_grow(box, *n_boxes, &capacity, sizeof *box);
		box[*n_boxes] = (struct box){
			mem_copy(in->field[name].s, in->field[name].n),
			{ read_bound(in, "r_lo", 0), read_bound(in, "f_lo", 0),
			  read_bound(in, "m_lo", 1) },
			{ read_bound(in, "r_hi", 0), read_bound(in, "f_hi", 0),
			  read_bound(in, "m_hi", n) },
		};
	}
	tsv_close(in);
	return box;
}
