/* module.h - what a module is: one descriptor, read by everything that knows modules.
 *
 * Ini checking, knobs, clamping, smoothing, tests, `chronus modules` and the manual all read these
 * tables; no name, unit, range or default is written twice.
 *
 * Shapes:  every signal is v4f[n_frames]: 4 voices, or left and right in lanes 0 and 1 (stereo).
 *          Audio is nominally +-1, gates are 0 or 1 (on above GATE_ON), pitch is a MIDI note number
 *          (69.0 = 440 Hz).
 * Memory:  state holds no pointers (it is copied between slots byte for byte, and must then behave
 *          the same); all-zero padding; nothing is allocated.
 *          Long memory is a ring of v4f: each block writes the same number of entries a frame (1 to
 *          6: a few lines side by side) in order from `head` on, wrapping at memory_frames, and
 *          `head`, counted in entries, is the first uint32_t of the state. The engine relies on
 *          that to copy memory in pieces while it is being written.
 * Threads: tables [any]; init, reset [desk] before the patch is rendered; reset, note, render,
 *          emit, absorb [worker].
 * Errors:  none of the functions can fail. Every parameter set inside its range, at every speed,
 *          gives finite output for finite input. */
#ifndef DSP_MODULE_H
#define DSP_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/util.h"
#include "dsp/lanes.h"

enum {
	MODULE_MAX_PARAMS = 24,
	MODULE_MAX_INS = 8,
	MODULE_MAX_OUTS = 10,
	MODULE_MAX_LISTS = 2,
	LIST_MAX_ITEMS = 64,
	N_NOTES = 128,
	NOTE_ALL = -1, /* as a note that goes up: each one of the same hand, on hold or not */
	BLOCK_MIN_FRAMES = 16,
	BLOCK_MAX_FRAMES = 256,
};

#define GATE_ON 0.5f /* a gate is on while its signal is above this */

enum unit {
	UNIT_NONE,
	UNIT_HZ,
	UNIT_MS,
	UNIT_NORM,
	UNIT_DB,
	UNIT_SEMIS,
	UNIT_BPM,
	UNIT_CHOICE,
	N_UNITS
};
const char *unit_name(enum unit unit);

enum curve {
	CURVE_LINEAR, /* knobs and ramps move evenly in plain units */
	CURVE_EXP,    /* evenly in the logarithm (min > 0): frequencies, times */
	CURVE_CHOICE, /* one of a list of names; the value is the index; moves at once */
};

struct param_desc {
	const char *key;   /* stored in patches: never renamed or reused */
	const char *label; /* for people */
	enum unit unit;
	float min, max, def;
	enum curve curve;
	float smooth_ms;            /* of a change over a quarter of the range or less: ramp.h */
	const char *const *choices; /* CURVE_CHOICE: max + 1 names, else NULL */
	bool takes_notes;           /* a pitch, which may be written as a note: c#4 */
};

enum port_kind {
	PORT_AUDIO,
	PORT_CONTROL,
	PORT_GATE,
	PORT_PITCH,
	/* all voices at once, whatever the module's own flow: see group_step. What is mono is the
	 * same in every voice; of what is stereo, every voice gets the mean of left and right */
	PORT_VOICES,
};

struct port_desc {
	const char *key;
	const char *label;
	enum port_kind kind;
};

/* Lists are written out, not turned: a pattern, a row of notes. Changed by a commit only. */
enum list_kind {
	LIST_STEPS,   /* one character a step: . rest 0, x hit 1, X accent 2, - tie 3 */
	LIST_NOTES,   /* MIDI note numbers, or names such as c#3 (c4 is 60) */
	LIST_NUMBERS, /* any, min..max */
};

struct list_desc {
	const char *key; /* as a parameter's */
	const char *label;
	enum list_kind kind;
	float min, max;  /* of each item */
	const char *def; /* as it would be written */
};

struct module_list {
	const float *at;
	int n; /* 1..LIST_MAX_ITEMS */
};

/* The music's position. One for a patch; all that is in time with it reads this and counts nothing
 * itself. Frame i of the block is at beat + i * beats_per_frame. */
struct transport {
	double beat;            /* quarter notes since the start; only grows; kept by a commit */
	double beats_per_frame; /* the same all block */
	/* 1: the music has stopped and only rings out (spillover): nothing begins any more, but what
	 * has a length in beats keeps it */
	int64_t is_stopped;
};

/* A signal as a module sees it. step 1: one v4f a frame. step 0: the same value all block.
 * Read frame i as at[i * step]. On a PORT_VOICES port at[g * group_step + i * step] is group g's;
 * lanes beyond the last voice are 0. */
struct cable {
	const v4f *at; /* input ports that nothing is plugged into: NULL, and step 0 */
	size_t step;
	size_t group_step;
};

static inline struct cable cable_of(const v4f *at, size_t step)
{
	return (struct cable){at, step, 0};
}

struct module_io;
typedef void module_render_fn(void *state, const struct module_io *io) RT_SAFE;

/* Everything a render call may touch beside its own state. The arrays follow the descriptor's
 * tables. An output buffer never overlaps an input of the same call. params[] are in plain units,
 * smoothed, modulated and clamped to the descriptor's range. */
struct module_io {
	const struct cable *params;
	const struct cable *ins;
	v4f *const *outs;
	v4f *memory;          /* memory_frames entries (delay lines), else NULL */
	size_t memory_frames; /* as the descriptor's memory_frames() said */
	int n_frames;         /* 1..BLOCK_MAX_FRAMES */
	float rate_hz;
	const struct module_list *lists;   /* as the descriptor's table */
	const struct transport *transport; /* never NULL */
	int n_voices, n_groups;            /* of the patch */
	int group;                         /* of this call, 0..n_groups - 1 */
	int nth; /* module of its kind in the patch, from 0: what is random begins unlike */
	/* one signal, the same in all lanes, in and out: a module may render four frames side by
	 * side. Of what is not the same, lane 0 counts */
	bool is_lone;
	/* Bit o: all frames of this block of outs[o] are the same (and all written). What is plugged
	 * in there then has step 0, but for audio. A module that says so says it, or not, at each
	 * render; others leave it alone. Before the call a bit set means that outs[o] is as the last
	 * call left it. Never NULL; out_constant() of voice.h writes both. */
	uint32_t *constant_outs;
	/* Optional fast path: set this to a function to call instead of render() until a parameter
	 * changes. It begins with what render() has computed and kept in the state. NULL before each
	 * render(); the pointer itself is never NULL. */
	module_render_fn **fast_path;
};

/* Content of the lanes of a module's outputs. */
enum flow {
	FLOW_VOICE, /* a voice a lane; rendered once for each group of 4 voices */
	/* stereo if any audio input is; else voices if anything plugged in is; else one for all */
	FLOW_FOLLOW,
	FLOW_STEREO, /* left and right in lanes 0 and 1; voices plugged in are summed to both */
	/* one for all voices: rendered once, the same in all lanes, read by every group and on both
	 * sides of a stereo port; of voices plugged in it hears the sum (audio) or the first, of
	 * stereo the left */
	FLOW_MONO,
	/* one state for all voices: rendered once, outs[o][g * n_frames + i] is group g's; its ports
	 * but PORT_VOICES, and its parameters, are as those of FLOW_MONO */
	FLOW_ALL,
};

struct module_desc {
	const char *key;     /* the `type` of a patch section */
	const char *purpose; /* one line */
	const struct param_desc *params;
	int n_params;
	const struct port_desc *ins;
	int n_ins;
	const struct port_desc *outs; /* outs[0] is meant where a patch names only the module */
	int n_outs;
	enum flow flow;
	const struct list_desc *lists; /* NULL: none */
	int n_lists;
	size_t state_bytes;                     /* for one group of lanes; a multiple of 16 */
	size_t (*memory_frames)(float rate_hz); /* v4f entries of long memory; NULL: none */
	/* Call module_init() and module_reset(). init computes what depends on the rate into a zeroed,
	 * 16-byte aligned state; NULL: nothing does. reset returns the state to silence and keeps what
	 * init computed; NULL, only without init: all zeros. The caller zeroes long memory. */
	void (*init)(void *state, float rate_hz);
	void (*reset)(void *state) RT_SAFE;
	void (*render)(void *state, const struct module_io *io) RT_SAFE;

	/* Only a module that is played: a note of 0..127 goes down (velocity above 0, at most 1) or up
	 * (0), or with NOTE_ALL each one that is down, at that frame of the block to come. Called
	 * between blocks, any number of times, in the order of the frames. */
	void (*note)(void *state, int note, float velocity, int frame) RT_SAFE;
	/* Likewise a MIDI message of a channel: 2 or 3 bytes, the first one its status. */
	void (*midi)(void *state, const uint8_t bytes[3], int frame) RT_SAFE;

	/* Only a module that may close a cycle (a delay): emit gives the outputs from memory
	 * alone, absorb takes the inputs later in the same block. Together they do what render
	 * does, with every internal delay at least BLOCK_MAX_FRAMES frames long. */
	void (*emit)(void *state, const struct module_io *io) RT_SAFE;
	void (*absorb)(void *state, const struct module_io *io) RT_SAFE;
};

/* [desk] A new state, from any bytes. */
void module_init(const struct module_desc *desc, void *state, float rate_hz);
/* [desk] [worker] As module_init left it. */
static inline void module_reset(const struct module_desc *desc, void *state)
{
	if (desc->reset)
		desc->reset(state);
	else
		memset(state, 0, desc->state_bytes);
}

int module_param_find(const struct module_desc *desc, const char *key); /* index or -ENOENT */
int module_in_find(const struct module_desc *desc, const char *key);    /* index or -ENOENT */
int module_out_find(const struct module_desc *desc, const char *key);   /* index or -ENOENT */
int module_list_find(const struct module_desc *desc, const char *key);  /* index or -ENOENT */

/* Position on the parameter's own curve: 0 at min, 1 at max. Choices: index / max. */
double param_to_norm(const struct param_desc *param, double value);
double param_from_norm(const struct param_desc *param, double norm); /* norm is clamped to 0..1 */

#endif
