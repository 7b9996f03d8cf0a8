/* SPDX-License-Identifier: MIT */
/*
 * seg-rfm - turn transactions into customers
 *
 * Reads   a stream of transactions: customer_id, date, amount (or quantity and
 *         price), invoice, product and carried columns where there are any;
 *         or parts of such a reading.
 * Writes  a row a customer in byte order of the ids: recency, frequency,
 *         monetary value, scores, named segment; or a part.
 * Memory  the customers with their distinct invoices, days and products, or
 *         --mem, beyond which they are spilled to $TMPDIR; 24 bytes a customer
 *         for the cut points are always held.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/opt.h"
#include "model/naming.h"
#include "model/rfm.h"
#include "model/rfm_control.h"
#include "model/rfm_parts.h"
#include "model/rfm_result.h"
#include "model/rfm_row.h"
#include "model/rfm_spill.h"
#include "model/rfm_summary.h"
#include "stream/tsv.h"
#include "table/columns.h"
#include "table/names.h"
#include "table/param.h"
#include "table/spill.h"
#include "table/trade.h"
#include "value/date.h"
#include "value/text.h"

/* What the process holds besides the table: buffers, spilled blocks, the program. */
#define BASE_BYTES ((uint64_t)40 << 20)
#define CLV_SHARES 3 /* of the rest, with --clv: the table, the cut points, the histories */

struct opts {
	struct opt_common common;
	const char *as_of;       /* a date, max or max+1 */
	int frequency;           /* enum rfm_frequency */
	int count;               /* 0 sales, 1 all */
	int monetary;            /* 0 net, 1 gross */
	const char *window;      /* FROM..TO */
	int64_t horizon_days;    /* 0: none, else 1..36600 */
	bool allow_censored;
	const char *min_monetary;
	const char *scores;      /* 2..9 or none */
	const char *cuts, *write_cuts;
	const char *map;         /* a path or none */
	struct opt_list carry, by;
	const char *key;
	bool match_returns;
	const char *pivot;       /* a column */
	int64_t pivot_top;       /* 0: all values */
	const char *cohorts;     /* a path */
	int64_t clv_days;        /* 1..36600 */
	const char *write_clv;   /* a path */
	bool clv, partial, merge, final, bare, sorted;
	int64_t expect_shards;
};

struct job {
	const struct opts *o;
	const struct opt_page *page;
	struct tsv_in *in;
	struct tsv_out *out;
	struct rfm_parts parts; /* --merge, --final */

	struct opt_list key_name, carry_name;
	struct rfm_control control;
	int n_scores; /* 0: none */
	bool to_part; /* --partial or --merge */

	struct rfm rfm;
	struct spill spill;
	struct naming naming;
	struct rfm_result result;
	struct rfm_part part;
	struct rfm_pivot pivot;
	struct rfm_cohorts cohorts;
	struct clv clv;
};

/* What is decided while lines are read belongs to --partial, the rest to
 * --final; the columns of a bare part are the user's to name. */
static void check_modes(const struct opts *o, const struct opt_page *page)
{
	if (o->partial + o->merge + o->final > 1)
		opt_die("only one of --partial, --merge and --final can be given");
	if (o->merge || o->final)
		opt_refuse(page, "count window horizon match-returns pivot sorted", "--partial");
	if ((o->merge || o->final) && !o->bare)
		opt_refuse(page, "carry by key", "--partial");
	if (o->partial || o->merge)
		opt_refuse(page, "frequency monetary allow-censored min-monetary scores cuts "
			   "write-cuts map pivot-top cohorts clv clv-days write-clv", "--final");
	if (o->merge)
		opt_refuse(page, "as-of", "--partial or --final");
	if (o->bare && !o->partial && !o->merge && !o->final)
		opt_die("option --bare needs --partial, --merge or --final");
	if (o->expect_shards >= 0 && !o->merge && !o->final)
		opt_die("option --expect-shards needs --merge or --final");
}

static void check_options(struct job *j)
{
	const struct opts *o = j->o;
	const char *s = o->scores;
	char error[200];

	if (rfm_period_parse(&j->control.period, o->as_of, o->window, o->horizon_days, error) != 0)
		opt_die("%s", error);
	j->result.rule.as_of_day = j->control.period.as_of_day;
	if (o->allow_censored && !o->horizon_days && !o->final)
		opt_die("option --allow-censored needs --horizon");
	check_modes(o, j->page);
	if (o->pivot_top && !o->pivot && !o->final)
		opt_die("option --pivot-top needs --pivot");
	if (!o->clv && (o->write_clv || opt_given(j->page, "clv-days")))
		opt_die("option %s needs --clv", o->write_clv ? "--write-clv" : "--clv-days");
	j->to_part = o->partial || o->merge;
	if (o->key && o->by.n)
		opt_die("only one of --key and --by can be given");
	if (strcmp(s, "none") != 0) {
		if (s[0] < '0' + SCORE_MIN || s[0] > '0' + SCORE_MAX || s[1])
			opt_die("option --scores: neither none nor %d..%d: %s", SCORE_MIN,
				SCORE_MAX, s);
		j->n_scores = s[0] - '0';
	}
	if (!j->n_scores && (o->cuts || o->write_cuts || o->map))
		opt_die("--scores none leaves nothing to --cuts, --write-cuts and --map");
	if (o->min_monetary && dec_parse_pico(o->min_monetary, strlen(o->min_monetary),
					      &j->result.min_monetary_pico) != DEC_OK)
		opt_die("option --min-monetary: not a number of at most 12 decimal places: %s",
			o->min_monetary);
}

/* Reading */

static void choose_details(struct job *j, struct trade *t)
{
	const struct opts *o = j->o;
	const char *const needed[] = { "invoice", "product", "quantity" };

	for (size_t i = 0; i < 3 && o->match_returns; i++)
		if (tsv_column(j->in, needed[i]) < 0)
			msg_die(MSG_FAILED, "%s: no column %s for --match-returns", j->in->file,
				needed[i]);
	j->control.match = j->rfm.has_moves = o->match_returns;
	if (o->pivot) {
		t->pivot = (ptrdiff_t)columns_one(j->in, o->pivot);
		j->control.pivot = mem_printf("%s", j->in->text[t->pivot]);
	}
	j->rfm.has_pivot = o->pivot != NULL;
	j->rfm.has_months = o->partial || o->cohorts;
	j->rfm.has_first = o->partial || o->clv;
}

static void open_lines(struct job *j, char **paths, size_t n_paths, const struct tsv_open *how,
		       struct trade *t)
{
	const struct opts *o = j->o;

	j->in = tsv_open(paths, n_paths, how);
	trade_open(t, j->in, &o->by, o->key, &o->carry);
	if (t->carry.n > RFM_CARRIED_MAX)
		msg_die(MSG_FAILED, "option --carry: at most %d columns", RFM_CARRIED_MAX);
	if (o->sorted && o->partial && t->key.n > 1)
		msg_die(MSG_FAILED, "--sorted with --partial takes one column of --by");
	for (size_t i = 0; i < t->key.n; i++)
		names_add(&j->key_name, &j->in->text[t->key.index[i]], 1);
	for (size_t i = 0; i < t->carry.n; i++)
		names_add(&j->carry_name, &j->in->text[t->carry.index[i]], 1);
	j->control.count_returns = j->rfm.count_returns = o->count == 1;
	j->control.has_invoice = t->invoice >= 0;
	if (!j->control.has_invoice && o->frequency == RFM_INVOICES && !o->partial)
		msg_die(MSG_FAILED, "%s: no column invoice for --frequency invoices; "
			"there are lines|days", j->in->file);
	j->control.has_product = t->product >= 0;
	j->control.has_quantity = t->quantity >= 0;
	t->is_sorted = o->sorted;
	choose_details(j, t);
}

static void read_lines(struct job *j, struct trade *t)
{
	const struct trade_line *line;

	while ((line = trade_next(t))) {
		enum rfm_fate fate = rfm_control_line(&j->control, line);
		if (fate != RFM_USED && fate != RFM_LABEL)
			continue;
		if (line->is_next_key)
			spill_key_end(&j->spill);
		rfm_add(&j->rfm, line, fate);
		if (!j->o->sorted)
			spill_check(&j->spill);
	}
	j->control.tally.n_rows = j->in->n_rows;
	j->control.tally.n_shards = 1;
	trade_free(t);
}

static void open_parts(struct job *j, char **paths, size_t n_paths, const struct tsv_open *how)
{
	const struct opts *o = j->o;
	struct opt_list key = o->by, names = { 0 };

	if (!key.n)
		opt_split(&key, o->key ? o->key : "customer_id");
	rfm_part_names(&names, &key, &o->carry);
	j->parts = (struct rfm_parts){ .rfm = &j->rfm, .control = &j->control, .spill = &j->spill,
				       .writer = o->merge ? &j->part : NULL,
				       .invoices = o->final && o->frequency == RFM_INVOICES };
	rfm_parts_open(&j->parts, paths, n_paths, how, o->bare ? &names : NULL, &j->key_name,
		       &j->carry_name);
	j->in = j->parts.part.in[0];
}

/* Writing */

static void put_rows(void *ctx, const char *s, size_t n, uint64_t n_rows)
{
	struct job *j = ctx;
	tsv_put_rows(j->out, s, n, n_rows);
}

static void put_header(struct job *j)
{
	struct opt_list names = { 0 };

	if (j->to_part)
		rfm_part_names(&names, &j->key_name, &j->carry_name);
	else
		rfm_result_names(&names, &j->result, &j->key_name, &j->carry_name);
	names_put(&names, j->out);
}

static void open_output(struct job *j)
{
	char text[DATE_MAX + 16] = "--as-of ";
	int64_t as_of_day = j->result.rule.as_of_day;
	bool known = as_of_day != RFM_OPEN_DAY && !j->to_part;

	if (known)
		text[8 + date_print_days(text + 8, as_of_day)] = '\0';
	char *line = opt_provenance(j->page, known ? text : NULL);
	char *chain = tsv_chain(tsv_provenance(j->in), line);
	struct tsv_create how = { j->o->common.plain, j->o->common.level, chain };
	j->out = j->o->bare && j->to_part ? tsv_create_bare(&how) : tsv_create(&how);
	free(line);
	free(chain);
	put_header(j);
}

static struct tsv_out *create_side(const struct opts *o, const char *path)
{
	return tsv_create_file(path,
			       &(struct tsv_create){ o->common.plain, o->common.level, NULL });
}

static void write_params(const struct job *j)
{
	const struct opts *o = j->o;
	const char *const path[] = { o->write_cuts, o->write_clv };

	if (o->write_cuts && !o->cuts && !j->result.n_values)
		msg_die(MSG_FAILED, "no customer to take cut points from");
	for (int i = 0; i < 2; i++) {
		struct param_list p = { 0 };
		if (!path[i])
			continue;
		param_add(&p, "model", "seg-rfm", "version", "1");
		if (i == 0)
			score_store(&j->naming.cuts, &p);
		else
			clv_store(&j->clv, &p);
		struct tsv_out *out = create_side(o, path[i]);
		param_write(&p, out);
		tsv_finish(out);
		param_free(&p);
	}
}

static void before_rows(void *ctx)
{
	struct job *j = ctx;

	write_params(j);
	if (j->o->cohorts) {
		struct tsv_out *out = create_side(j->o, j->o->cohorts);
		rfm_cohorts_put(&j->cohorts, out);
		tsv_finish(out);
	}
	if (!j->out)
		open_output(j);
}

/* Every line is in one of the counts, and every used one in a customer. */
static void check_sums(const struct job *j)
{
	const struct rfm_tally *t = &j->control.tally;
	char error[200];

	if (!rfm_tally_is_whole(t) ||
	    (!j->to_part && j->result.n_lines != t->fate[RFM_USED]))
		msg_die(MSG_FAILED, "%llu rows, but %llu lines in customers: %s",
			(unsigned long long)t->n_rows, (unsigned long long)j->result.n_lines,
			j->o->final ? "a part was edited, or a fault of seg-rfm" : "a fault of seg-rfm");
	if (!rfm_tally_is_expected(t, j->o->common.expect_rows, j->o->expect_shards, error))
		msg_die(MSG_FAILED, "%s", error);
}

static void say(char *lines, void (*message)(const char *format, ...))
{
	char *save;

	for (char *s = strtok_r(lines, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		message("%s", s);
	free(lines);
}

static void summarise(const struct job *j)
{
	say(rfm_summary(&j->control, j->to_part ? NULL : &j->result), msg_note);
	if (j->o->clv)
		say(clv_doubts(&j->clv), msg_warn);
}

static void prepare_output(struct job *j)
{
	const struct opts *o = j->o;
	struct rfm_result *r = &j->result;

	*r = (struct rfm_result){
		.rfm = &j->rfm, .control = &j->control, .spill = &j->spill, .naming = &j->naming,
		.rule = { (enum rfm_frequency)o->frequency, o->monetary == 1, r->rule.as_of_day },
		.fit_cuts = j->n_scores && !o->cuts, .has_min_monetary = o->min_monetary != NULL,
		.min_monetary_pico = r->min_monetary_pico, .ctx = j, .cuts_ready = before_rows,
		.row = put_rows, .cohorts = o->cohorts ? &j->cohorts : NULL,
		.clv = o->clv ? &j->clv : NULL,
	};
	j->clv.days = o->clv_days;
	j->pivot.top = (size_t)o->pivot_top;
	j->part = (struct rfm_part){ .rfm = &j->rfm, .control = &j->control,
				     .spill = &j->spill, .ctx = j, .row = put_rows };
	rfm_spill(&j->spill, &j->rfm, o->common.mem ? (size_t)(o->common.mem - BASE_BYTES) /
						      (o->clv ? CLV_SHARES : 1) : 0);
	j->spill.emit = j->to_part ? rfm_part_share : rfm_result_share;
	j->spill.emit_ctx = j->to_part ? (void *)&j->part : (void *)r;
}

static void finish(struct job *j)
{
	const struct opts *o = j->o;
	char error[200];

	if (!j->to_part &&
	    !rfm_control_as_of(&j->control, strcmp(o->as_of, "max") != 0, o->allow_censored,
			       &j->result.rule.as_of_day, error))
		msg_die(MSG_FAILED, "%s", error);
	if (o->final && !j->control.tally.n_shards)
		msg_die(MSG_FAILED, "no control record in the parts");
	if (o->final && o->pivot_top && !j->control.pivot)
		msg_die(MSG_FAILED, "--pivot-top: the parts were made without --pivot");
	j->result.pivot = j->control.pivot ? &j->pivot : NULL;
	spill_finish(&j->spill);
	if (j->to_part)
		rfm_part_finish(&j->part);
	else
		rfm_result_finish(&j->result);
	if (j->result.error || j->part.overflow)
		msg_die(MSG_FAILED, "%s", j->result.error ? j->result.error : "a customer's sum passes 128 bits");
	check_sums(j);
	tsv_finish(j->out);
	summarise(j);
}

static void run(struct job *j, char **paths, size_t n_paths)
{
	const struct opts *o = j->o;
	bool of_parts = o->merge || o->final;
	struct tsv_open how = { o->common.threads > 1, of_parts ? -1 : o->common.expect_rows,
				true };
	struct trade trade;
	char error[400];

	rfm_tally_init(&j->control.tally);
	if (naming_open(&j->naming, j->n_scores, opt_given(j->page, "scores"), o->cuts, o->map,
			error) != 0)
		msg_die(MSG_FAILED, "%s", error);
	j->n_scores = j->naming.cuts.n;
	if (of_parts)
		open_parts(j, paths, n_paths, &how);
	else
		open_lines(j, paths, n_paths, &how, &trade);
	j->rfm.n_carried = j->carry_name.n;
	j->rfm.threads = (int)o->common.threads;
	j->rfm.values = mem_zero(j->rfm.n_carried, sizeof *j->rfm.values);
	rfm_init(&j->rfm);
	prepare_output(j);
	if (j->to_part || (!o->final && !o->pivot && j->control.period.as_of_day != RFM_OPEN_DAY))
		open_output(j);
	if (of_parts)
		part_read(&j->parts.part);
	else
		read_lines(j, &trade);
	finish(j);
}

static struct opts o = { .as_of = "max+1", .scores = "5", .clv_days = 365, .expect_shards = -1 };
static const struct opt table[] = {
	{ "as-of", 0, OPT_TEXT, &o.as_of, "DATE|max|max+1", 0, 0, 0,
	  "the day that recency counts to; max: the last day in the data;\n"
	  "default: max+1, the day after" },
	{ "frequency", 0, OPT_CHOICE, &o.frequency, "invoices|days|lines", 0, 0,
	  OPT_RESULT, "what a customer's frequency counts; default: invoices" },
	{ "count", 0, OPT_CHOICE, &o.count, "sales|all", 0, 0, OPT_RESULT,
	  "all: lines and invoices of returns count too, and customers who\n"
	  "only returned are kept; default: sales" },
	{ "monetary", 0, OPT_CHOICE, &o.monetary, "net|gross", 0, 0, OPT_RESULT,
	  "with returns taken off or not; default: net" },
	{ "window", 0, OPT_TEXT, &o.window, "FROM..TO", 0, 0, OPT_RESULT,
	  "only lines from the day FROM to the day before TO" },
	{ "horizon", 0, OPT_INT, &o.horizon_days, "DAYS", 1, 36600, OPT_RESULT,
	  "figures of the lines before --as-of; bought: a sale in the DAYS from it" },
	{ "allow-censored", 0, OPT_FLAG, &o.allow_censored, NULL, 0, 0, OPT_RESULT,
	  "go on though the data end before the horizon does" },
	{ "min-monetary", 0, OPT_TEXT, &o.min_monetary, "X", 0, 0, OPT_RESULT,
	  "drop customers whose monetary is below X" },
	{ "scores", 0, OPT_TEXT, &o.scores, "N|none", 0, 0, OPT_RESULT,
	  "scores 1..N, N from 2 to 9; default: 5" },
	{ "cuts", 0, OPT_TEXT, &o.cuts, "FILE", 0, 0, OPT_INPUT,
	  "take the scores' cut points from FILE" },
	{ "write-cuts", 0, OPT_TEXT, &o.write_cuts, "FILE", 0, 0, 0,
	  "write them to FILE" },
	{ "map", 0, OPT_TEXT, &o.map, "FILE|none", 0, 0, OPT_INPUT,
	  "names of segments by scores: name r_lo r_hi f_lo f_hi m_lo m_hi;\n"
	  "default: ten well-known names, for 5 scores" },
	{ "carry", 0, OPT_LIST, &o.carry, "COL,...", 0, 0, OPT_RESULT,
	  "add the customer's most frequent value of these columns" },
	{ "match-returns", 0, OPT_FLAG, &o.match_returns, NULL, 0, 0, OPT_RESULT,
	  "returns cancel earlier sales of the product; invoices that were\n"
	  "returned whole do not count" },
	{ "pivot", 0, OPT_TEXT, &o.pivot, "COL", 0, 0, OPT_RESULT,
	  "add the revenue by value of this column, the most valuable first" },
	{ "pivot-top", 0, OPT_INT, &o.pivot_top, "N", 1, RFM_PIVOT_MAX, OPT_RESULT,
	  "only the first N of them, and rev_other" },
	{ "cohorts", 0, OPT_TEXT, &o.cohorts, "FILE", 0, 0, 0,
	  "write customers and revenue by month of first sale and months since" },
	{ "clv", 0, OPT_FLAG, &o.clv, NULL, 0, 0, OPT_RESULT,
	  "add p_alive, expected_purchases, expected_value and clv" },
	{ "clv-days", 0, OPT_INT, &o.clv_days, "N", 1, 36600, OPT_RESULT,
	  "of the N days from the as-of date on; default: 365" },
	{ "write-clv", 0, OPT_TEXT, &o.write_clv, "FILE", 0, 0, 0,
	  "write the fits' parameters, errors and gradients to FILE" },
	{ "by", 0, OPT_LIST, &o.by, "COL,...", 0, 0, OPT_RESULT,
	  "the columns that make a customer; default: customer_id" },
	{ "key", 0, OPT_TEXT, &o.key, "COL", 0, 0, OPT_RESULT,
	  "the same for one column" },
	{ "partial", 0, OPT_FLAG, &o.partial, NULL, 0, 0, OPT_RESULT,
	  "write a part: what --merge and --final go on from" },
	{ "merge", 0, OPT_FLAG, &o.merge, NULL, 0, 0, OPT_RESULT,
	  "the operands are parts; write the part of them all" },
	{ "final", 0, OPT_FLAG, &o.final, NULL, 0, 0, OPT_RESULT,
	  "the operands are parts; write the customers" },
	{ "bare", 0, OPT_FLAG, &o.bare, NULL, 0, 0, 0,
	  "parts have no header line, and come and go in any pieces" },
	{ "sorted", 0, OPT_FLAG, &o.sorted, NULL, 0, 0, 0,
	  "the lines are sorted by customer, as bytes: one is held at a time" },
	{ "expect-shards", 0, OPT_INT, &o.expect_shards, "N", 0, INFINITY, 0,
	  "fail unless the parts come from N --partial runs" },
};

static const struct opt_page page = {
	.program = "seg-rfm",
	.summary = "turn transactions into customers: recency, frequency, monetary value",
	.operands = "[FILE...]",
	.table = table,
	.n = sizeof table / sizeof *table,
	.examples = "  seg-clean dump.csv | seg-rfm --carry country > rfm.tsv.gz\n"
		    "  seg-rfm --as-of 2011-09-01 --horizon 90 tx.tsv.gz > train.tsv.gz\n",
};

int main(int argc, char **argv)
{
	static struct job job = { .o = &o, .page = &page };
	size_t n_paths;
	char **paths;

	msg_init("seg-rfm");
	paths = opt_parse(&page, &o.common, argc, argv, &n_paths);
	check_options(&job);
	run(&job, paths, n_paths);
	return o.clv && !clv_converged(&job.clv) ? MSG_NO_ANSWER : MSG_OK;
}
