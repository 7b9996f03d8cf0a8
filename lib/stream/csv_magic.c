/* SPDX-License-Identifier: MIT */
#include "stream/csv_magic.h"

#include <string.h>

const char *csv_magic(const char *s, size_t n)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *what;
	} known[] = {
		{ "PK\003\004", 4, "a zip archive or a workbook, no CSV: unpack it, or save the sheet as CSV" },
		{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "an old workbook, no CSV: save the sheet as CSV" },
		{ "\xfd" "7zXZ\0", 6, "compressed with xz: unpack it (xz -dc)" },
		{ "\x28\xb5\x2f\xfd", 4, "compressed with zstd: unpack it (zstd -dc)" },
		{ "BZh", 3, "compressed with bzip2: unpack it (bzip2 -dc)" },
		{ "\x04\x22\x4d\x18", 4, "compressed with lz4: unpack it (lz4 -dc)" },
		{ "7z\xbc\xaf\x27\x1c", 6, "a 7z archive: unpack it" },
		{ "PAR1", 4, "a Parquet file, no CSV" },
		{ "SQLite format 3", 16, "an SQLite database, no CSV" },
		{ "%PDF-", 5, "a PDF, no CSV" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (n >= known[i].n && memcmp(s, known[i].bytes, known[i].n) == 0)
			return known[i].what;
	return NULL;
}

const char *csv_bare_utf16(const char *s, size_t n)
{
	size_t zeros[2] = { 0, 0 };
	n = n < 64 ? n / 2 * 2 : 64;
	for (size_t i = 0; i < n; i++)
		zeros[i % 2] += s[i] == '\0';
	if (n < 4 || zeros[0] + zeros[1] < n / 4)
		return NULL;
	return zeros[1] > zeros[0] ? "utf-16le" : "utf-16be";
}
