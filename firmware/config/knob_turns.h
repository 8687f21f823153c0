/* knob_turns.h - the parameters that a knob turns, and how far: `controls =` of chronus.ini.
 *
 * A position of a knob means a value, said here once: 0 is LO, 1 is HI, and in between it is
 * the parameter's own curve.
 * Threads: [init] [desk] */
#ifndef CONFIG_KNOB_TURNS_H
#define CONFIG_KNOB_TURNS_H

#include "config/settings.h"
#include "dsp/module.h"

/* LO and HI as values of a parameter; LO may be the larger one. */
struct turn_ends {
	float low, high;
};

/* "filter1.cutoff_hz 200..4000, reverb1.mix", or a target's word. 0, or -EINVAL or -ERANGE with the
 * bare reason; turns are untouched then. */
int knob_turns_read(
	const char *text, struct settings_turn turns[SETTINGS_MAX_TURNS], struct diag *diag);
int knob_turns_count(const struct settings_knob *knob);

/* The ends on that parameter, or its whole range where the settings name none. -ERANGE: the range goes
 * beyond the parameter's, and is cut to it; -EINVAL: it is none of this parameter. The bare reason is
 * in diag. */
int turn_ends_read(const struct settings_turn *turn, const struct param_desc *param,
	struct turn_ends *ends, struct diag *diag);

/* Choices between the ends, with both; 0 where it is no choice. */
int turn_n_steps(const struct turn_ends *ends, const struct param_desc *param);
/* 0..1; of a value beyond an end, that end. */
double turn_position(const struct turn_ends *ends, const struct param_desc *param, float value);
float turn_value(const struct turn_ends *ends, const struct param_desc *param, double position);

#endif
