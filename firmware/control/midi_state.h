/* midi_state.h - the desk's MIDI: between the files of control/ only. Threads: [desk] */
#ifndef CONTROL_MIDI_STATE_H
#define CONTROL_MIDI_STATE_H

#include "control/desk_state.h"

/* ---- midi.c */
/* Bytes as they arrive. 0 or -ENOMEM. */
int desk_midi(struct desk *desk, const uint8_t *bytes, int n, struct diag *diag);
void midi_close(struct desk *desk);

/* ---- midi_channels.c */
void midi_send(struct desk *desk, const uint8_t bytes[3]);
/* Pedals and notes of all channels on which something came */
void midi_release_all(struct desk *desk);

/* ---- midi_knobs.c */
void midi_knobs_open(struct desk *desk);
/* A controller's message: true where a knob takes it, so that no module hears it. */
bool midi_knobs_take(struct desk *desk, int channel, int number, int byte);

/* ---- midi_program.c */
void midi_program_choose_bank(struct desk *desk, int channel, int number, int byte);
void midi_program_change(struct desk *desk, int channel, int number);
/* Loads and commits what the last one wants. */
void midi_program_poll(struct desk *desk);

/* ---- knob_param.c */
/* The value that a knob turns */
struct knob_place {
	double norm; /* 0..1 on its scale */
	float value;
	int n_steps; /* of a choice; else 0 */
};
int desk_knob_place(const struct desk *desk, int knob, struct knob_place *place, struct diag *diag);
/* To a place, at once or staged as by its turns; *value is what that is. */
int desk_knob_put(struct desk *desk, int knob, double norm, float *value, struct diag *diag);

#endif
