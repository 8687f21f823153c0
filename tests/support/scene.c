/* scene.c - a patch around one module. See scene.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/patch_read.h"
#include "tests/support/scene.h"

#define RATE_HZ 48000.0f

enum { ARENA_BYTES = 32 << 20 };

static struct arena arena;

/* key "": for the whole module. */
static const struct need {
	const char *module, *key, *lines;
} needs[] = {
	{"vca", "", "by = lfo9.unipolar\n"},
	{"osc", "width", "shape = pulse\nfreq_hz = 441.7\n"},
	{"osc", "fm_hz", "fm = wave\n"},
	{"osc", "fm", "fm_hz = 1000\n"},
	{"lfo", "", "rate_hz = 5\n"},
	{"lfo", "division", "mode = sync\n"},
	/* 24 widths whose edges meet the sine of a steady scene at 24 phases */
	{"lfo", "width", "shape = square\nrate_hz = 4.87\n"},
	{"slew", "", "in = clock9 * 0.7 + 0.1\n"},
	{"sah", "", "in = lfo9\n"},
	{"scale", "", "in = lfo9 * 12\n"},
	{"scale", "root", "scale = major\n"},
	{"scale", "scale", "root = d\n"},
	{"eq", "low_hz", "low_db = 12\n"},
	{"eq", "mid1_hz", "mid1_db = 12\n"},
	{"eq", "mid1_q", "mid1_db = 12\n"},
	{"eq", "mid2_hz", "mid2_db = 12\n"},
	{"eq", "mid2_q", "mid2_db = 12\n"},
	{"eq", "high_hz", "high_db = 12\n"},
	{"euclid", "", "hits = 7\n"},
	{"ladder", "env_amount", "env = lfo9 * 0.5 + 0.5\n"},
	{"ladder", "env", "cutoff_hz = 200\n"},
	{"ladder", "accent_amount", "accent = lfo9.unipolar\n"},
	{"delay", "change", "time_ms = 300\ntime_ms.mod = lfo9 * 8\n"},
	/* echoes in step with the sine of a steady scene: others add up before they cancel out */
	{"delay", "low_cut_hz", "time_ms = 20.4545\nfeedback = 0.8\nmix = 0.7\n"},
	{"delay", "high_cut_hz", "time_ms = 20.4545\nfeedback = 0.8\nmix = 0.7\n"},
	{"chorus", "feedback", "depth_ms = 0\ndelay_ms = 10.2273\n"},
	{"delay", "feedback", "time_ms = 20.4545\nmix = 0.7\n"},
	{"delay", "mode", "mix = 0.7\n"},
	{"compressor", "knee_db", "threshold_db = -6\n"},
	{"compressor", "sidechain", "threshold_db = -40\n"},
	{"limiter", "", "gain_db = 12\n"},
	{"seq", "", "notes = 36 43 48 39 55\npattern = X.x-xX.x\n"},
	{"seq", "seed", "probability = 0.5\n"},
	{"drum", "accent_amount", "accent = lfo9.unipolar\n"},
	{"drum", "choke", "gate = lfo9\ndecay_ms = 2000\n"},
	{"keys", "detune_cents", "mode = unison\n"},
	{"keys", "legato", "mode = mono\n"},
	{"keys", "steal", "level = lfo9 * -0.5\n"},
	{"keys", "level", "steal = quietest\n"},
};

const char *scene_needs(const struct module_desc *desc, const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
		if (strcmp(needs[i].module, desc->key) == 0 && strcmp(needs[i].key, key) == 0)
			return needs[i].lines;
	}
	return "";
}

/* The lines write `key = `, or `!key`. */
static bool is_written(const char *lines, const char *key)
{
	size_t n = strlen(key);

	for (const char *line = lines; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		line += *line == '!';
		if (strncmp(line, key, n) == 0 && (line[n] == ' ' || line[n] == '\n'))
			return true;
	}
	return false;
}

static bool has_out(const struct module_desc *desc, const char *key)
{
	return module_out_find(desc, key) >= 0;
}

/* One line of text; what does not fit is a mistake in the test. */
struct text {
	char at[4000];
	size_t n;
};

static void add(struct text *text, const char *format, const char *a, const char *b)
{
	text->n += (size_t)snprintf(text->at + text->n, sizeof(text->at) - text->n, format, a, b);
	if (text->n >= sizeof(text->at))
		abort();
}

static void add_sources(struct text *text, enum scene_kind kind)
{
	add(text, "[patch]\nvoices = 4\ntempo_bpm = 400\n", "", "");
	add(text, "[clock9]\ntype = clock\ndivision = 1/4\ngate_length = 0.4\n", "", "");
	/* its voices are apart, and their sum moves */
	add(text, "[lfo9]\ntype = lfo\nrate_hz = 3\nspread = 0.3\n", "", "");
	if (kind == SCENE_LIVELY)
		add(text,
			"[saw9]\ntype = osc\nshape = saw\nfreq_hz = 110\nlevel = 0.5\n"
			"[wave]\ntype = adsr\nin = saw9\ngate = clock9\nattack_ms = 1\n"
			"decay_ms = 60\nsustain = 0.3\nrelease_ms = 20\n",
			"", "");
	else
		add(text, "[wave]\ntype = osc\nshape = sine\nfreq_hz = 440\nlevel = 0.5\n", "", "");
}

/* Ports that are audio or a gate; `in`, in1.. whatever they are. */
static void plug(
	struct text *text, const struct module_desc *desc, enum scene_kind kind, const char *lines)
{
	for (int i = 0; i < desc->n_ins; i++) {
		const struct port_desc *in = &desc->ins[i];
		bool is_in = strncmp(in->key, "in", 2) == 0;

		if (is_written(lines, in->key))
			continue;
		if (in->kind == PORT_GATE)
			add(text, "%s = %s\n", in->key, kind == SCENE_LIVELY ? "clock9" : "1");
		else if (is_in)
			add(text, "%s = wave\n", in->key, "");
	}
}

/* Without the lines that begin with "!", and those that `before` has written. */
static void add_lines(struct text *text, const char *lines, const char *before)
{
	for (const char *line = lines; *line;) {
		size_t n = strcspn(line, "\n");
		char one[400], key[40];

		snprintf(one, sizeof(one), "%.*s", (int)n, line);
		snprintf(key, sizeof(key), "%.*s", (int)strcspn(one, " "), one);
		if (*one != '!' && !is_written(before, key))
			add(text, "%s\n", one, "");
		line += n + (line[n] == '\n');
	}
}

/* Pitches and gates play a voice; what else there is is heard itself, so softly that `out` changes
 * nothing; in a steady scene what controls is heard as a level. */
static void add_outs(struct text *text, const struct module_desc *desc, enum scene_kind kind)
{
	bool is_played = has_out(desc, "pitch") || desc->outs[0].kind == PORT_GATE;
	static struct text in;

	in.n = 0;
	if (is_played) {
		add(text, "[osc9]\ntype = osc\nshape = saw\n%s\n",
			has_out(desc, "pitch") ? "pitch = m9.pitch" : "", "");
		add(text, "[env9]\ntype = adsr\nin = osc9\nattack_ms = 1\ngate = m9.gate\n", "",
			"");
	}
	if (kind == SCENE_STEADY && desc->outs[0].kind == PORT_CONTROL) {
		add(text, "[vca9]\ntype = mixer\nin1 = wave\nlevel.mod = m9 * 0.5\n", "", "");
		add(text, "[out]\nin = vca9 * 0.005\n", "", "");
		return;
	}
	for (int o = 0; o < desc->n_outs; o++) {
		enum port_kind out = desc->outs[o].kind;

		if (out == PORT_AUDIO || (out == PORT_CONTROL && !is_played))
			add(&in, " + m9.%s * %s", desc->outs[o].key, o ? "0.003" : "0.004");
		else if (out == PORT_CONTROL)
			add(&in, " + m9.%s * %s", desc->outs[o].key,
				desc->n_outs > 4 ? "0.01" : "0.05");
	}
	if (is_played)
		add(&in, " + env9 * 0.05", "", "");
	add(text, "[out]\nin = %s\n", in.at + 3, "");
}

void scene_open(struct scene *scene, const struct module_desc *desc, enum scene_kind kind,
	const char *lines)
{
	const char *always = scene_needs(desc, "");
	static struct text text;
	struct diag diag;
	bool is_out = strcmp(desc->key, "out") == 0; /* whose section has no type */
	char all[1000];

	*scene = (struct scene){.desc = desc, .kind = kind};
	snprintf(all, sizeof(all), "%s%s", lines, always);
	text.n = 0;
	add_sources(&text, kind);
	add(&text, is_out ? "[out]\n" : "[m9]\ntype = %s\n", desc->key, "");
	add_lines(&text, lines, "");
	add_lines(&text, always, lines);
	plug(&text, desc, kind, all);
	if (!is_out)
		add_outs(&text, desc, kind);
	if (patch_read_text(text.at, text.n, "scene", &scene->patch, &diag) < 0) {
		fprintf(stderr, "%s\n%s\n", text.at, diag.text);
		abort();
	}
	scene->text = text.at;
	scene->module = patch_find(scene->patch, is_out ? "out" : "m9");
}

void scene_close(struct scene *scene)
{
	patch_free(scene->patch);
}

void scene_set(struct scene *scene, int param, float value)
{
	scene->patch->modules[scene->module].values[param] = value;
}

void scene_start(struct scene *scene, int block_frames)
{
	struct program_config config = {
		.rate_hz = RATE_HZ, .block_frames = block_frames, .generation = 1};
	struct diag diag;

	if (!arena.base && arena_open(&arena, ARENA_BYTES) < 0)
		abort();
	if (program_compile(scene->patch, &config, &arena, &scene->program, &diag) < 0) {
		fprintf(stderr, "%s\n", diag.text);
		abort();
	}
	scene->block_frames = block_frames;
	scene->at = 0;
}

/* By MIDI where the module hears it, with the wheel half up. */
static void play_note(struct scene *scene, int note, float velocity)
{
	uint8_t on[3] = {0x90, (uint8_t)note, (uint8_t)(velocity * 127.0f)};

	if (!scene->desc->midi) {
		program_note(scene->program, scene->module, note, velocity, 0);
		return;
	}
	program_midi(scene->program, scene->module, on, 0);
	program_midi(scene->program, scene->module, (const uint8_t[]){0xe0, 0, 96}, 0);
}

/* Four voices, and six notes; two of them overlap all others. */
static void play(struct scene *scene)
{
	static const struct {
		int at, note;
		float velocity;
	} notes[] = {{0, 60, 0.9f}, {0, 64, 0.5f}, {4096, 67, 0.7f}, {8192, 71, 0.7f},
		{12288, 76, 0.7f}, {16384, 79, 0.7f}, {20480, 64, 0.0f}, {24576, 71, 0.0f},
		{28672, 60, 0.0f}, {32768, 83, 0.7f}};

	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		if (notes[i].at == scene->at)
			play_note(scene, notes[i].note, notes[i].velocity);
	}
}

void scene_render(struct scene *scene, v4f *out, int n)
{
	float stereo[2 * BLOCK_MAX_FRAMES];

	for (int done = 0; done < n; done += scene->block_frames) {
		if (scene->desc->note)
			play(scene);
		program_render(scene->program, stereo);
		for (int i = 0; i < scene->block_frames; i++)
			out[done + i] = (v4f){stereo[2 * i], stereo[2 * i + 1], 0.0f, 0.0f};
		scene->at += scene->block_frames;
	}
}
