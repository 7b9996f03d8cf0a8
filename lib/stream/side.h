/* SPDX-License-Identifier: MIT */
#ifndef STREAM_SIDE_H
#define STREAM_SIDE_H

/*
 * A file that appears under its name only when it is complete.
 */
struct side {
	char *path, *temp;
	int fd;
};

/*
 * Opens a temporary beside `path` (removed by msg_die and deadly signals), or
 * `path` itself when it is a pipe, a terminal or another device.  A symbolic
 * link stays one.  Dies with status 2 when `path` is `-` or standard output, an input
 * (stream/inputs.h), or another side output of this process.
 */
void side_open(struct side *s, const char *path);

/* Syncs, closes and renames to its name; dies when any of it fails, or when there is an
 * input under the name by now. */
void side_close(struct side *s);

#endif
