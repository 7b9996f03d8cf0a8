/* SPDX-License-Identifier: MIT */
#ifndef VIEW_PROOF_H
#define VIEW_PROOF_H

#include "view/report.h"

/*
 * The self-check of figures that come from files: what a row says is made of its other
 * cells, or of other rows, once more.  Dies with status 1 and names file, row and cell
 * where the two differ by more than 1e-4 of it; adds the figures checked to r->n_checked.
 * Cells that are missing, and columns that the file has not, are passed over.
 */
void proof_files(struct report *r);

#endif
