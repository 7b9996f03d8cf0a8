/* SPDX-License-Identifier: MIT */
#include "view/vocabulary.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "model/logodds.h"
#include "view/format.h"

#define WORDS_SHOWN 10
/* Below it a word may stand out by chance alone. */
#define Z_SHOWN 1.96

struct word {
	size_t number;
	struct span text;
	double here, elsewhere;
	struct logodds odds;
};

/* Most telling first; the sizes of z may tie, the texts cannot. */
static int by_z(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	if (x->odds.z != y->odds.z)
		return x->odds.z < y->odds.z || isnan(x->odds.z) ? 1 : -1;
	return span_compare(x->text, y->text);
}

static double said_in(const struct asked *a, size_t segment)
{
	return segment < a->said.n_groups ? (double)a->said.of_group[segment] : 0;
}

/* All words as this segment uses them, sorted. */
static void weigh(struct word *w, const struct asked *a, size_t segment)
{
	double n = said_in(a, segment), rest = (double)a->n_said - n;
	for (size_t i = 0; i < a->vocabulary.n; i++) {
		double here = segment < a->said.n_groups ? (double)shares_rows(&a->said, i, segment) : 0;
		double elsewhere = (double)a->said.of_level[i] - here;
		w[i] = (struct word){ i, a->vocabulary.text[i], here, elsewhere,
				      logodds_word(here, n, elsewhere, rest) };
	}
	qsort(w, a->vocabulary.n, sizeof *w, by_z);
}

static void put_record(struct doc *d, struct doc_table *t, const struct report *r, size_t segment,
		       const struct word *w)
{
	struct doc_cell *row = doc_row(d, t);
	row[0] = report_segment_cell(r, segment);
	row[1] = doc_cell_data("", w->text);
	row[2] = doc_cell_int((int64_t)w->here);
	row[3] = doc_cell_int((int64_t)w->elsewhere);
	row[4] = doc_cell_real(w->odds.log_odds);
	row[5] = doc_cell_real(w->odds.z);
}

static double per_thousand(double n, double of)
{
	return of > 0 ? 1000 * n / of : NAN;
}

static void put_shown(struct doc *d, struct doc_table *t, const struct report *r, size_t segment,
		      const struct word *w)
{
	double n = said_in(r->asked, segment);
	struct doc_cell *row = doc_row(d, t);
	row[0] = report_segment_cell(r, segment);
	row[1] = doc_cell_data(doc_clean(d, w->text), w->text);
	row[2] = doc_cell_int((int64_t)w->here);
	row[3] = doc_cell_real(per_thousand(w->here, n));
	row[4] = doc_cell_real(per_thousand(w->elsewhere, (double)r->asked->n_said - n));
	row[5] = doc_cell_real(w->odds.z);
	row[5].digits = 1;
}

static struct doc_table *shown_table(struct doc *d, struct doc_section *sec, const struct report *r)
{
	struct doc_table *t = doc_table(d, sec, "telling-words", "The most telling words of each segment",
					DOC_PEOPLE);
	report_segment_column(d, t, r);
	doc_column(d, t, "", "Word", false);
	doc_column(d, t, "", "Times", true);
	doc_column(d, t, "", "In 1,000 words", true);
	doc_column(d, t, "", "In 1,000 of the others'", true);
	doc_column(d, t, "", "z", true);
	return t;
}

static struct doc_table *records_table(struct doc *d, struct doc_section *sec, const struct report *r)
{
	static const char *const name[] = { "n", "n_elsewhere", "log_odds", "z" };
	struct doc_table *t = doc_table(d, sec, "words-all", "", DOC_RECORDS);
	report_segment_column(d, t, r);
	doc_column(d, t, "word", "Word", false);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		doc_column(d, t, name[i], name[i], true);
	return t;
}

void vocabulary_build(struct doc *d, const struct report *r)
{
	const struct asked *a = r->asked;
	struct doc_section *sec = doc_add_section(d, "words", "What are their words?");
	struct word *w = mem_array(a->vocabulary.n + 1, sizeof *w);
	doc_para(d, sec, "Words that a segment uses more often than the others do: log-odds with an "
			 "informative Dirichlet prior (Monroe, Colaresi & Quinn 2008), which draws rare "
			 "words towards nothing. A z above 2 is hardly chance.");
	struct doc_table *shown = shown_table(d, sec, r), *records = r->all_words ? records_table(d, sec, r) : NULL;
	for (size_t s = 0; s < r->n_segments; s++) {
		weigh(w, a, s);
		for (size_t i = 0; i < a->vocabulary.n && i < WORDS_SHOWN && w[i].odds.z >= Z_SHOWN; i++)
			put_shown(d, shown, r, s, &w[i]);
		for (size_t i = 0; records && i < a->vocabulary.n; i++)
			put_record(d, records, r, s, &w[i]);
	}
	if (shown->n_rows == 0)
		doc_note(d, sec, "No word tells one segment from the others.");
	free(w);
}
