/* keys.h - the state of `keys`, and what its files share: keys.c renders, keys_chairs.c gives voices
 * to notes, keys_midi.c takes messages, keys_signal.c moves what must not step.
 * Threads: [worker]; keys_init, keys_reset also [desk]. */
#ifndef MODULES_KEYS_H
#define MODULES_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/quintic.h"
#include "dsp/cable.h"
#include "dsp/fade.h"
#include "dsp/midi.h"
#include "dsp/note_row.h"

enum {
	KEYS_MODE,
	KEYS_STEAL,
	KEYS_LEGATO,
	KEYS_HOLD,
	KEYS_DETUNE,
	KEYS_BEND,
	KEYS_GLIDE,
	KEYS_CHANNEL,
	KEYS_LOW,
	KEYS_HIGH,
	KEYS_N_PARAMS
};
enum { KEYS_LEVEL, KEYS_N_INS };
enum {
	KEYS_OUT_GATE,
	KEYS_OUT_PITCH,
	KEYS_OUT_VELOCITY,
	KEYS_OUT_PRESSURE,
	KEYS_OUT_RELEASE,
	KEYS_OUT_MOD, /* from here on in the order of enum keys_control */
	KEYS_OUT_VOLUME,
	KEYS_OUT_PAN,
	KEYS_OUT_EXPRESSION,
	KEYS_N_OUTS
};
enum keys_control { CONTROL_MOD, CONTROL_VOLUME, CONTROL_PAN, CONTROL_EXPRESSION };
enum keys_mode { MODE_POLY, MODE_UNISON, MODE_MONO, N_MODES };
enum { STEAL_OLDEST, STEAL_QUIETEST, N_STEALS };
enum { MAX_CHAIRS = 16, MAX_GROUPS = MAX_CHAIRS / N_LANES, MAX_MESSAGES = 128 };

/* A value of one voice on its way: a counted fade, by quintic(). */
struct keys_glide {
	float from, to;
	struct fade fade;
};

/* Four values that follow what a controller sends: two one-pole filters. */
struct keys_smooth {
	v4f target, middle, now;
};

struct keys_chair {
	uint64_t since; /* the count of changes when it was taken or left */
	struct keys_glide pitch, velocity, release;
	int32_t note;
	int32_t closed_frames; /* since its gate closed, at most sounding_frames */
	float pressure;        /* of its key alone */
	uint8_t is_taken;
	uint8_t is_on;  /* the gate of the latest frame */
	uint8_t closes; /* for the next frame */
	uint8_t opens;  /* for a frame at least */
	uint8_t was_played;
	uint8_t pad[7];
};

/* A bit a channel: which of them holds the pedal down */
struct keys_pedals {
	uint16_t sustain, sostenuto, soft;
};

struct keys_message {
	float velocity; /* of a note by hand */
	uint16_t frame; /* of the block to come */
	uint8_t is_by_hand;
	uint8_t bytes[3];
	uint16_t pad;
};

/* The parameters at a frame */
struct keys_manner {
	uint8_t is_quietest, is_legato, is_hold, has_level;
	int mode; /* enum keys_mode */
	int n_chairs;
	int glide_frames;
	int channel; /* 0: all */
	int low, high;
	int level; /* the row of keys.level that counts */
};

/* Messages since the latest block */
struct keys_queue {
	int32_t n;
	struct keys_message at[MAX_MESSAGES];
};

/* Moved by controllers */
struct keys_signal {
	struct keys_smooth controls, bend, pressure[MAX_GROUPS];
	float channel_pressure;
	float pad[3];
};

/* By init */
struct keys_times {
	float smooth_share; /* of the way, a frame */
	int32_t fade_frames;
	int32_t sounding_frames; /* how long a voice may ring after its gate */
};

struct keys {
	uint64_t n_frames; /* rendered */
	uint64_t n_changes;
	float level[2][MAX_CHAIRS]; /* at even and odd multiples of level_frames */
	struct keys_chair chairs[MAX_CHAIRS];
	struct note_row down;       /* keys that are down */
	float velocity[N_NOTES];    /* of the latest press */
	uint8_t by[N_NOTES];        /* the channel that pressed it, from 1; 0: by hand */
	uint8_t is_caught[N_NOTES]; /* by the sostenuto pedal */
	struct keys_pedals pedals;
	uint8_t has_level; /* something was plugged in there */
	uint8_t pad[9];
	struct keys_signal signal;
	struct keys_times times;
	int32_t n_chairs, mode;
	struct keys_manner manner; /* of the latest frame */
	struct keys_queue queue;
};
_Static_assert(sizeof(struct keys) % 16 == 0, "a multiple of 16");

/* ---- keys_chairs.c */
/* More or fewer voices, or another mode: with one chair, the latest key has it. */
void keys_count_chairs(struct keys *keys, const struct keys_manner *manner) RT_SAFE;
/* by: the channel from 1, or 0 */
void keys_press(struct keys *keys, const struct keys_manner *manner, int note, float velocity,
	int by) RT_SAFE;
void keys_let_go(
	struct keys *keys, const struct keys_manner *manner, int note, float release) RT_SAFE;
/* All that a channel has pressed, pedals or not. */
void keys_let_go_all(struct keys *keys, int by, bool is_silenced) RT_SAFE;
/* Notes that only a pedal held leave, keys without a chair take those that are free. */
void keys_settle(struct keys *keys, const struct keys_manner *manner) RT_SAFE;
struct keys_chair *keys_chair_of(struct keys *keys, int note) RT_SAFE; /* or NULL */
/* The gates of the frames that follow; true: they hold for one frame only. */
bool keys_move_gates(struct keys *keys) RT_SAFE;

/* ---- keys_midi.c */
void keys_take(struct keys *keys, const struct keys_manner *manner,
	const struct keys_message *message) RT_SAFE;

/* ---- keys_signal.c */
void keys_put(struct keys *keys, const struct module_io *io, int from, int to) RT_SAFE;

static inline void keys_glide_to(struct keys_glide *glide, float now, float to, int n_frames)
{
	*glide = (struct keys_glide){now, to, {n_frames, n_frames}};
}

/* n_frames after the latest one that keys_glide_pass() has counted */
static inline float keys_glide_at(const struct keys_glide *glide, int n_frames)
{
	struct fade fade = glide->fade;

	if (fade.left <= n_frames)
		return glide->to;
	fade.left -= n_frames;
	return glide->from + (glide->to - glide->from) * quintic(1.0f - fade_rest(&fade));
}

static inline void keys_glide_pass(struct keys_glide *glide, int n_frames)
{
	glide->fade.left = int_max(glide->fade.left - n_frames, 0);
}

#endif
