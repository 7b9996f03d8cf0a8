/* SPDX-License-Identifier: MIT */
#include "view/clean_proof.h"

#include "base/mem.h"
#include "base/msg.h"

const struct clean_map *clean_maps_get(struct clean_maps *m, const struct csv_source *source)
{
	char error[CLEAN_ERROR];
	if (m->of == source)
		return m->map;
	struct clean_map *map = mem_zero(1, sizeof *map);
	if (clean_map_make(map, m->plan, m->first->column, m->first->n_columns, source->column,
			   source->n_columns, error) != 0)
		msg_die(MSG_FAILED, "%s:%llu: %s", source->name, (unsigned long long)source->header_line, error);
	map->header = source->header;
	map->dialect = source->dialect;
	m->of = source;
	m->map = map;
	return map;
}

static void settle(struct clean_probe *probe, struct clean_plan *p, const char *file)
{
	char error[CLEAN_ERROR];
	if (!probe->begun)
		return;
	if (clean_probe_settle(probe, p, error) != 0)
		msg_die(MSG_FAILED, "%s: %s", file, error);
	if (clean_plan_settle(p, error) != 0)
		msg_die(MSG_USAGE, "%s", error);
}

void clean_prove(struct clean_plan *p, struct clean_maps *maps, struct csv_in *in, struct tape *spool,
		 size_t size, uint64_t most)
{
	struct clean_probe probe = { 0 };
	struct csv_block b = { 0 };
	struct csv_records records = { 0 };
	struct clean_place at = { 0, NULL, "" };
	uint64_t n_bytes = 0;
	const struct csv_source *source = NULL;
	bool open = true;
	while (open && !(most && n_bytes > most) && csv_block(in, &b, size)) {
		n_bytes += b.n;
		csv_block_keep(spool, &b);
		if (source != b.source)
			at = (struct clean_place){ b.source->first_line, b.source->name, "" };
		source = b.source;
		if (b.kind != CSV_CUT_RECORDS) {
			at.line++;
			continue;
		}
		if (clean_probe_block(&probe, p, clean_maps_get(maps, source), &records, b.s, b.n, at) != 0)
			msg_die(MSG_FAILED, "out of memory");
		at.line += records.n_lines;
		open = clean_probe_open(&probe, p);
	}
	settle(&probe, p, maps->first->name);
	clean_probe_free(&probe);
	csv_records_free(&records);
	csv_block_free(&b);
}
