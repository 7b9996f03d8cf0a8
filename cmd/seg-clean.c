/* SPDX-License-Identifier: MIT */
/*
 * seg-clean: any CSV dump to the strict stream.
 *
 * Reads:  CSV in any dialect, gzip or plain; types and date formats are proved
 *         on the records, which are spooled while two readings survive.
 * Writes: the strict stream; on demand the records left out and a ledger that
 *         balances to the last digit.
 * Memory: some blocks of 256 or 768 KiB a thread; the spool, up to 32 MiB, then a
 *         file; with --dedup 18 to 23 bytes a row, or what --mem allows: then
 *         the rest of the input is read once more from a file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/par.h"
#include "base/progress.h"
#include "model/clean.h"
#include "model/clean_expr.h"
#include "stream/csv_in.h"
#include "stream/tape.h"
#include "stream/tsv.h"
#include "table/schema.h"
#include "table/unique.h"
#include "value/text.h"
#include "view/clean.h"
#include "view/clean_proof.h"

/* What is proved at least, and a block under --mem: with the rows that come out
 * of it, it stays in a second-level cache. */
#define BLOCK ((size_t)256 << 10)

/* A block without --mem: the reader of a pipe is woken less often, which is
 * worth more than the cache. */
#define LARGE_BLOCK (3 * BLOCK)
#define SPOOL_MAX ((uint64_t)32 << 20)

/* What is not the table of hashes: blocks, windows, the program itself. */
#define DEDUP_REST ((uint64_t)28 << 20)

/* A look-up waits on memory about as long as so many others take. */
#define AHEAD 16

struct opts {
	struct opt_list columns, fixed, missing, where, derive, date_format, decimal;
	const char *delimiter, *quote, *encoding;
	const char *cancel_prefix, *min_price, *schema, *rejects, *ledger;
	uint64_t max_field, date_probe;
	int returns;
	bool dedup, keep_missing_id, table, strict;
	struct opt_common common;
};

struct slot {
	struct csv_block block;
	struct clean_result result;
	const struct clean_map *map;
	bool first;
};

struct run {
	const struct opts *o;
	struct csv_in *in;
	struct clean_plan plan;
	struct clean_maps maps;
	struct tape spool, later; /* blocks: while formats are open; whose duplicates are not known yet */
	bool begun, again;        /* the second time, over `later` */
	struct progress progress;

	/* the consumer's */
	const struct csv_source *source;  /* of the last block */
	uint64_t line, n_records, n_lines_out;
	struct clean_ledger ledger;
	struct clean_marks *marks;
	struct unique seen;
	struct tsv_out *out, *rejects, *ledger_out;
};

static char one_byte(const char *option, const char *text)
{
	static const struct {
		const char *name;
		char byte;
	} names[] = { { "\\t", '\t' }, { "tab", '\t' }, { "comma", ',' }, { "semicolon", ';' },
		      { "pipe", '|' }, { "space", ' ' } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(text, names[i].name) == 0)
			return names[i].byte;
	if (text[0] == '\0' || text[1] != '\0' || text[0] == '\n' || text[0] == '\r' ||
	    (unsigned char)text[0] >= 0x80)
		opt_die("option --%s: not one byte: \"%s\"", option, text);
	return text[0];
}

static struct clean_rules rules_of(const struct opts *o, bool missing_given)
{
	const char *drop = getenv("SEG_TEST_DROP_ROW");
	struct clean_rules r = {
		.table = o->table, .drop_returns = o->returns == 1, .dedup = o->dedup,
		.keep_missing_id = o->keep_missing_id, .cancel_prefix = o->cancel_prefix,
		.missing = missing_given ? o->missing.item : NULL, .n_missing = o->missing.n,
		.drop_record = drop ? strtoull(drop, NULL, 10) : 0,
	};
	if (missing_given && !r.missing)
		r.missing = mem_zero(1, sizeof *r.missing);
	r.any_price = o->min_price && strcmp(o->min_price, "none") == 0;
	r.has_min_price = o->min_price && !r.any_price;
	if (r.has_min_price && dec_parse_micro(o->min_price, strlen(o->min_price), &r.min_price_micro))
		opt_die("option --min-price: neither a number nor none: \"%s\"", o->min_price);
	r.utf8_only = text_same_word(span_of(o->encoding), "utf-8");
	r.all_1252 = text_same_word(span_of(o->encoding), "windows-1252");
	return r;
}

static struct csv_open dialect_of(const struct opts *o, const struct clean_rules *rules,
				  struct csv_fixed *fixed)
{
	struct csv_open how = { .quote = one_byte("quote", o->quote), .max_field = (size_t)o->max_field };
	if (strcmp(o->delimiter, "auto") != 0)
		how.delimiter = one_byte("delimiter", o->delimiter);
	for (size_t i = 0; i < o->fixed.n; i++)
		if (!csv_fixed_add(fixed, o->fixed.item[i]))
			opt_die("option --fixed: not COL=start-end with 1 <= start <= end: \"%s\"",
				o->fixed.item[i]);
	how.fixed = fixed->n > 0 ? fixed : NULL;
	if (how.fixed && how.delimiter)
		opt_die("options --fixed and --delimiter: one of them");
	if (how.delimiter == how.quote)
		opt_die("options --delimiter and --quote: the same byte");
	if (!rules->utf8_only && !rules->all_1252 && strcmp(o->encoding, "auto") != 0)
		how.encoding = o->encoding;
	return how;
}

static void add_checks(struct run *r, const struct schema *schema)
{
	char error[CLEAN_ERROR];
	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_column *c = &schema->column[i];
		if (clean_plan_check(&r->plan, c->name, c->required, c->min, c->max, c->levels.item,
				     c->levels.n, error) != 0)
			msg_die(MSG_FAILED, "%s:%llu: %s", r->o->schema, (unsigned long long)c->line, error);
	}
}

static void plan_make(struct run *r, const struct clean_rules *rules)
{
	const struct opts *o = r->o;
	struct opt_list columns = o->columns;
	struct schema schema = { .n = 0 };
	char error[CLEAN_ERROR];
	if (o->schema && columns.n > 0)
		opt_die("options --columns and --schema: one of them");
	if (o->schema)
		schema_read(&schema, o->schema);
	schema_items(&schema, &columns);
	const struct csv_source *first = csv_source(r->in);
	r->maps = (struct clean_maps){ .plan = &r->plan, .first = first };
	if (clean_plan_make(&r->plan, rules, first->column, first->n_columns, columns.item, columns.n, error) != 0)
		msg_die(MSG_FAILED, "%s:%llu: %s", first->name, (unsigned long long)first->header_line, error);
	for (size_t i = 0; i < o->date_format.n; i++)
		if (clean_plan_date(&r->plan, o->date_format.item[i], error) != 0)
			opt_die("%s", error);
	for (size_t i = 0; i < o->decimal.n; i++)
		if (clean_plan_decimal(&r->plan, o->decimal.item[i], error) != 0)
			opt_die("%s", error);
	add_checks(r, &schema);
	schema_free(&schema);
	for (size_t i = 0; i < o->derive.n; i++)
		if (clean_plan_derive(&r->plan, o->derive.item[i], error) != 0)
			opt_die("%s", error);
	for (size_t i = 0; i < o->where.n; i++)
		if (clean_plan_where(&r->plan, o->where.item[i], error) != 0)
			opt_die("%s", error);
	clean_plan_finish(&r->plan);
}

static void put_header(struct run *r, const struct opt_page *page)
{
	char *provenance = opt_provenance(page, NULL);
	struct tsv_create how = { r->o->common.plain, r->o->common.level, provenance };
	struct tsv_create bare = { r->o->common.plain, r->o->common.level, NULL };
	/* a name that cannot be written to is said before anything is */
	if (r->o->rejects)
		r->rejects = tsv_create_file(r->o->rejects, &how);
	if (r->o->ledger)
		r->ledger_out = tsv_create_file(r->o->ledger, &bare);
	r->out = tsv_create(&how);
	for (size_t i = 0; i < r->plan.n_visible; i++)
		tsv_put_text(r->out, r->plan.column[i].name);
	for (size_t i = 0; i < r->plan.n_derive; i++)
		tsv_put_text(r->out, r->plan.derive[i].name);
	tsv_end_row(r->out);
	if (r->rejects)
		clean_rejects_header(r->rejects);
	free(provenance);
}

static bool produce(void *ctx, void *slot)
{
	struct run *r = ctx;
	struct slot *s = slot;
	if (!csv_block_back(r->again ? &r->later : &r->spool, &s->block) &&
	    (r->again || !csv_block(r->in, &s->block, r->o->common.mem ? BLOCK : LARGE_BLOCK)))
		return false;
	progress_tick(&r->progress, __atomic_load_n(&r->n_records, __ATOMIC_RELAXED),
		      csv_bytes_read(r->in), csv_bytes_total(r->in));
	s->map = clean_maps_get(&r->maps, s->block.source);
	s->first = !r->begun;
	r->begun = true;
	return true;
}

static void work(void *ctx, void *slot)
{
	const struct run *r = ctx;
	struct slot *s = slot;
	const struct csv_block *b = &s->block;
	int status = b->kind != CSV_CUT_RECORDS ?
		clean_no_record(b->s, b->n, b->kind == CSV_CUT_STRAY ? CLEAN_STRAY : CLEAN_UNCLOSED,
				r->rejects != NULL, &s->result) :
		clean_block(&r->plan, s->map, b->s, b->n, s->first, r->rejects != NULL, &s->result);
	if (status != 0)
		msg_die(MSG_FAILED, "out of memory");
}

static void put_reject(struct run *r, const struct clean_left *left)
{
	clean_rejects_put(r->rejects, &r->plan, left, r->line, r->source->name, r->source->n_columns);
}

/* What was left out of the block above a line, from *at on. */
static void put_left(struct run *r, const struct clean_result *b, size_t *at, uint64_t line)
{
	for (; *at < b->n_left && b->left[*at].line < line; ++*at)
		put_reject(r, &b->left[*at]);
}

/* Takes the rows out whose record was there before.  Rejects are in the order of their lines. */
static void drop_duplicates(struct run *r, struct clean_result *b, size_t *n_put)
{
	size_t from = 0, to = 0;
	for (size_t i = 0; i < b->n_kept; i++) {
		const struct clean_kept *k = &b->kept[i];
		size_t n = k->end - from;
		if (i + AHEAD < b->n_kept)
			unique_fetch(&r->seen, k[AHEAD].hash);
		if (r->again ? unique_next(&r->seen) : unique_add(&r->seen, k->hash)) {
			if (to < from)
				memmove(b->out + to, b->out + from, n);
			to += n;
		} else {
			clean_ledger_move(&b->ledger, CLEAN_DUPLICATE, &k->sum);
			if (b->ledger.left_at[CLEAN_DUPLICATE].line == 0)
				b->ledger.left_at[CLEAN_DUPLICATE].line = k->line + 1;
			b->n_rows--;
			if (r->rejects) {
				put_left(r, b, n_put, k->line);
				put_reject(r, &(struct clean_left){ k->line, CLEAN_DUPLICATE, k->record, 0, -1 });
			}
		}
		from = k->end;
	}
	b->n_out = to;
}

/* Whether the block has to wait until all duplicates are known. */
static bool put_off(struct run *r, const struct slot *s)
{
	if (!r->o->dedup || r->again || !unique_full(&r->seen, s->result.n_kept))
		return false;
	for (size_t i = 0; i < s->result.n_kept; i++)
		unique_defer(&r->seen, s->result.kept[i].hash);
	csv_block_keep(&r->later, &s->block);
	return true;
}

/* --strict: the first fault or repair ends it. */
static void refuse(const struct run *r)
{
	struct clean_place at;
	const char *what = clean_ledger_fault(&r->ledger, &at);
	if (what)
		msg_die(MSG_FAILED, "%s:%llu: %s (--strict)", at.file, (unsigned long long)at.line, what);
}

/* How a date or a number is written, and what was proved, cannot both be right. */
static void refuse_reading(const struct run *r)
{
	char error[CLEAN_ERROR];
	const struct clean_place *at = clean_marks_against(&r->plan, r->marks, error);
	if (r->ledger.against.line > 0) {
		at = &r->ledger.against;
		clean_probe_against(&r->plan, &r->ledger, error);
	}
	if (at)
		msg_die(MSG_FAILED, "%s:%llu: %s", at->file, (unsigned long long)at->line, error);
}

static void consume(void *ctx, void *slot)
{
	struct run *r = ctx;
	struct slot *s = slot;
	struct clean_result *b = &s->result;
	if (!r->again)
		__atomic_store_n(&r->n_records, r->n_records + b->n_records, __ATOMIC_RELAXED);
	if (put_off(r, s))
		return;
	if (r->source != s->block.source) {
		r->source = s->block.source;
		r->line = r->source->first_line;
	}
	size_t n_put = 0;
	if (r->o->dedup)
		drop_duplicates(r, b, &n_put);
	put_left(r, b, &n_put, UINT64_MAX);
	clean_ledger_merge(&r->ledger, &b->ledger, r->line, r->source->name);
	clean_marks_merge(r->marks, b, r->plan.n_columns, r->line, r->source->name);
	r->line += b->n_lines;
	if (b->marked || r->ledger.against.line > 0)
		refuse_reading(r);
	r->n_lines_out += csv_count_lf(b->out, b->n_out);
	if (r->o->strict)
		refuse(r);
	if (b->n_out > 0)
		tsv_put_rows(r->out, b->out, b->n_out, b->n_rows);
}

static void run_blocks(struct run *r)
{
	size_t n = (size_t)r->o->common.threads;
	/* with a ceiling, a part of it for blocks, up to 4 MiB a slot when rows are short */
	uint64_t part = r->o->common.mem / (r->o->dedup ? 6 : 3);
	size_t most = r->o->common.mem ? (size_t)(part / (16 * BLOCK)) : n;
	n = n > most ? most : n;
	n = n > 0 ? n : 1;
	size_t n_slots = par_slots(n);
	if (r->o->common.mem && n_slots > most)
		n_slots = most > n ? most : n;
	struct slot *slot = mem_zero(n_slots, sizeof *slot);
	struct par_pipe pipe = { r, produce, work, consume, slot, sizeof *slot, n_slots, n };
	progress_start(&r->progress, true);
	par_run(&pipe);
	unique_settle(&r->seen);
	r->again = true;
	par_run(&pipe);
	progress_end(&r->progress);
	for (size_t i = 0; i < n_slots; i++) {
		csv_block_free(&slot[i].block);
		clean_result_free(&slot[i].result);
	}
	free(slot);
}

/* The reader's side against the writer's. */
static void balance(const struct run *r)
{
	char error[CLEAN_ERROR];
	if (!clean_ledger_balances(&r->ledger, r->n_records, r->n_lines_out, error))
		msg_die(MSG_FAILED, "the ledger does not balance: %s", error);
}

/* With --dedup the ceiling belongs to the hashes. */
static size_t spool_limit(const struct opts *o)
{
	uint64_t most = o->common.mem / (o->dedup ? 24 : 4);
	return (size_t)(o->common.mem && most < SPOOL_MAX ? most : SPOOL_MAX);
}

static void run(const struct opts *o, const struct opt_page *page, char **paths, size_t n_paths)
{
	struct run r = { .o = o };
	char error[CLEAN_ERROR];
	struct clean_rules rules = rules_of(o, opt_given(page, "missing"));
	struct csv_fixed fixed = { .n = 0 };
	struct csv_open how = dialect_of(o, &rules, &fixed);
	r.spool.limit = spool_limit(o);
	r.seen.limit = o->common.mem ? (size_t)(o->common.mem - DEDUP_REST) : 0;
	r.in = csv_open(paths, n_paths, &how);
	plan_make(&r, &rules);
	put_header(&r, page);
	clean_prove(&r.plan, &r.maps, r.in, &r.spool, BLOCK, o->date_probe);
	r.marks = mem_zero(r.plan.n_columns + 1, sizeof *r.marks);
	run_blocks(&r);
	balance(&r);
	if (o->common.expect_rows >= 0 && r.n_records != (uint64_t)o->common.expect_rows)
		msg_die(MSG_FAILED, "%llu rows in, not %lld as --expect-rows says",
			(unsigned long long)r.n_records, (long long)o->common.expect_rows);
	if (r.rejects)
		tsv_finish(r.rejects);
	if (o->ledger)
		clean_ledger_put(r.ledger_out, &r.plan, &r.ledger, r.n_records, r.n_lines_out);
	clean_summary(&r.plan, &r.ledger, r.marks, r.n_records, r.n_lines_out);
	if (clean_ledger_all_faults(&r.ledger, r.n_records, error))
		msg_die(MSG_FAILED, "%s", error);
	tsv_finish(r.out);
	csv_close(r.in);
	tape_free(&r.spool);
	tape_free(&r.later);
	unique_free(&r.seen);
	free(r.marks);
	clean_plan_free(&r.plan);
	csv_fixed_free(&fixed);
}

static struct opts given = {
	.delimiter = "auto", .quote = "\"", .encoding = "auto",
	.max_field = (uint64_t)1 << 20,
};

static const struct opt table[] = {
	{ "columns", 0, OPT_LIST, &given.columns, "LIST", 0, 0, OPT_RESULT,
	  "keep these columns, in this order: name, name=Source, each with\n"
	  ":text :id :int :number :money :date or :category" },
	{ "schema", 0, OPT_TEXT, &given.schema, "FILE", 0, 0, OPT_INPUT,
	  "columns with name, source, type, required, min, max, levels" },
	{ "fixed", 0, OPT_LIST, &given.fixed, "LIST", 0, 0, OPT_RESULT,
	  "fixed-width columns COL=start-end, bytes from 1; no header line" },
	{ "delimiter", 0, OPT_TEXT, &given.delimiter, "C", 0, 0, OPT_RESULT,
	  "one byte, tab, comma, semicolon, pipe, or auto (default)" },
	{ "quote", 0, OPT_TEXT, &given.quote, "C", 0, 0, OPT_RESULT, "the quote byte (default \")" },
	{ "encoding", 0, OPT_TEXT, &given.encoding, "NAME", 0, 0, OPT_RESULT,
	  "auto (default): a record that is not UTF-8 is windows-1252;\n"
	  "utf-8: it is left out; windows-1252; or any that iconv knows" },
	{ "date-format", 0, OPT_MANY, &given.date_format, "[COL=]FMT", 0, 0, OPT_RESULT,
	  "like %d/%m/%Y, or auto (default): proved on the data" },
	{ "date-probe", 0, OPT_SIZE, &given.date_probe, "SIZE", 1, 1e15, 0,
	  "give up the proof after so many bytes" },
	{ "decimal", 0, OPT_MANY, &given.decimal, "[COL=]C", 0, 0, OPT_RESULT,
	  "the decimal mark, . or , or auto (default): proved on the data" },
	{ "missing", 0, OPT_LIST, &given.missing, "LIST", 0, 0, OPT_RESULT,
	  "texts that mean a missing value, in every column" },
	{ "max-field", 0, OPT_SIZE, &given.max_field, "SIZE", 1024, 1 << 30, OPT_RESULT,
	  "a quoted field that does not close within SIZE is none (default 1M)" },
	{ "dedup", 0, OPT_FLAG, &given.dedup, NULL, 0, 0, OPT_RESULT,
	  "leave out records equal to an earlier one" },
	{ "returns", 0, OPT_CHOICE, &given.returns, "keep|drop", 0, 0, OPT_RESULT,
	  "lines with a negative quantity (default keep)" },
	{ "cancel-prefix", 0, OPT_TEXT, &given.cancel_prefix, "P", 0, 0, OPT_RESULT,
	  "an invoice that begins so is a return" },
	{ "min-price", 0, OPT_TEXT, &given.min_price, "X", 0, 0, OPT_RESULT,
	  "keep price >= X, or none: any price (default: price > 0)" },
	{ "keep-missing-id", 0, OPT_FLAG, &given.keep_missing_id, NULL, 0, 0, OPT_RESULT,
	  "keep transactions without a customer" },
	{ "table", 0, OPT_FLAG, &given.table, NULL, 0, 0, OPT_RESULT,
	  "no transactions: clean the form only" },
	{ "where", 0, OPT_MANY, &given.where, "COND", 0, 0, OPT_RESULT,
	  "keep rows with 'COLUMN OP VALUE', OP one of = != < <= > >=" },
	{ "derive", 0, OPT_MANY, &given.derive, "NAME=EXPR", 0, 0, OPT_RESULT,
	  "add a column: + - * / ( ) sum mean min max pick year" },
	{ "strict", 0, OPT_FLAG, &given.strict, NULL, 0, 0, OPT_RESULT,
	  "any repair, and any record left out for a fault, is an error" },
	{ "rejects", 0, OPT_TEXT, &given.rejects, "FILE", 0, 0, 0, "write the records left out" },
	{ "ledger", 0, OPT_TEXT, &given.ledger, "FILE", 0, 0, 0,
	  "write rows, quantity and amount in, out and left out" },
};

int main(int argc, char **argv)
{
	const struct opt_page page = { "seg-clean", "any CSV to the strict stream", "[FILE...]", table,
				       sizeof table / sizeof *table, NULL };
	size_t n_paths;
	msg_init(page.program);
	char **paths = opt_parse(&page, &given.common, argc, argv, &n_paths);
	run(&given, &page, paths, n_paths);
	return MSG_OK;
}
