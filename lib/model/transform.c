/* SPDX-License-Identifier: MIT */
#include "model/transform.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "table/param.h"

int transform_ready(struct transform *t)
{
	free(t->ordinal);
	free(t->onehot);
	t->ordinal = calloc(t->scale.n + 1, sizeof *t->ordinal);
	t->onehot = calloc(t->encode.n + 1, sizeof *t->onehot);
	if (!t->ordinal || !t->onehot)
		return -1;
	t->n_features = t->scale.n;
	t->n_onehot = 0;
	for (size_t i = 0; i < t->scale.n; i++)
		t->ordinal[i] = encode_find(&t->encode, ENCODE_ORDINAL, t->scale.column[i].name);
	for (size_t i = 0; i < t->encode.n; i++) {
		const struct encode_column *c = &t->encode.column[i];
		if (c->kind != ENCODE_ONEHOT)
			continue;
		t->onehot[t->n_onehot++] = c;
		t->n_features += encode_width(c);
	}
	t->n_outputs = t->pca.n_out ? t->pca.n_out : t->n_features;
	return 0;
}

char *transform_feature(const struct transform *t, size_t i)
{
	if (i < t->scale.n) {
		const char *raw = t->scale.column[i].name;
		size_t room = strlen(raw) + sizeof "_scaled";
		char *name = malloc(room);
		if (name)
			snprintf(name, room, "%s_scaled", raw);
		return name;
	}
	i -= t->scale.n;
	for (size_t j = 0; j < t->n_onehot; j++) {
		if (i < encode_width(t->onehot[j]))
			return encode_output_name(t->onehot[j], i);
		i -= encode_width(t->onehot[j]);
	}
	return NULL;
}

char *transform_output(const struct transform *t, size_t i)
{
	char name[24];

	if (!t->pca.n_out)
		return transform_feature(t, i);
	snprintf(name, sizeof name, "pc%zu", i + 1);
	return strdup(name);
}

unsigned transform_row(const struct transform *t, const double *x, const struct span *level,
		       double *y)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < t->scale.n; i++) {
		const struct scale_column *c = &t->scale.column[i];
		y[i] = scale_apply(c, x[i]);
		if (!isfinite(y[i]))
			wrong |= isnan(x[i]) && isnan(c->fill) ? TRANSFORM_MISSING
							      : TRANSFORM_NO_IMAGE;
	}
	y += t->scale.n;
	for (size_t i = 0; i < t->n_onehot; i++) {
		if (!encode_onehot(t->onehot[i], level[i], y))
			wrong |= level[i].n ? TRANSFORM_UNSEEN : TRANSFORM_MISSING;
		y += encode_width(t->onehot[i]);
	}
	return wrong;
}

const double *transform_project(const struct transform *t, const double *y, double *z)
{
	if (!t->pca.n_out)
		return y;
	pca_apply(&t->pca, y, z);
	return z;
}

void transform_invert(const struct transform *t, const double *z, double *y, double *x)
{
	if (t->pca.n_out)
		pca_invert(&t->pca, z, y);
	for (size_t i = 0; i < t->scale.n; i++)
		x[i] = scale_invert(&t->scale.column[i], t->pca.n_out ? y[i] : z[i]);
}

struct fit_job {
	struct transform *t;
	double *const *x;
	size_t n;
	const struct scale_how *how;
	struct transform_column *found;
};

static void fit_scaled(void *ctx, size_t i)
{
	const struct fit_job *j = ctx;
	struct transform_column *f = &j->found[i];
	const double *x = j->x[i];

	*f = (struct transform_column){ .name = j->t->scale.column[i].name };
	for (size_t r = 0; r < j->n; r++)
		f->n_missing += isnan(x[r]) != 0;
	f->status = scale_fit(&j->t->scale.column[i], x, j->n, j->how, &f->bad);
	if (j->n)
		f->bad_value = isnan(x[f->bad]) ? j->t->scale.column[i].fill : x[f->bad];
}

void transform_fit(struct transform *t, double *const *x, struct span *const *level, size_t n,
		   const struct scale_how *how, int threads, struct transform_column *found)
{
	bool fill = how->impute != SCALE_KEEP_MISSING;
	struct fit_job job = { t, x, n, how, found };

	par_for(threads, t->scale.n, fit_scaled, &job);
	for (size_t i = 0, j = 0; i < t->encode.n; i++) {
		struct encode_column *c = &t->encode.column[i];
		struct transform_column *f = &found[t->scale.n + j];
		if (c->kind != ENCODE_ONEHOT)
			continue;
		*f = (struct transform_column){ .name = c->name };
		f->levels = encode_fit(c, level[j++], n, fill, &f->n_missing);
	}
}

unsigned transform_row_at(const struct transform *t, double *const *x, struct span *const *level,
			  size_t r, double *raw, struct span *field, double *y)
{
	for (size_t i = 0; i < t->scale.n; i++)
		raw[i] = x[i][r];
	for (size_t i = 0; i < t->n_onehot; i++)
		field[i] = level[i][r];
	return transform_row(t, raw, field, y);
}

int transform_fit_pca(struct transform *t, double *const *x, struct span *const *level, size_t n,
		      double want, int threads, char error[200])
{
	size_t d = t->n_features;
	double *raw = malloc((t->scale.n + d + 1) * sizeof *raw), *y = raw + t->scale.n;
	struct span *field = malloc((t->n_onehot + 1) * sizeof *field);
	char **name = calloc(d + 1, sizeof *name);
	struct pca_sums sums = { 0 };
	bool there = raw && field && name && pca_sums_init(&sums, d, threads) == 0;
	int status = -1;

	for (size_t i = 0; i < d && there; i++) {
		name[i] = transform_feature(t, i);
		there = name[i] != NULL;
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t r = 0; r < n && there; r++) {
			transform_row_at(t, x, level, r, raw, field, y);
			(pass ? pca_sums_add : pca_sums_see)(&sums, y);
		}
	snprintf(error, 200, "out of memory");
	if (there && pca_fit(&t->pca, &sums, name, want, error) == 0)
		status = transform_ready(t);
	for (size_t i = 0; name && i < d; i++)
		free(name[i]);
	free(name);
	free(raw);
	free(field);
	pca_sums_free(&sums);
	return status;
}

const char *transform_input(const struct transform *t, size_t i)
{
	return i < t->scale.n ? t->scale.column[i].name : t->onehot[i - t->scale.n]->name;
}

enum transform_verdict transform_judge(const struct transform_column *found, char text[200])
{
	const char *words = NULL;
	enum transform_verdict verdict = TRANSFORM_DOUBTFUL;

	if (found->status == SCALE_IS_CONSTANT)
		words = "is constant; its scale is 1";
	else if (found->status == SCALE_EQUAL_QUARTILES)
		words = "has equal quartiles; its scale is 1";
	else
		verdict = TRANSFORM_FAILED;
	if (found->status == SCALE_NO_VALUES || found->levels == ENCODE_NO_VALUES)
		words = "has no values";
	else if (found->status == SCALE_BEYOND)
		words = "has a spread beyond what doubles hold";
	else if (found->status == SCALE_FAR)
		words = "has values above 1e150, or none above 1e-140, whose squares parts do not hold";
	else if (found->levels == ENCODE_TOO_MANY)
		words = "has more levels than the 4096 that one-hot takes";
	else if (found->status == SCALE_NO_MEMORY || found->levels == ENCODE_NO_MEMORY)
		words = "needs more memory than there is";
	if (found->status == SCALE_NO_IMAGE)
		snprintf(text, 200, "column %.120s: log1p has no value at %.15g", found->name,
			 found->bad_value);
	else if (words)
		snprintf(text, 200, "column %.120s %s", found->name, words);
	return words || found->status == SCALE_NO_IMAGE ? verdict : TRANSFORM_FITTED;
}

double transform_position(const struct transform *t, size_t i, struct span field)
{
	return field.n ? (double)encode_level(t->ordinal[i], field) : (double)NAN;
}

size_t transform_positions(const struct transform *t, size_t i, const struct span *field, size_t n,
			   double *x)
{
	size_t r = 0;

	for (; r < n; r++) {
		x[r] = transform_position(t, i, field[r]);
		if (x[r] < 0)
			break;
	}
	return r;
}

void transform_store(const struct transform *t, struct param_list *p)
{
	encode_store(&t->encode, p);
	scale_store(&t->scale, p);
	pca_store(&t->pca, p);
}

void transform_write(const struct transform *t, const struct scale_how *how, uint64_t n_rows,
		     struct tsv_out *out)
{
	struct param_list p = { 0 };

	param_add_int(&p, "model", "seg-scale", "version", 1);
	scale_how_store(how, n_rows, &p);
	transform_store(t, &p);
	param_write(&p, out);
	tsv_finish(out);
	param_free(&p);
}

/* The components must be of the very features that the rest makes. */
static int check_pca(const struct transform *t, char error[200])
{
	for (size_t i = 0; t->pca.n_out && i < t->n_features; i++) {
		char *name = transform_feature(t, i);
		bool same = name && i < t->pca.n_in && strcmp(name, t->pca.input[i]) == 0;
		if (!same)
			snprintf(error, 200, "no row pca %.120s mean in its place", name ? name : "");
		free(name);
		if (!same)
			return -1;
	}
	return 0;
}

int transform_load(struct transform *t, const struct param_list *p, char error[200])
{
	*t = (struct transform){ 0 };
	if (scale_load(&t->scale, p, error) != 0 || encode_load(&t->encode, p, error) != 0 ||
	    pca_load(&t->pca, p, error) != 0)
		goto failed;
	snprintf(error, 200, "out of memory");
	if (transform_ready(t) != 0)
		goto failed;
	snprintf(error, 200, "no parameters of a transformation");
	if (t->n_outputs && check_pca(t, error) == 0)
		return 0;
failed:
	transform_free(t);
	return -1;
}

void transform_free(struct transform *t)
{
	scale_free(&t->scale);
	encode_free(&t->encode);
	pca_free(&t->pca);
	free(t->ordinal);
	free(t->onehot);
	*t = (struct transform){ 0 };
}

char *transform_raw_name(const struct transform *t, const char *name)
{
	bool known = t->n_outputs == 0;

	for (size_t i = 0; i < t->n_outputs; i++) {
		char *output = transform_output(t, i);
		bool same = output && strcmp(output, name) == 0;
		free(output);
		if (same && i < t->scale.n && !t->pca.n_out)
			return strdup(t->scale.column[i].name);
		known |= same;
	}
	return known ? strdup(name) : NULL;
}
