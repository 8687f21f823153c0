/* tree.h - a folder that stands for the root of a machine, with files of /proc, /sys and /dev. */
#ifndef SUPPORT_TREE_H
#define SUPPORT_TREE_H

/* An empty one below /tmp; removed at exit. The same folder each time, emptied. */
const char *tree_new(void);
/* Writes text to PATH below it, and makes the folders on the way. */
void tree_file(const char *path, const char *text);
void tree_link(const char *path, const char *target);

#endif
