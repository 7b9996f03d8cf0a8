/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGODDS_H
#define MODEL_LOGODDS_H

/* The weight of the prior: as if so many words had been seen beforehand. */
#define LOGODDS_PRIOR 500.0

/*
 * How much more often one group uses a word than the others do: the log-odds
 * ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008,
 * "Fightin' Words", eq. 15, 16, 20, 22), alpha_w = LOGODDS_PRIOR * the word's
 * share of all words.  Rare words are drawn towards 0, and z says how sure.
 */
struct logodds {
	double log_odds, z;
};

/*
 * here of n_here words in the group, elsewhere of n_elsewhere in the others.
 * NaN where one side has no words at all or the corpus is this one word.
 */
struct logodds logodds_word(double here, double n_here, double elsewhere, double n_elsewhere);

#endif
