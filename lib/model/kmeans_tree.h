/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_TREE_H
#define MODEL_KMEANS_TREE_H

#include "model/kmeans_core.h"

/*
 * Rows a leaf: the fewer, the more boxes lie whole on one side; the more, the
 * cheaper a row is, a vector at a time, and the fewer nodes are kept (130 bytes
 * each for three columns).  Sweeps over 200,000 rows on a processor with AVX2
 * take 1.27 s of processor time with 32, 1.13 with 64, 1.09 with 96, 0.99 with 128.
 */
#define KMEANS_LEAF 128

/* Where few passes are to be expected, leaves are the parts that the first cuts make. */
#define KMEANS_LEAF_FEW 4096

struct kmeans_node {
	uint32_t first, n; /* its rows */
	uint32_t right;    /* the right child; the left one follows its parent; 0: a leaf */
};

/* A subtree with arrays of its own, so that parts are built and walked apart. */
struct kmeans_part {
	size_t first, n;
	struct kmeans_node *node;
	double *box;   /* [nodes][2][d], lows then highs */
	dec_wide *sum; /* [nodes][d + 1] as in kmeans_sums */
	size_t n_nodes, capacity, depth;
};

struct kmeans_tree {
	size_t d, depth; /* the largest of the parts */
	size_t leaf;     /* rows a leaf has at most, unless they are all the same */
	struct kmeans_part *part;
	size_t n_parts;
};

/*
 * A pass over the tree, part by part: the rows of every part given to
 * kmeans_filter_part go to the sums of their nearest centres when it is closed,
 * to the bit as by kmeans_lloyd.  Any split of the parts among filters will do.
 * kmeans_filter_open returns NULL without memory; kmeans_filter_close may be
 * given NULL.
 */
struct kmeans_filter;
struct kmeans_filter *kmeans_filter_open(const struct kmeans_tree *t, const struct kmeans_space *s,
					 const double *centre, struct kmeans_sums *sums);
void kmeans_filter_part(struct kmeans_filter *f, size_t part);
void kmeans_filter_close(struct kmeans_filter *f);

#endif
