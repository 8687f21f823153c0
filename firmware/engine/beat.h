/* beat.h - when a beat (or a bar) of what is heard begins, and with which block another tempo does.
 *
 * There is one musical clock, the heard patch's own (modules/patch_clock.h): each rendered block
 * carries where the music was. A tempo moves only by an event, and events are stamped before they
 * are rendered, so the block of the next beat is foreseen from the last block and the tempos that
 * are stamped after it. A quantized commit may be heard from the first block that begins at a beat
 * or right after it.
 * What another patch brings as its tempo begins with the block from which it may be heard:
 *   planned        slot.first_start, which is known before the workers are told to render it
 *   as told        where a journal has it
 *   neither        the first block at a beat after priming, by the slot's own clock, which is in
 *                  time with the live one's
 * Until then the two stay in time with each other.
 * Threads: [producer]; beat_take_tempo_if_due [worker]; beat_tempo_blocks [desk]. */
#ifndef ENGINE_BEAT_H
#define ENGINE_BEAT_H

#include "engine/internal.h"

/* Block after block: which events what is heard has rendered. */
void beat_note_rendered(struct engine *engine) RT_SAFE;
/* The first block from `from` on at which a quantized commit may be heard; unquantized: from.
 * UINT64_MAX: it cannot be known yet. Where nothing is heard, no beat is waited for. */
uint64_t beat_next_block(const struct engine *engine, uint64_t from) RT_SAFE;
/* May a quantized commit be heard from block n on, which is there? Unquantized: always. */
bool beat_is_met(const struct engine *engine, const struct slot *live, uint64_t n) RT_SAFE;
/* Before block n is rendered. */
void beat_take_tempo_if_due(struct slot *slot, uint64_t n) RT_SAFE;
/* Blocks from ready_block to the first at another tempo; -1: there was none. */
int beat_tempo_blocks(const struct slot *slot);

#endif
