/* play.c - gates and notes by hand, from a script, a key or a socket: what is held, and letting go. */
#include <errno.h>
#include <string.h>

#include "config/ini_text.h"
#include "control/desk_state.h"
#include "dsp/list_text.h"

#define DEFAULT_VELOCITY 0.8f

static bool has_gate(const struct module_desc *desc)
{
	for (int i = 0; i < desc->n_ins; i++)
		if (desc->ins[i].kind == PORT_GATE)
			return true;
	return false;
}

static void gate_one(struct desk *desk, int module, bool is_on)
{
	const struct patch_module *to = &desk->live->modules[module];
	struct pending_event event = {
		.kind = EVENT_GATE, .desc = to->desc, .value = is_on ? 1.0f : 0.0f};

	memcpy(event.id, to->id, sizeof(event.id));
	desk->held[module].gate = is_on;
	pending_send(desk, &event);
}

int desk_gate(struct desk *desk, const char *id, const char *value, struct diag *diag)
{
	bool is_on, is_all = strcmp(id, "*") == 0;
	int err = gate_value_read(value, &is_on, diag);
	int module = is_all ? 0 : patch_find(desk->live, id);

	if (err < 0)
		return err;
	if (module < 0 && !is_on) /* a commit has taken the module away while it was held */
		return 0;
	if (module < 0)
		return diag_set(
			diag, -ENOENT, "patch \"%s\" has no module %s", desk->live->name, id);
	if (!is_all && !has_gate(desk->live->modules[module].desc))
		return diag_set(diag, -EINVAL, "%s is a %s, which has no gate", id,
			desk->live->modules[module].desc->key);
	for (int m = module; m < (is_all ? desk->live->n_modules : module + 1); m++)
		if (has_gate(desk->live->modules[m].desc))
			gate_one(desk, m, is_on);
	return 0;
}

/* ---- notes */

static void note_one(struct desk *desk, int module, int note, float velocity)
{
	const struct patch_module *to = &desk->live->modules[module];
	struct pending_event event = {
		.kind = EVENT_NOTE, .desc = to->desc, .param = note, .value = velocity};
	uint64_t *held = &desk->held[module].notes[note / 64], bit = UINT64_C(1) << (note % 64);

	memcpy(event.id, to->id, sizeof(event.id));
	*held = velocity > 0.0f ? *held | bit : *held & ~bit;
	pending_send(desk, &event);
}

static int read_velocity(const char *text, float *out, struct diag *diag)
{
	double velocity = 0.0;

	if (text_number(text, &velocity) < 0 || velocity < 0.0 || velocity > 1.0)
		return diag_set(diag, -EINVAL, "'%.40s' is no velocity; allowed: 0..1", text);
	*out = (float)velocity;
	return 0;
}

int desk_note(struct desk *desk, const char *id, const char *note_text, const char *value,
	const char *velocity_text, struct diag *diag)
{
	bool is_on = false, is_all = strcmp(id, "*") == 0;
	int module = is_all ? 0 : patch_find(desk->live, id), note = 0;
	int err = note_read(note_text, &note, diag);
	float velocity = DEFAULT_VELOCITY;

	if (!err)
		err = gate_value_read(value, &is_on, diag);
	if (!err && velocity_text)
		err = read_velocity(velocity_text, &velocity, diag);
	if (err < 0)
		return err;
	if (module < 0 && !is_on) /* a commit has taken the module away while the key was down */
		return 0;
	if (module < 0)
		return diag_set(
			diag, -ENOENT, "patch \"%s\" has no module %s", desk->live->name, id);
	if (!is_all && !desk->live->modules[module].desc->note)
		return diag_set(diag, -EINVAL, "%s is a %s, which plays no notes", id,
			desk->live->modules[module].desc->key);
	for (int m = module; m < (is_all ? desk->live->n_modules : module + 1); m++)
		if (desk->live->modules[m].desc->note)
			note_one(desk, m, note, is_on ? velocity : 0.0f);
	return 0;
}

/* ---- */

void desk_release_all(struct desk *desk)
{
	for (int m = 0; m < desk->live->n_modules; m++) {
		if (desk->held[m].gate)
			gate_one(desk, m, false);
		for (int note = 0; note < N_NOTES; note++)
			if (desk->held[m].notes[note / 64] >> (note % 64) & 1)
				note_one(desk, m, note, 0.0f);
	}
}

void desk_keep_held(struct desk *desk, const struct patch *from, const struct patch *to)
{
	memcpy(desk->held_before, desk->held, sizeof(desk->held));
	memset(desk->held, 0, sizeof(desk->held));
	for (int m = 0; m < to->n_modules; m++) {
		int other = patch_find(from, to->modules[m].id);

		if (other >= 0 && from->modules[other].desc == to->modules[m].desc)
			desk->held[m] = desk->held_before[other];
	}
}
