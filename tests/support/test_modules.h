/* test_modules.h - modules that show what the engine gives them: for tests of flows, notes, lists,
 * transport and memory through the ordinary patch text.
 *
 * A test that wants them says TEST_REGISTRY(real modules ...) once: its own table is linked instead
 * of firmware/modules/registry.c. */
#ifndef SUPPORT_TEST_MODULES_H
#define SUPPORT_TEST_MODULES_H

#include "modules/modules.h"

enum { T_ECHO_FRAMES = 1000, T_ECHO_ROWS = 3 };

extern const struct module_desc t_voice;  /* FLOW_VOICE: out is the voice's number, from 1 */
extern const struct module_desc t_stereo; /* FLOW_STEREO: 3 left, 5 right */
extern const struct module_desc t_mono;   /* FLOW_MONO: out = 2 + in + ctl */
extern const struct module_desc t_follow; /* FLOW_FOLLOW: out = in + ctl + param value */
extern const struct module_desc t_all;    /* FLOW_ALL: out is 10 times the voice's number, + in */
/* FLOW_STEREO, PORT_VOICES in: the sum of all lanes left, of squares right */
extern const struct module_desc t_voices;
/* FLOW_ALL, played: pitch of the note in each voice (0: none), velocity; a free voice each */
extern const struct module_desc t_keys;
/* FLOW_MONO: item (beat * 4) of `notes` where `pattern` is no rest, else 0, to the frame */
extern const struct module_desc t_seq;
/* FLOW_STEREO: in, 1000 frames late, kept in 3 rows (in, 2 in, 3 in) of which the last comes out */
extern const struct module_desc t_echo;

#define TEST_REGISTRY(...)                                                                    \
	const struct module_desc *const modules[] = {&t_voice, &t_stereo, &t_mono, &t_follow, \
		&t_all, &t_voices, &t_keys, &t_seq, &t_echo, &out_module, __VA_ARGS__};       \
	const int n_modules = ARRAY_LEN(modules)

#endif
