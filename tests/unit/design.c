/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "model/design.h"
#include "tests/unit/tap.h"

int main(void)
{
	struct design d = { 0 };
	struct design_dictionary *t = design_dictionary_new();
	double x[DESIGN_BLOCK];
	char name[16];
	bool holds = true;

	design_source(&d, "age", false);
	design_source(&d, "city", true);
	design_source(&d, "income", false);
	/* 1000 levels that come in another order than that of their bytes */
	for (size_t i = 0; i < 10000; i++) {
		double number[2] = { (double)i, -1.5 * (double)i };
		snprintf(name, sizeof name, "%03zu", (i * 7) % 1000);
		struct span level = { name, 3 };
		holds &= design_add(&d, number, &level) == 0;
	}
	holds &= design_finish(&d) == 0;
	tap_ok(holds && d.n_rows == 10000 && d.n_terms == 1 + 1 + 999 + 1, "rows and terms");
	tap_ok(strcmp(d.term[0].name, "(intercept)") == 0 && strcmp(d.term[1].name, "age") == 0 &&
		       strcmp(d.term[2].name, "city=001") == 0 &&
		       strcmp(d.term[1000].name, "city=999") == 0 &&
		       strcmp(d.term[1001].name, "income") == 0,
	       "terms in the order of the sources, levels in byte order, the first is left out");
	holds = true;
	for (size_t first = 0; first < d.n_rows; first += DESIGN_BLOCK) {
		size_t n = d.n_rows - first < DESIGN_BLOCK ? d.n_rows - first : DESIGN_BLOCK;
		design_expand(&d, 1001, first, n, 1, 2, x);
		for (size_t i = 0; i < n; i++)
			holds &= x[i] == (-1.5 * (double)(first + i) - 1) * 2;
		design_expand(&d, 2 + 41, first, n, 0.25, 4, x);
		for (size_t i = 0; i < n; i++)
			holds &= x[i] == ((first + i) * 7 % 1000 == 42 ? 3.0 : -1.0);
		design_expand(&d, 0, first, n, 0, 1, x);
		for (size_t i = 0; i < n; i++)
			holds &= x[i] == 1;
	}
	tap_ok(holds, "every block of numbers and of indicators, centred and scaled");
	design_free(&d);

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "%d", i);
		holds &= design_dictionary_add(t, span_of(name)) == i;
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "%d", i);
		holds &= design_dictionary_find(t, span_of(name)) == i &&
			 design_dictionary_add(t, span_of(name)) == i;
	}
	tap_ok(holds && design_dictionary_find(t, span_of("")) == -1 &&
		       design_dictionary_find(t, span_of("5000")) == -1,
	       "a dictionary keeps the order of coming");
	design_dictionary_free(t);
	return tap_done();
}
