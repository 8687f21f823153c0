/* play.c - gates and notes by hand, from a script, a key or a socket: what is held, and letting go. */
#include <errno.h>
#include <string.h>

#include "control/midi_state.h"
#include "patch/symbol.h"

static bool has_gate(const struct module_desc *desc)
{
	for (int i = 0; i < desc->n_ins; i++)
		if (desc->ins[i].kind == PORT_GATE)
			return true;
	return false;
}

static bool has_notes(const struct module_desc *desc)
{
	return desc->note;
}

static void gate_one(struct desk *desk, int module, bool is_on)
{
	const struct pending_event event = {.kind = EVENT_GATE,
		.module = module_ref_of(&desk->live->modules[module]),
		.value = is_on ? 1.0f : 0.0f};

	desk->hands.gates.now[module].gate = is_on;
	pending_send(desk, &event);
}

static void note_one(struct desk *desk, int module, int note, float velocity)
{
	const struct pending_event event = {.kind = EVENT_NOTE,
		.module = module_ref_of(&desk->live->modules[module]),
		.param = note,
		.value = velocity};
	uint64_t *notes = desk->hands.gates.now[module].notes;
	uint64_t bit = UINT64_C(1) << (note & 63);

	if (note == NOTE_ALL)
		memset(notes, 0, sizeof(desk->hands.gates.now[module].notes));
	else if (velocity > 0.0f)
		notes[note / 64] |= bit;
	else
		notes[note / 64] &= ~bit;
	pending_send(desk, &event);
}

/* The first and the last of the live patch's modules that are meant; those between that cannot are
 * passed over. 0, or -ENOENT or -EINVAL and the reason. */
static int find_players(const struct desk *desk, struct module_ref ref,
	bool can(const struct module_desc *desc), int *first, int *last, struct diag *diag)
{
	*first = ref.desc ? patch_find_ref(desk->live, ref) : 0;
	*last = ref.desc ? *first : desk->live->n_modules - 1;
	if (*first < 0)
		return diag_set(diag, -ENOENT, "patch \"%s\" has no module %s", desk->live->name,
			symbol_name(ref.symbol));
	if (ref.desc && !can(ref.desc))
		return diag_set(diag, -EINVAL, "%s is a %s, which %s", symbol_name(ref.symbol),
			ref.desc->key, can == has_gate ? "has no gate" : "plays no notes");
	return 0;
}

int desk_gate(struct desk *desk, struct module_ref module, bool is_on, struct diag *diag)
{
	int first, last, err = find_players(desk, module, has_gate, &first, &last, diag);

	for (int m = first; m <= last && !err; m++)
		if (has_gate(desk->live->modules[m].desc))
			gate_one(desk, m, is_on);
	return err;
}

int desk_note(
	struct desk *desk, struct module_ref module, int note, float velocity, struct diag *diag)
{
	int first, last, err = find_players(desk, module, has_notes, &first, &last, diag);

	for (int m = first; m <= last && !err; m++)
		if (has_notes(desk->live->modules[m].desc))
			note_one(desk, m, note, velocity);
	return err;
}

void desk_release_all(struct desk *desk)
{
	midi_release_all(desk);
	for (int m = 0; m < desk->live->n_modules; m++) {
		if (desk->hands.gates.now[m].gate)
			gate_one(desk, m, false);
		if (has_notes(desk->live->modules[m].desc))
			note_one(desk, m, NOTE_ALL, 0.0f);
	}
}

void desk_keep_gates(struct desk *desk, const struct patch *from, const struct patch *to)
{
	memcpy(desk->hands.gates.before, desk->hands.gates.now, sizeof(desk->hands.gates.now));
	memset(desk->hands.gates.now, 0, sizeof(desk->hands.gates.now));
	for (int m = 0; m < to->n_modules; m++) {
		int other = patch_find_ref(from, module_ref_of(&to->modules[m]));

		if (other >= 0)
			desk->hands.gates.now[m] = desk->hands.gates.before[other];
	}
}
