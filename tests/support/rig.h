/* rig.h - a whole engine and desk inside a test, on a simulated card in virtual time. */
#ifndef SUPPORT_RIG_H
#define SUPPORT_RIG_H

#include "audio/sink_sim.h"
#include "base/doorbell.h"
#include "control/desk.h"
#include "control/script.h"

struct rig_options {
	int burst, lead;  /* 0: 1 and 2 */
	int block_frames; /* 0: 64 */
	int stall_every_ms, stall_ms;
	/* at this block the clock jumps by jump_ns: the whole program was stopped */
	uint64_t jump_at_block;
	int64_t jump_ns;
	bool is_solo;
	bool is_run;    /* not in lockstep: the workers are as late as they like */
	bool is_render; /* as `render` has it: no lead, and the clock stands between two blocks */
	bool is_timed;  /* desk_set_time() names the frame of an event: the time since the first */
	bool begins_softly; /* as `run` does, and `render --script` */
	int fade_frames;    /* 0: 240; below 0: a hard cut */
	int tail_frames;
	double quantize_beats;
	int max_blocks;            /* that are kept; 0: 20000 */
	int budget_percent;        /* 0: no budget */
	int arena_mb;              /* 0: 16 */
	struct sink *card;         /* played to; NULL: the simulated one. It stays the caller's. */
	const struct patch *patch; /* played in the place of the text, with its values; copied */
};

struct rig {
	struct sink sink; /* first: it stands before sim */
	struct sink_sim sim;
	struct sink *card; /* the one behind */
	struct rig_options options;
	struct settings settings;
	struct patch *patch;
	struct stats_page *stats;
	struct engine *engine;
	struct desk *desk;
	_Atomic uint64_t until, done; /* blocks */
	_Atomic uint64_t idle_at;     /* the producer waits, having played all below this */
	_Atomic bool is_ending;       /* it looks every ms whether it must stop */
	struct doorbell go, moved;
	unsigned go_seen;
	v4f *frames; /* what was played */
	int n_frames, max_frames;
	bool has_jumped;
};

/* Aborts with the reason when something cannot be made. */
void rig_open(struct rig *rig, const char *patch_text, const struct rig_options *options);
/* Plays n more blocks, the desk looking at every one. */
void rig_run(struct rig *rig, int n_blocks);
/* Plays until n commits are counted, or max_blocks are over: to be checked by rig_count(). */
void rig_run_to_commits(struct rig *rig, uint64_t n_commits, int max_blocks);
/* As rig_run, with the lines of a script at their blocks, as `render` has it. Returns how many were
 * refused. */
int rig_play(struct rig *rig, const struct script *script, int n_blocks);
/* Lets n more blocks be played and does not wait for them. */
void rig_allow(struct rig *rig, int n_blocks);
/* A command; returns its error, 0 also where it has only begun. */
int rig_do(struct rig *rig, const char *command);
uint64_t rig_count(const struct rig *rig, enum stat_id stat);
/* Ends the threads: from then on frames[] may be read. A rig that renders plays no block more, as
 * `render` does; any other fades out first, behind a number of blocks that only the threads know. */
void rig_stop(struct rig *rig);
void rig_close(struct rig *rig);

#endif
