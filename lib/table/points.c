/* SPDX-License-Identifier: MIT */
#include "table/points.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stream/tsv.h"
#include "table/columns.h"
#include "table/frame.h"

double *points_read(const char *path, char *const *name, size_t d, size_t *n)
{
	struct tsv_open how = { .expect_rows = -1 };
	struct frame_read all = { .key = -1, .missing_is_error = true };
	char *operand[] = { mem_copy(path, strlen(path)) };
	struct tsv_in *in = tsv_open(operand, 1, &how);
	struct columns c = { mem_array(d, sizeof(size_t)), d };
	struct frame f;
	double *point;

	for (size_t j = 0; j < d; j++)
		c.index[j] = columns_one(in, name[j]);
	frame_read(&f, in, &c, &all);
	*n = f.n_rows;
	point = mem_array(f.n_rows * d, sizeof *point);
	for (size_t i = 0; i < f.n_rows; i++)
		for (size_t j = 0; j < d; j++)
			point[i * d + j] = f.column[j][i];
	frame_free(&f);
	columns_free(&c);
	tsv_close(in);
	free(operand[0]);
	return point;
}
