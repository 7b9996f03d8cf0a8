/* SPDX-License-Identifier: MIT */
#include "model/naming.h"

#include <string.h>

const char *const naming_field[5] = {
	"r_score", "f_score", "m_score", "rfm_score", "rfm_segment",
};

void naming_put(struct buf *to, struct naming *n, const double x[SCORE_DIMS])
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
		n->n_ties += memcmp(score, other, sizeof score) != 0;
		return;
	}
	const char *name = segmap_name(&n->map, score);
	buf_char(to, '\t');
	buf_put(to, name, strlen(name));
	n->n_ties += strcmp(name, segmap_name(&n->map, other)) != 0;
}
