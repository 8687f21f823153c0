/* Tested by: unit/config/test_settings */
#include "config/settings_table.h"

static const char *const block_choices[] = {"16", "32", "64", "128", "256", NULL};
static const char *const step_choices[] = {"1", "2", "4", NULL};
static const char *const when_choices[] = {"live", "staged", NULL};
static const char *const quantize_choices[] = {"off", "beat", "bar", NULL};
#define PRESS_WORD(NAME, name, words, ...) words,
static const char *const press_choices[] = {BUTTON_PRESSES(PRESS_WORD) NULL};
static const char *const push_choices[] = {
	BUTTON_PRESSES(PRESS_WORD) PUSH_PRESSES(PRESS_WORD) NULL};
static const char *const acceleration_choices[] = {"off", "2", "4", "8", "16", NULL};
static const char *const bias_choices[] = {"pull-up", "pull-down", "none", NULL};
static const char *const bits_choices[] = {"7", "14", NULL};
static const char *const relative_choices[] = {"off", "2s", "offset", "sign", NULL};
static const char *const takeover_choices[] = {"pickup", "jump", "scale", NULL};
static const char *const indicator_choices[] = {"running", "staged", "standby", "fault", NULL};

#define AT(field)        offsetof(struct settings, field)
#define KNOB_AT(field)   offsetof(struct settings_knob, field)
#define BUTTON_AT(field) offsetof(struct settings_button, field)
#define LED_AT(field)    offsetof(struct settings_led, field)
#define ROOM(field)      sizeof(((struct settings *)0)->field)

/* clang-format off */
#define INT(section, key, at, min, max, def) \
	{section, key, VALUE_INT, at, min, max, def, 0, NULL, NULL}
#define INT_OR(word, section, key, at, min, max, def) \
	{section, key, VALUE_INT_OR, at, min, max, def, 0, word, NULL}
#define DOUBLE(section, key, at, min, max, def) \
	{section, key, VALUE_DOUBLE, at, min, max, def, 0, NULL, NULL}
#define INT_OF(section, key, at, choices, def) \
	{section, key, VALUE_INT_OF, at, 0, 0, def, 0, NULL, choices}
#define CHOICE(section, key, at, choices, def) \
	{section, key, VALUE_CHOICE, at, 0, 0, def, 0, NULL, choices}
#define BOOL(section, key, at, def) \
	{section, key, VALUE_BOOL, at, 0, 1, def, 0, NULL, NULL}
#define TEXT(section, key, kind, at, room, def) \
	{section, key, kind, at, 0, 0, 0, room, def, NULL}
#define PRESS(section, key, at, choices) \
	{section, key, VALUE_PRESS, at, 0, 0, PRESS_NONE, 0, NULL, choices}
#define PIN(section, key, kind, at) \
	{section, key, kind, at, 0, SETTINGS_MAX_PIN, SETTINGS_NO_PIN, 0, NULL, NULL}

const struct setting_row settings_table[] = {
	TEXT("audio", "device", VALUE_NAMES, AT(audio.device), ROOM(audio.device), "auto"),
	{"audio", "channels", VALUE_CHANNELS, AT(audio.channel_left), 1, 64, 1, 0, NULL, NULL},
	BOOL("audio", "keep_awake", AT(audio.keep_awake), 1),
	INT("audio", "rate_hz", AT(audio.rate_hz), 8000, 192000, 48000),
	INT_OF("audio", "block_frames", AT(audio.block_frames), block_choices, 64),
	INT_OR("auto", "audio", "periods", AT(audio.periods), 2, 8, SETTINGS_PERIODS_AUTO),

	INT("engine", "lead_blocks", AT(engine.lead_blocks), 1, 16, 2),
	INT("engine", "prime_blocks", AT(engine.prime_blocks), 8, 256, 8),
	INT("engine", "arena_mb", AT(engine.arena_mb), 1, 512, 8),

	INT("engine", "budget_percent", AT(engine.budget_percent), 1, 100, 80),

	DOUBLE("commit", "fade_ms", AT(commit.fade_ms), 0, 1000, 5),
	CHOICE("commit", "quantize", AT(commit.quantize), quantize_choices, QUANTIZE_OFF),
	INT("commit", "tail_ms", AT(commit.tail_ms), 0, 60000, 0),

	INT("rt", "producer_cpu", AT(rt.producer_cpu), -1, 255, 3),
	INT("rt", "worker_a_cpu", AT(rt.worker_a_cpu), -1, 255, 1),
	INT("rt", "worker_b_cpu", AT(rt.worker_b_cpu), -1, 255, 2),
	INT("rt", "desk_cpu", AT(rt.desk_cpu), -1, 255, 0),
	INT("rt", "producer_priority", AT(rt.producer_priority), 0, 99, 80),
	INT("rt", "worker_priority", AT(rt.worker_priority), 0, 99, 70),
	BOOL("rt", "lock_memory", AT(rt.lock_memory), 1),
	INT_OR("none", "rt", "irq_cpu", AT(rt.irq_cpu), 0, 255, SETTINGS_NO_CPU),

	TEXT("start", "patch", VALUE_PATH, AT(start.patch), ROOM(start.patch), ""),
	BOOL("start", "tone", AT(start.tone), 0),

	TEXT("state", "folder", VALUE_PATH, AT(state_folder), ROOM(state_folder), ""),

	TEXT("gpio", "chip", VALUE_CHIP, AT(gpio.chip), ROOM(gpio.chip), "auto"),
	CHOICE("gpio", "bias", AT(gpio.bias), bias_choices, BIAS_PULL_UP),

	TEXT("midi", "ports", VALUE_NAMES, AT(midi.ports), ROOM(midi.ports), "all"),
	INT_OR("all", "midi", "channel", AT(midi.channel), 1, 16, 0),
	TEXT("midi", "folder", VALUE_TEXT, AT(midi.folder), ROOM(midi.folder), "/dev/snd"),

	TEXT("simulate", "wav", VALUE_TEXT, AT(simulate.wav), ROOM(simulate.wav), ""),
	INT("simulate", "jitter_us", AT(simulate.jitter_us), 0, 100000, 0),
	INT("simulate", "burst_periods", AT(simulate.burst_periods), 1, 4, 1),
	INT("simulate", "stall_every_ms", AT(simulate.stall_every_ms), 0, 3600000, 0),
	INT("simulate", "stall_ms", AT(simulate.stall_ms), 0, 10000, 0),
	INT("simulate", "vanish_every_ms", AT(simulate.vanish_every_ms), 0, 3600000, 0),
	INT("simulate", "vanish_ms", AT(simulate.vanish_ms), 0, 60000, 0),
	DOUBLE("simulate", "drift_ppm", AT(simulate.drift_ppm), -1000, 1000, 0),

	PIN("knob", "pins", VALUE_PIN_PAIR, KNOB_AT(pin_a)),
	PIN("knob", "push", VALUE_PIN, KNOB_AT(pin_push)),
	INT_OF("knob", "steps_per_detent", KNOB_AT(steps_per_detent), step_choices, 4),
	INT("knob", "range_detents", KNOB_AT(range_detents), 4, 1024, 64),
	BOOL("knob", "reversed", KNOB_AT(reversed), 0),
	INT_OF("knob", "acceleration", KNOB_AT(acceleration), acceleration_choices, 0),
	CHOICE("knob", "bias", KNOB_AT(bias), bias_choices, BIAS_OF_GPIO),
	CHOICE("knob", "when", KNOB_AT(when), when_choices, WHEN_LIVE),
	PRESS("knob", "press", KNOB_AT(presses[PRESS_SHORT]), push_choices),
	PRESS("knob", "long_press", KNOB_AT(presses[PRESS_LONG]), push_choices),
	PRESS("knob", "double_press", KNOB_AT(presses[PRESS_DOUBLE]), push_choices),
	INT_OR("none", "knob", "cc", KNOB_AT(midi.cc), 0, 119, -1),
	INT_OR("none", "knob", "nrpn", KNOB_AT(midi.nrpn), 0, 16383, -1),
	INT_OF("knob", "cc_bits", KNOB_AT(midi.bits), bits_choices, 7),
	INT_OR("all", "knob", "channel", KNOB_AT(midi.channel), 1, 16, 0),
	CHOICE("knob", "relative", KNOB_AT(midi.relative), relative_choices, RELATIVE_OFF),
	CHOICE("knob", "takeover", KNOB_AT(midi.takeover), takeover_choices, TAKEOVER_PICKUP),
	BOOL("knob", "carries", KNOB_AT(carries), 0),
	TEXT("knob", "controls", VALUE_TARGET, KNOB_AT(controls), SETTINGS_TARGET_BYTES, ""),

	PIN("button", "pin", VALUE_PIN, BUTTON_AT(pin)),
	CHOICE("button", "bias", BUTTON_AT(bias), bias_choices, BIAS_OF_GPIO),
	PRESS("button", "press", BUTTON_AT(presses[PRESS_SHORT]), press_choices),
	PRESS("button", "long_press", BUTTON_AT(presses[PRESS_LONG]), press_choices),
	PRESS("button", "double_press", BUTTON_AT(presses[PRESS_DOUBLE]), press_choices),

	PIN("led", "pin", VALUE_PIN, LED_AT(pin)),
	CHOICE("led", "shows", LED_AT(shows), indicator_choices, INDICATOR_MISSING),
	BOOL("led", "active_low", LED_AT(active_low), 0),
};
/* clang-format on */

_Static_assert(sizeof(settings_table) / sizeof(settings_table[0]) == SETTINGS_TABLE_ROWS,
	"settings_table.h says how many rows there are");
_Static_assert(offsetof(struct settings_knob, pin_b) ==
		       offsetof(struct settings_knob, pin_a) + sizeof(int),
	"VALUE_PIN_PAIR writes both");
_Static_assert(AT(audio.channel_right) == AT(audio.channel_left) + sizeof(int),
	"VALUE_CHANNELS writes both");
