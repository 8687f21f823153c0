/* spawn.h - runs the chronus under test ($CHRONUS, or build/release/chronus) and keeps what it
 * said. */
#ifndef SUPPORT_SPAWN_H
#define SUPPORT_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

struct spawned {
	int status;       /* exit status; 128 + signal where one ended it */
	char text[65536]; /* stdout and stderr, as they came */
};

/* Words of the command line after "chronus", by a printf format; no quoting, so no blanks in
 * names. */
void spawn_chronus(struct spawned *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, left running: spawn_start, then spawn_wait (which may send a signal first; 0: none). */
pid_t spawn_start(const char *log_path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int spawn_wait(pid_t pid, int signal_first);

/* The command again and again, until it is neither refused nor fails, and says want; the test fails only where something
 * hangs. */
void spawn_until(struct spawned *out, const char *command, const char *want);

/* A fresh folder below /tmp, also made $CHRONUS_RUNTIME_DIR; removed at exit. */
const char *spawn_folder(void);
/* FOLDER/name (static ring of 8). */
const char *spawn_path(const char *name);
/* Writes text to FOLDER/name; returns the path (static ring of 8). */
const char *spawn_file(const char *name, const char *text);

/* What is in the file (static, up to 20000 bytes); "": nothing, or it is not there. */
const char *spawn_text(const char *path);

/* The whole number behind the first `key` in a text; -1: there is none. */
long spawn_number(const char *text, const char *key);

/* How many files a folder has: open ones in /proc/self/fd, threads in /proc/self/task. */
int folder_entries(const char *path);

#endif
