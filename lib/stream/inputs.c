/* SPDX-License-Identifier: MIT */
#include "stream/inputs.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

static struct file_id {
	dev_t device;
	ino_t inode;
} *known;
static size_t n_known, capacity;

bool inputs_have(dev_t device, ino_t inode)
{
	for (size_t i = 0; i < n_known; i++)
		if (known[i].device == device && known[i].inode == inode)
			return true;
	return false;
}

void inputs_add(dev_t device, ino_t inode)
{
	if (inputs_have(device, inode))
		return;
	known = mem_grow(known, n_known, &capacity, sizeof *known);
	known[n_known++] = (struct file_id){ device, inode };
}

void inputs_expect(char *const *paths, size_t n_paths)
{
	struct stat st;

	for (size_t i = 0; i < n_paths; i++)
		if (strcmp(paths[i], "-") != 0 && stat(paths[i], &st) == 0 && S_ISREG(st.st_mode))
			inputs_add(st.st_dev, st.st_ino);
}
