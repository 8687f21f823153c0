/* run.h - between the files of the running instrument. Threads: [init] [desk] */
#ifndef APPLIANCE_RUN_H
#define APPLIANCE_RUN_H

#include "audio/sink_sim.h"
#include "appliance/appliance.h"
#include "appliance/degraded.h"
#include "appliance/notify.h"
#include "appliance/thread_usage.h"
#include "appliance/trouble.h"
#include "board/board.h"
#include "appliance/alive.h"
#include "control/control_socket.h"
#include "control/desk.h"
#include "control/lamps.h"
#include "control/script.h"
#include "control/state_keeper.h"
#include "control/state_text.h"
#include "control/watch.h"

/* Copies of what has sounded, in the state folder: good.c. */
enum good { GOOD_SETTINGS, GOOD_PATCH, N_GOOD };
extern const char *const good_names[N_GOOD];

struct run_good {
	char *settings; /* as they were read, until they are copied; NULL: not good, or copied */
	size_t n_settings_bytes;
	char path[SETTINGS_PATH_BYTES]; /* of the patch that is heard, */
	uint64_t n_commits, since;      /* after so many commits, since this block */
	bool is_copied;
};

/* The state kept for the next start: state.c. */
struct run_kept {
	struct state_keeper *keeper; /* NULL: nothing is kept */
	enum {
		STATE_LOOKING, /* for the folder */
		STATE_TAKING,  /* the state is being committed */
		STATE_KEEPING,
	} phase;
	struct state state;
	bool has_state, has_other_start;
	bool has_taken;          /* the patch to begin with is the state's */
	bool is_held;            /* the folder is another process's */
	uint64_t ordered, saved; /* desk_n_changes() of what is, or was, written */
	int64_t ordered_ns, next_ns, written_ns, looking_ns;
};

#define STATUS_FILE "chronus-status.txt"

struct run_service {
	struct notify notify;
	struct alive alive;
	int64_t next_status_ns, next_page_ns, loud_ns;
	unsigned troubles_shown; /* their version */
	char status[400];        /* as it was told last */
};

struct run {
	const struct appliance_options *options;

	struct settings settings;
	struct patch *patch;
	struct script script;
	struct troubles troubles;
	bool lacks_settings; /* neither the file nor a copy of it: these are the defaults */
	char state_folder[SETTINGS_PATH_BYTES]; /* empty: nothing is kept */
	struct run_good good;
	struct run_kept kept;
	bool must_end;         /* to be started again */
	bool has_lost_journal; /* it is not whole */
	struct patch *first;   /* what follows the start tone; NULL: nothing is to follow */
	int tone_step;
	bool tone_has_fallen;
	bool counts_start, skips_state, skips_patch; /* restarts.c */
	bool has_folder;                     /* the runtime folder is there, and this run's alone */
	int runtime_lock;                    /* descriptor; below 0: none */
	char stats_path[300], wav_path[300]; /* empty: there is no such file */
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
	struct board *gpio, *keys;   /* NULL: not there */
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

/* input_files.c: settings, patch, script; an appliance's errors become troubles. */
int run_open_input(struct run *run, struct diag *diag);
void run_close_input(struct run *run);
/* patches.c: the built-in patch in the place of run->patch; a patch of the state, for struct
 * state_opener (ctx: the run). */
int run_built_in_patch(struct run *run, struct diag *diag);
int run_open_patch(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag);
/* good.c: a copy into *text, which the caller frees (NULL where there is none); the copy of a
 * patch, if it is of this file; settings that are good, once they have sounded (the run's from
 * then on); at the end; since when what is heard is heard, often; what is to be copied now (*text
 * is the caller's). */
int run_good_load(const struct run *run, enum good good, char **text, size_t *n_bytes);
int run_good_patch(const struct run *run, const char *path, struct patch **patch);
void run_good_settings(struct run *run, char *text, size_t n_bytes);
void run_good_close(struct run *run);
void run_good_look(struct run *run);
bool run_good_next(struct run *run, enum good *good, char **text, size_t *n_bytes);
/* folders.c: the runtime folder. First of all, before anything is written there: -EBUSY and the pid
 * where another one plays in it; an appliance goes on without a folder that cannot be had. Last of
 * all. The statistics: in that folder, else in memory that nobody else sees (told as degraded). */
int run_claim_folder(struct run *run, struct diag *diag);
void run_leave_folder(struct run *run);
int run_open_stats(struct run *run, struct diag *diag);
/* restarts.c: an appliance that ends as soon as it has begun plays less of what it was told. First
 * of all; often; when it ends in good order. */
void run_starts_begin(struct run *run);
void run_starts_tick(struct run *run, int64_t now_ns);
void run_starts_good(struct run *run);
/* state.c: what outlives a power cut. When the settings are known (-EBUSY, by hand: another process
 * has the folder); the patch to begin with, or
 * NULL; when the desk is there; often; at the end, while the desk is there; in words. */
int run_state_begin(struct run *run, struct diag *diag);
struct patch *run_state_take_patch(struct run *run);
/* The one at path could not be opened, or patch not be played: at another start. */
void run_state_want(struct run *run, const char *path, const struct patch *patch);
void run_state_resume(struct run *run);
void run_state_tick(struct run *run, int64_t now_ns);
void run_state_close(struct run *run, int64_t now_ns);
const char *run_state_words(const struct run *run, int64_t now_ns);
/* output.c: the sound card of the settings, or the simulated one. */
int run_open_sink(struct run *run, struct diag *diag);
/* surfaces.c: all of them. What is not there is told, and played without. */
void run_open_hands(struct run *run);
/* realtime.c: what real-time threads need of the machine. Before they start; when all have started
 * (the desk to its core, faults are counted from now on); when commands are heard (interrupts to
 * their core, and what was not granted is told); once a second; at the end. */
void run_rt_prepare(struct run *run);
void run_rt_settle(struct run *run);
void run_rt_report(struct run *run);
void run_rt_tick(struct run *run);
void run_rt_close(struct run *run);
/* Told once as "degraded: ...", and seen in `chronus stats`. */
void run_degrade(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);
/* service.c: what systemd is told. Before the engine is made; often; when it ends; at last. */
void run_service_open(struct run *run);
void run_service_tick(struct run *run, int64_t now_ns);
void run_service_stop(struct run *run);
void run_service_fail(struct run *run, const char *why); /* it plays nothing */
void run_service_close(struct run *run);
/* start_tone.c: the start tone. When the patch is chosen: it is put before it; is there more to
 * come?; often; at the end. */
void run_tone_begin(struct run *run);
bool run_tone_is_on(const struct run *run);
void run_tone_tick(struct run *run);
void run_tone_close(struct run *run);
/* loop.c: the desk's loop, until the time is over or somebody wants out. Returns errors of
 * the script. */
int run_loop(struct run *run);

#endif
