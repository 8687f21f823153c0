/* beat.h - when a beat (or a bar) of the live patch begins, and the block at which another tempo
 * does.
 *
 * There is one musical clock, the live patch's own (modules/patch_clock.h): each rendered block
 * carries where the music was. A tempo moves only by an event, and events are stamped before they
 * are rendered, so the block of the next beat is foreseen from the last block and the tempos that
 * are stamped after it. A quantized commit may be heard from the first block that begins at a beat
 * or right after it.
 * Another patch's tempo begins with the block from which it may be heard:
 *   planned        transition_side.first_start, known before the workers are told to render it
 *   by the journal where it has a hint
 *   neither        the first block at a beat after priming, by the slot's own clock, which is in
 *                  time with the live one's
 * Until then the two stay in time with each other.
 * Threads: a tag at each function. */
#ifndef ENGINE_BEAT_H
#define ENGINE_BEAT_H

#include "engine/internal.h"

/* [producer] Once a wake-up: notes the events that the live slot has rendered. */
void beat_note_rendered(struct engine *engine) RT_SAFE;
/* [producer] The first block from `from` on at which a quantized commit may be heard; unquantized:
 * from. UINT64_MAX: it cannot be known yet. Where nothing is heard, no beat is waited for. */
uint64_t beat_next_block(const struct engine *engine, uint64_t from) RT_SAFE;
/* [worker] Before block n is rendered. */
void beat_take_tempo_if_due(struct slot *slot, uint64_t n) RT_SAFE;
/* [desk] Blocks from ready_block to the first at another tempo; -1: there was none. */
int beat_tempo_blocks(const struct slot *slot);

#endif
