/* program.h - a patch made ready to render: every pointer resolved, everything in one arena.
 *
 * Built by the desk in a parked slot's arena (compile.c), rendered by that slot's worker
 * (render.c), taken over from another program by a list of plain copies (carry.c).
 *
 * Shapes:  signals are v4f[block_frames]; the result is interleaved stereo float, +-1.
 * Memory:  everything lives in the arena. What a program hears and remembers (gates, ramps, module
 *          states) is the state region, free of pointers; delay lines are the memories.
 * Threads: program_compile, carry_prepare [desk]; the rest [worker] that owns the arena. */
#ifndef PATCH_PROGRAM_H
#define PATCH_PROGRAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "dsp/module.h"
#include "dsp/ramp.h"
#include "patch/patch.h"

/* A gate held by hand or by a command. Edges of one frame are laid one frame apart, and what finds
 * no room in its block goes on in the next one, so none is lost. */
struct gate {
	v4f now;                               /* 0 or 1 at the end of the last rendered block */
	int32_t is_on;                         /* after all edges so far */
	int32_t n_edges;                       /* since the last rendered block */
	int32_t n_late;                        /* of those: in the block after the one to come */
	int32_t free_frame;                    /* behind the latest edge */
	uint64_t edges[BLOCK_MAX_FRAMES / 64]; /* a bit a frame of the block to come */
};

/* Content of the lanes of a module's outputs, once all flows are settled. A module that follows
 * takes the highest of what is plugged in. */
enum layout {
	LAYOUT_MONO,   /* one part; the same in all lanes */
	LAYOUT_VOICES, /* a part a group, a block each */
	LAYOUT_ALL,    /* one part that gives a block for each group */
	LAYOUT_STEREO, /* one part; left and right in lanes 0 and 1 */
};

/* One signal to be made before a module runs: a sum, a mixdown of voices, or a parameter's
 * modulation. */
enum mixdown { MIXDOWN_LANES, MIXDOWN_SUM_OF_VOICES, MIXDOWN_FIRST_VOICE, MIXDOWN_MIDDLE };
struct source {
	const v4f *at; /* NULL: the constant gain */
	float gain;
	enum mixdown mixdown;
	size_t group_step;             /* to the next group's block; 0: the same for all */
	const uint32_t *constant_outs; /* of the part it is read from */
	uint32_t constant_bit;
};
struct sum {
	int n_sources;
	struct source *sources;
};

/* A cable whose step is 0 in blocks in which its source is constant. */
struct watch {
	size_t *step;
	const uint32_t *constant_outs;
	uint32_t constant_bit;
};

/* A module for one group of 4 lanes. */
struct part {
	void *state;
	struct module_io io;
	struct cable params[MODULE_MAX_PARAMS];
	struct cable ins[MODULE_MAX_INS];
	uint32_t constant_outs;      /* see module_io */
	module_render_fn *fast_path; /* likewise; a short step has its own */
	int n_watches;
	struct watch watches[MODULE_MAX_INS];
	struct cable plugged[MODULE_MAX_INS]; /* ins[] as connected, while an onset changes it */
	v4f *outs[MODULE_MAX_OUTS];
	struct sum in_sums[MODULE_MAX_INS]; /* n_sources 0: ins[] is ready, but for its step */
	struct sum mod_sums[MODULE_MAX_PARAMS];
};

struct gate_plug {
	int in;                                          /* index of the gate port */
	struct cable cables[PATCH_MAX_VOICES / N_LANES]; /* what is plugged into it, a part each */
};

/* The beginning of a new delay line's inputs: a jump there would be repeated. */
struct onset {
	int left, frames; /* to come; in all, 0: there is none */
};

struct instance {
	const struct module_desc *desc;
	enum layout layout;
	int n_parts;
	struct part *parts, *parts_end;
	struct ramp *ramps; /* desc->n_params, in the state region */
	struct gate *gate;  /* in the state region; NULL: the module has no gate port */
	struct gate_plug gate_plug;
	uint32_t moving; /* a bit a parameter: its ramp moves, or may */
	/* something is to be made before or after each block: a gate, a sum, a modulation ... */
	bool has_work;
	bool has_plugs;     /* to be made ready before each block: a sum, a gate, an onset ... */
	uint32_t modulated; /* a bit a parameter */
	struct onset onset;
	uint32_t summed_ins; /* a bit a port: in_sums has work */
	/* mono, but what it took over was not: its outputs are made equal */
	bool is_uneven;
	_Atomic uint32_t n_resets; /* after a non-finite sample; writer: [worker] */
	unsigned char *state;      /* gate, ramps and part states, one run of state_bytes */
	size_t state_bytes;
	v4f *param_scratch; /* a block a parameter: ramps; shared, but for modules in a cycle */
	v4f *mod_scratch;   /* a block a parameter: modulated values; as above */
};

enum step_kind { STEP_RENDER, STEP_EMIT, STEP_ABSORB };
struct step {
	enum step_kind kind;
	struct instance *instance;
	void (*run)(void *state, const struct module_io *io) RT_SAFE; /* of its descriptor */
	/* of its only part, where nothing is to be done but to run it while no parameter moves */
	module_render_fn *fast_path; /* or `run` itself */
	void *state;
	const struct module_io *io; /* NULL: there is more to do */
};

/* The sound that reaches the listener: that of the module `out` (output_stage.c). */
struct heard {
	struct instance *out;
	struct step step;    /* it runs apart from the other steps; run NULL: it is one of them */
	struct source given; /* its output */
	struct source lone;  /* all that it hears, at its level 1; at NULL: not that simple */
	bool is_silent;      /* it hears nothing */
};

struct program {
	uint32_t generation; /* the desk's number for this build */
	int n_voices, n_groups;
	int block_frames;
	float rate_hz;
	int n_instances;
	struct instance *instances; /* same index as patch->modules */
	int n_steps;
	struct step *steps;
	bool is_calm; /* no parameter moves, nor did in the block before: fast paths may run */
	struct heard heard;
	v4f *in_scratch;                             /* n_groups blocks a port */
	v4f *gate_scratch;                           /* one block */
	v4i voice_masks[PATCH_MAX_VOICES / N_LANES]; /* lanes in use */
	/* how to take over from the program that plays; NULL: nothing to take */
	struct carry *carry;
	const struct transport *transport; /* in the clock's state */
	/* the tempo to take when this is heard first; 0: it has the right one */
	float tempo_to_come;
	bool is_leaving;   /* it only rings out */
	uint64_t n_resets; /* modules reset because they gave a non-finite sample */
};

static inline v4f *program_in_scratch(const struct program *program, int in)
{
	return program->in_scratch +
	       (size_t)in * (size_t)(program->n_groups * program->block_frames);
}

/* ---- compile.c [desk] */
struct program_config {
	float rate_hz;
	int block_frames;
	uint32_t generation;
};
/* Builds into the arena (which is reset first). 0 and *out, or a negative errno and the reason. */
int program_compile(const struct patch *patch, const struct program_config *config,
	struct arena *arena, struct program **out, struct diag *diag);

/* ---- render.c [worker] */
enum { RENDER_FINITE = 1 };
struct render_result {
	uint32_t flags;
	uint32_t checksum; /* of the samples' bits: equal outputs have equal checksums */
	float peak;        /* largest absolute sample */
};
/* Renders the next block into stereo[2 * block_frames], within +-1. If a sample is not
 * finite, the modules that gave it are reset and the block is not flagged RENDER_FINITE. */
struct render_result program_render(struct program *program, float *stereo) RT_SAFE;
/* A module's output may be finite while its state is NaN (a limiter clamps it). Check one module per
 * call, round-robin: reset the n-th if its last frame is not finite. The worker calls it between
 * blocks with n one more each time, the mirror with the same n. */
void program_look_at_one(struct program *program, uint64_t n) RT_SAFE;
/* At a frame of the block that comes next, in the order of the frames. A ramp begins there. A value
 * that jumps (a choice, what is not smoothed, the tempo) counts for the whole block: modules look at
 * such values once a block. */
void program_set_param(
	struct program *program, int module, int param, float value, int frame) RT_SAFE;
void program_set_gate(struct program *program, int module, bool is_on, int frame) RT_SAFE;
/* velocity 0: the note goes up. */
void program_note(struct program *program, int module, int note, float velocity, int frame) RT_SAFE;
/* A message of a MIDI channel. */
void program_midi(struct program *program, int module, const uint8_t bytes[3], int frame) RT_SAFE;
/* The beginning of the block that comes next, as its clock will have it. */
struct transport program_transport_next(const struct program *program) RT_SAFE;
/* The tempo that a commit brings begins with the first block that is heard. */
void program_take_tempo(struct program *program) RT_SAFE;
/* From the next block on what sounds rings out: every gate is shut, by hand or plugged, every note
 * let go, the transport stopped. false: taken back, but for the notes. */
void program_leave(struct program *program, bool is_leaving) RT_SAFE;

/* ---- output_stage.c [worker]: ends program_render(), before and after `out` was rendered.
 * false: it has to be */
bool output_stage_lone(
	const struct program *program, float *stereo, struct render_result *result) RT_SAFE;
struct render_result output_stage_put(const struct program *program, float *stereo) RT_SAFE;

/* ---- inputs.c [worker]: what a module needs made before it runs */
void inputs_prepare_params(const struct program *program, struct instance *instance) RT_SAFE;
void inputs_modulate(const struct program *program, struct instance *instance, int part) RT_SAFE;
void inputs_begin_softly(struct program *program, struct instance *instance);
void inputs_plug(const struct program *program, struct instance *instance, int part) RT_SAFE;
/* after the block: which ramps and edges are over */
void inputs_settle(struct instance *instance, int n_frames) RT_SAFE;

#endif
