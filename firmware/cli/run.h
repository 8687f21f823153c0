/* run.h - between the files of `chronus run`. Threads: [init] [desk] */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "audio/sink_sim.h"
#include "base/degraded.h"
#include "base/thread_usage.h"
#include "board/board.h"
#include "control/control_socket.h"
#include "control/desk.h"
#include "control/lamps.h"
#include "control/script.h"
#include "control/watch.h"

struct run {
	const char *config_path, *script_path, *journal_path;
	bool allows_faults;
	double seconds; /* 0: until told to stop */

	struct settings settings;
	struct patch *patch;
	struct script script;
	char stats_path[300], wav_path[300];
	struct stats_page *stats;
	struct stats_history history;
	struct sink *sink;
	struct sink_sim sim;
	struct recorder *recorder;
	struct engine *engine;
	struct desk *desk;
	struct control_socket *control;
	struct watch *watch; /* NULL: saved files are not seen */
	struct board_config controls;
	struct board *gpio, *keys; /* NULL: not there */
	struct board_counts counted; /* of gpio, as the statistics have them */
	struct lamps lamps;
	struct screen *screen;
	int signal_fd;
	int latency_fd;   /* /dev/cpu_dma_latency, held open; or a negative errno */
	int desk_cpu_err; /* 0 or a negative errno */
	struct degraded degraded;
	struct thread_usage usage_at_start[STATS_THREADS];
	bool has_hinted;
};

/* run_sink.c: the sound card of the settings, or the simulated one. */
int run_open_sink(struct run *run, struct diag *diag);
/* run_rt.c: what real-time threads need of the machine. Before they start; when all have started
 * (the desk to its core, faults are counted from now on); when commands are heard (interrupts to
 * their core, and what was not granted is told); once a second; at the end. */
void run_rt_prepare(struct run *run);
void run_rt_settle(struct run *run);
void run_rt_report(struct run *run);
void run_rt_tick(struct run *run);
void run_rt_close(struct run *run);
/* Told once as "degraded: ...", and seen in `chronus stats`. */
void run_degrade(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);
/* run_loop.c: the desk's loop, until the time is over or somebody wants out. Returns errors of
 * the script. */
int run_loop(struct run *run);

#endif
