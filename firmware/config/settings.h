/* settings.h - what chronus.ini says: the appliance, its knobs, buttons and LEDs.
 *
 * Plain data; control/ and cli/ hand the parts to the layers that use them. Every key, range and
 * default stands in one table, settings_table.c; an empty file is valid and gives these defaults.
 * Threads: [init] [desk] */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "config/knob_words.h"

enum {
	SETTINGS_MAX_KNOBS = 32,
	SETTINGS_MAX_BUTTONS = 16,
	SETTINGS_MAX_LEDS = 16,
	SETTINGS_CHIP_BYTES = 64,
	SETTINGS_NAME_BYTES = 32,
	SETTINGS_PATH_BYTES = 256,
	SETTINGS_TARGET_BYTES = 64, /* "filter1.cutoff_hz" */
	SETTINGS_MAX_TURNS = 4,     /* parameters that one knob turns */
	SETTINGS_END_BYTES = 24,
};
#define SETTINGS_NO_PIN       (-1)
#define SETTINGS_NO_CPU       (-1)
#define SETTINGS_PERIODS_AUTO 0 /* as the board needs */

enum settings_when { WHEN_LIVE, WHEN_STAGED }; /* live | staged */

/* pull-up | pull-down | none; of a control: as [gpio] says, if it says nothing itself */
enum settings_bias { BIAS_OF_GPIO = -1, BIAS_PULL_UP, BIAS_PULL_DOWN, BIAS_NONE };
/* running | staged | standby | fault */
enum settings_indicator {
	INDICATOR_RUNNING,
	INDICATOR_STAGED,
	INDICATOR_STANDBY,
	INDICATOR_FAULT,
	INDICATOR_MISSING = -1
};

enum settings_quantize { QUANTIZE_OFF, QUANTIZE_BEAT, QUANTIZE_BAR }; /* off | beat | bar */

enum settings_relative { RELATIVE_OFF, RELATIVE_2S, RELATIVE_OFFSET, RELATIVE_SIGN };
enum settings_takeover { TAKEOVER_PICKUP, TAKEOVER_JUMP, TAKEOVER_SCALE };

/* Of a knob: the MIDI controller that turns it, too */
struct settings_cc {
	int cc;                          /* 0..119, or -1: none */
	int nrpn;                        /* 0..16383, or -1: none */
	int bits;                        /* 7, or 14: cc and cc + 32 */
	int channel;                     /* 1..16, or 0: all */
	enum settings_relative relative; /* off | 2s | offset | sign; default off: places */
	enum settings_takeover takeover; /* pickup | jump | scale; default pickup */
};

struct press_action {
	enum settings_press does;
	char module[SETTINGS_NAME_BYTES]; /* of a gate and a note */
	int number;                       /* the note, or the number of the snapshot */
};

/* A parameter that a knob turns, and how far */
struct settings_turn {
	char target[SETTINGS_TARGET_BYTES]; /* MODULE.PARAM, or a target's word; empty: none */
	/* its LO..HI, numbers or choices, as written; empty: the parameter's whole range */
	char low[SETTINGS_END_BYTES], high[SETTINGS_END_BYTES];
};

struct settings_knob { /* [knob NAME] */
	char name[SETTINGS_NAME_BYTES];
	int pin_a, pin_b;        /* pins = A B; BCM numbers 0..53, SETTINGS_NO_PIN when not given */
	int pin_push;            /* push = N */
	int steps_per_detent;    /* 1 2 4; default 4 */
	int range_detents;       /* 4..1024 detents from minimum to maximum; default 64 */
	bool reversed;           /* yes | no; default no */
	int acceleration;        /* 0 (off) 2 4 8 16: up to this many times; default 0 */
	enum settings_bias bias; /* default BIAS_OF_GPIO */
	enum settings_when when; /* default live */
	struct press_action presses[N_PRESS_KEYS]; /* of its push switch; default none */
	struct settings_cc midi;
	bool carries; /* yes | no; default no: what it turned goes along into other patches */
	/* The first one is required. They are checked against a patch when one is loaded. */
	struct settings_turn controls[SETTINGS_MAX_TURNS];
	enum settings_target target; /* of controls */
	int line;
};

struct settings_button { /* [button NAME] */
	char name[SETTINGS_NAME_BYTES];
	int pin;
	enum settings_bias bias;                   /* default BIAS_OF_GPIO */
	struct press_action presses[N_PRESS_KEYS]; /* default none */
	int line;
};

struct settings_led { /* [led NAME] */
	char name[SETTINGS_NAME_BYTES];
	int pin;                       /* required */
	enum settings_indicator shows; /* required */
	bool active_low;               /* yes | no; default no */
	int line;
};

struct settings_audio { /* [audio] */
	/* "auto", "simulated", or PCM names to try in order, with one blank between them */
	char device[SETTINGS_PATH_BYTES];
	int channel_left, channel_right; /* channels = L R, 1..64; one number: R is 0, the sum */
	bool keep_awake;                 /* yes | no, default yes: no digital zero */
	int rate_hz;                     /* 8000..192000, default 48000 */
	int block_frames;                /* 16 32 64 128 256, default 64 */
	int periods;                     /* auto | 2..8; default SETTINGS_PERIODS_AUTO */
};

struct settings_engine {    /* [engine] */
	int lead_blocks;    /* 1..16, default 2 */
	int prime_blocks;   /* 8..256, default 8 */
	int arena_mb;       /* 1..512 for each slot, default 8 */
	int budget_percent; /* 1..100 of a block that a patch may cost, default 80 */
};

struct settings_commit {                 /* [commit] */
	double fade_ms;                  /* 0..1000, default 5 */
	enum settings_quantize quantize; /* off | beat | bar, default off */
	int tail_ms;                     /* 0..60000; spillover, default 0: off */
};

/* [rt]: cores (-1: anywhere), SCHED_FIFO priorities (0: ordinary scheduling) */
struct settings_rt {
	int producer_cpu, worker_a_cpu, worker_b_cpu, desk_cpu; /* -1..255; default 3 1 2 0 */
	int producer_priority, worker_priority;                 /* 0..99; default 80 70 */
	bool lock_memory;                                       /* yes | no, default yes */
	int irq_cpu; /* none | 0..255: the sound card's interrupts; default none: as they are */
};

struct settings_start {                  /* [start] */
	char patch[SETTINGS_PATH_BYTES]; /* patch = FILE, relative to the ini's own folder; empty:
	                                    the built-in one. Stored joined with that folder. */
	bool tone;                       /* yes | no, default no: a short soft tone before it */
};

struct settings_midi { /* [midi] */
	char ports
		[SETTINGS_PATH_BYTES]; /* "all", or ids of cards and files (midiC1D0), by blanks */
	int channel;                   /* 1..16, or 0: all */
	char folder[SETTINGS_PATH_BYTES]; /* where the files are; default /dev/snd */
};

struct settings_gpio {                  /* [gpio] */
	char chip[SETTINGS_CHIP_BYTES]; /* "auto", a label, gpiochipN or a path; default auto */
	enum settings_bias bias;        /* default pull-up */
};

struct settings_simulate {             /* [simulate]: how the simulated sink behaves */
	char wav[SETTINGS_PATH_BYTES]; /* what it "plays"; empty: a file in the runtime folder */
	int jitter_us;                 /* 0..100000, default 0: wake-ups are late by up to this */
	int burst_periods;             /* 1..4, default 1: the device takes this many at a time */
	int stall_every_ms;            /* 0..3600000, default 0: never */
	int stall_ms;                  /* 0..10000, default 0 */
	int vanish_every_ms;           /* 0..3600000 */
	int vanish_ms;                 /* 0..60000, default 0: never */
	double drift_ppm;              /* -1000..1000, default 0 */
};

struct settings {
	char path[SETTINGS_PATH_BYTES]; /* the file, for messages */
	struct settings_audio audio;
	struct settings_engine engine;
	struct settings_commit commit;
	struct settings_rt rt;
	struct settings_start start;
	char state_folder[SETTINGS_PATH_BYTES]; /* [state] folder = PATH, as [start] patch */
	struct settings_gpio gpio;
	struct settings_midi midi;
	struct settings_simulate simulate;

	int n_knobs;
	struct settings_knob knobs[SETTINGS_MAX_KNOBS];
	int n_buttons;
	struct settings_button buttons[SETTINGS_MAX_BUTTONS];
	int n_leds;
	struct settings_led leds[SETTINGS_MAX_LEDS];
};

void settings_default(struct settings *settings);

/* Reads FILE into *settings. 0, or a negative errno with the reason in *diag (file, line, section,
 * key, what is allowed); *settings is untouched then. */
int settings_read(const char *path, struct settings *settings, struct diag *diag);

/* Same, from memory; path stands for the file in messages, and [start] patch is joined with its
 * folder. For tests and fuzzing. */
int settings_read_text(const char *text, size_t n_bytes, const char *path,
	struct settings *settings, struct diag *diag);

#endif
