/* SPDX-License-Identifier: MIT */
#include "model/naming.h"

#include <stdio.h>
#include <string.h>

#include "table/boxes.h"
#include "table/param.h"

const char *const naming_field[5] = {
	"r_score", "f_score", "m_score", "rfm_score", "rfm_segment",
};

static int open_cuts(struct naming *n, bool given, const char *path, char error[400])
{
	struct param_list p;
	char text[200];
	int n_scores = n->cuts.n, status;

	param_read(&p, path, "seg-rfm");
	status = score_load(&n->cuts, &p, text);
	param_free(&p);
	if (status != 0) {
		snprintf(error, 400, "%s: %s", path, text);
	} else if (given && n->cuts.n != n_scores) {
		status = -1;
		snprintf(error, 400, "%s: cuts for %d scores, but --scores is %d", path, n->cuts.n,
			 n_scores);
	}
	return status;
}

int naming_open(struct naming *n, int n_scores, bool given, const char *cuts, const char *map,
		char error[400])
{
	const struct box *box = segmap_default;
	size_t n_boxes = segmap_n_default;
	char text[200];

	n->has_scores = n_scores > 0;
	n->cuts.n = n_scores;
	if (!n_scores)
		return 0;
	if (cuts && open_cuts(n, given, cuts, error) != 0)
		return -1;
	if (map ? strcmp(map, "none") == 0 : n->cuts.n != 5)
		return 0;
	if (map)
		box = boxes_read(map, n->cuts.n, &n_boxes);
	if (segmap_build(&n->map, n->cuts.n, box, n_boxes, text) != 0) {
		snprintf(error, 400, "%s: %s", map ? map : "default map", text);
		return -1;
	}
	n->has_map = true;
	return 0;
}

void naming_put(struct buf *to, const struct naming *n, const double x[SCORE_DIMS],
		uint64_t *n_ties)
{
	int score[SCORE_DIMS], other[SCORE_DIMS];

	if (!n->has_scores)
		return;
	if (!x) {
		buf_put(to, "\t\t\t\t\t", n->has_map ? 5 : 4);
		return;
	}
	score_rows(&n->cuts, x, score);
	score_opposite(&n->cuts, x, other);
	char r = (char)('0' + score[SCORE_R]), f = (char)('0' + score[SCORE_F]);
	char m = (char)('0' + score[SCORE_M]);
	const char cells[] = { '\t', r, '\t', f, '\t', m, '\t', r, f, m };
	buf_put(to, cells, sizeof cells);
	if (!n->has_map) {
		*n_ties += memcmp(score, other, sizeof score) != 0;
		return;
	}
	const char *name = segmap_name(&n->map, score);
	buf_char(to, '\t');
	buf_put(to, name, strlen(name));
	*n_ties += strcmp(name, segmap_name(&n->map, other)) != 0;
}
