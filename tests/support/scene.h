/* scene.h - a patch around one module in which all that it can do is heard: every input port that
 * it needs is plugged, its gates open and close, its notes are played, its outputs sound.
 *
 * The same ini text, reader, compiler and ramps as in the program; rendered here, block by block.
 * Memory:  one scene at a time: they share an arena. scene_close frees the patch.
 * Errors:  a patch that does not compile aborts with its text: it is a mistake in the test. */
#ifndef SUPPORT_SCENE_H
#define SUPPORT_SCENE_H

#include "patch/program.h"

enum scene_kind {
	SCENE_LIVELY, /* a saw that begins and ends, gates that open and close, notes */
	SCENE_STEADY, /* a sine; gates stay open: the only jumps are those that are made */
};

struct scene {
	const struct module_desc *desc;
	enum scene_kind kind;
	const char *text; /* as a file has it; until the next one is opened */
	struct patch *patch;
	struct program *program;
	int module; /* in the patch */
	int block_frames;
	int at; /* frames rendered */
};

/* What a parameter or port needs beside the ordinary to be heard (`shape = pulse` for the width of
 * an oscillator): lines of the module's section, "" if nothing. */
const char *scene_needs(const struct module_desc *desc, const char *key);

/* lines: of the module's section; they come before the ordinary ones, and a port that is plugged
 * in them is left alone. A key that follows "!" is left out: "!in1". */
void scene_open(struct scene *scene, const struct module_desc *desc, enum scene_kind kind,
	const char *lines);
void scene_close(struct scene *scene);

/* Before the first block: as if it stood in the file. */
void scene_set(struct scene *scene, int param, float value);

/* (Re)compiles and begins from silence, at 48 kHz. */
void scene_start(struct scene *scene, int block_frames);

/* n more frames (a multiple of the block) into lanes 0 and 1 of out; both: as `out` gives them. */
void scene_render(struct scene *scene, v4f *out, int n);

#endif
