/* SPDX-License-Identifier: MIT */
#ifndef STREAM_INPUTS_H
#define STREAM_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The regular files that this process reads or is going to read, by device and
 * inode: a side output must not take the place of one.
 */

/* Notes the operands, before the first is opened; `-` and what is not there are
 * passed over. */
void inputs_expect(char *const *paths, size_t n_paths);

/* Notes a file that has been opened. */
void inputs_add(dev_t device, ino_t inode);

bool inputs_have(dev_t device, ino_t inode);

#endif
