/* surfaces.h - who may play: the sources of input/, the terminal's screen, the control socket.
 * Threads: open, close [init]; the rest [desk] */
#ifndef APPLIANCE_SURFACES_H
#define APPLIANCE_SURFACES_H

#include <poll.h>
#include <stdbool.h>

#include "control/control_socket.h"
#include "control/indicators.h"
#include "input/source.h"

struct run;

struct run_surfaces {
	struct input_source *sources[INPUT_MAX_SOURCES]; /* by row; NULL: not there */
	struct board_counts counted[INPUT_MAX_SOURCES];  /* as the statistics have them */
	uint64_t faults[INPUT_MAX_SOURCES];              /* likewise */
	struct indicators indicators;
	struct screen *screen;            /* NULL: no terminal */
	struct control_socket *control;   /* NULL: no runtime folder */
	struct pollfd *polled;            /* of the round of the loop */
	int polled_at[INPUT_MAX_SOURCES]; /* indices into it */
	int64_t next_draw_ns;
};

/* All of them. What is not there is logged, and played without. */
void run_surfaces_open(struct run *run);
/* A round of the loop: adds descriptors, and returns how many (fds lives until serve); obeys events
 * and commands; LEDs, screen, counts. */
int run_surfaces_poll(struct run *run, struct pollfd *fds, int max_fds);
void run_surfaces_serve(struct run *run);
void run_surfaces_show(struct run *run, int64_t now_ns);
/* false: there is no screen, the log has to say it. */
bool run_screen_say(struct run *run, const char *line);
void run_socket_close(struct run *run); /* first of all: no more commands */
void run_surfaces_close(struct run *run);

#endif
