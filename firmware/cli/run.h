/* run.h - between the files of `chronus run`. Threads: [init] [desk] */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "audio/sink_sim.h"
#include "base/degraded.h"
#include "base/notify.h"
#include "base/thread_usage.h"
#include "base/trouble.h"
#include "board/board.h"
#include "cli/alive.h"
#include "control/control_socket.h"
#include "control/desk.h"
#include "control/lamps.h"
#include "control/script.h"

/* What was read without a fault, as it stood in its file: kept as the last good start's. */
enum good { GOOD_SETTINGS, GOOD_PATCH, N_GOOD };
struct good_copy {
	char *text; /* NULL: nothing good was read */
	size_t n_bytes;
};
extern const char *const good_names[N_GOOD]; /* of the copies in the state folder */

#define STATUS_FILE "chronus-status.txt"

struct run_service {
	struct notify notify;
	struct alive alive;
	int64_t next_status_ns, next_page_ns, loud_ns;
	unsigned troubles_shown; /* their version */
	char status[400]; /* as it was told last */
};

struct run {
	const char *config_path, *script_path, *journal_path;
	bool allows_faults;
	bool is_appliance; /* it plays, whatever its files are */
	double seconds; /* 0: until told to stop */

	struct settings settings;
	struct patch *patch;
	struct script script;
	struct troubles troubles;
	bool lacks_settings; /* neither the file nor a copy of it: these are the defaults */
	char state_folder[SETTINGS_PATH_BYTES]; /* empty: nothing is kept */
	struct good_copy good[N_GOOD];
	char stats_path[300], wav_path[300];
	struct stats_page *stats;
	struct stats_history history;
	struct sink *sink;
	struct sink_sim sim;
	struct recorder *recorder;
	struct engine *engine;
	struct desk *desk;
	struct control_socket *control;
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
	struct run_service service;
};

/* run_input.c: settings, patch, script; an appliance's errors become troubles. */
int run_open_input(struct run *run, struct diag *diag);
int run_built_in_patch(struct run *run, struct diag *diag); /* in the place of run->patch */
void run_close_input(struct run *run);
/* run_sink.c: the sound card of the settings, or the simulated one. */
int run_open_sink(struct run *run, struct diag *diag);
/* run_hands.c: all of them. What is not there is told, and played without. */
void run_open_hands(struct run *run);
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
/* run_service.c: what systemd is told. Before the engine is made; often; when it ends; at last. */
void run_service_open(struct run *run);
void run_service_tick(struct run *run, int64_t now_ns);
void run_service_stop(struct run *run);
void run_service_fail(struct run *run, const char *why); /* it plays nothing */
void run_service_close(struct run *run);
/* run_loop.c: the desk's loop, until the time is over or somebody wants out. Returns errors of
 * the script. */
int run_loop(struct run *run);

#endif
