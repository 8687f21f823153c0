/* sound_watch.c - a minute of sound. See sound_watch.h. */
#include "card/sound_watch.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define STALL_NS (3 * NS_PER_S) /* blocks take milliseconds; the looks are a second apart */

void sound_watch_begin(struct sound_watch *watch, int64_t now_ns)
{
	watch->began_ns = watch->clean_since_ns = watch->blocks_ns = now_ns;
	watch->last = (struct sound_look){0};
	snprintf(watch->fault, sizeof(watch->fault), "nothing plays");
}

/* The reason why it is wrong, or NULL. */
static const char *fault_of(
	const struct sound_watch *watch, const struct sound_look *look, int64_t now_ns)
{
	const struct sound_look *last = &watch->last;

	if (!look->is_there)
		return "nothing plays";
	if (watch->needs_device && !look->has_device)
		return "there is no sound card, and there was one before";
	if (!last->is_there || look->pid != last->pid)
		return "the instrument has started anew";
	if (look->n_none != last->n_none)
		return "blocks were missing";
	if (look->n_xruns != last->n_xruns)
		return "the sound card ran dry";
	if (look->n_blocks == last->n_blocks && now_ns - watch->blocks_ns >= STALL_NS)
		return "the block clock stands still";
	return NULL;
}

enum sound_verdict sound_watch_look(
	struct sound_watch *watch, const struct sound_look *look, int64_t now_ns)
{
	const char *fault = fault_of(watch, look, now_ns);

	if (!look->is_there || look->n_blocks != watch->last.n_blocks)
		watch->blocks_ns = now_ns;
	if (fault) {
		watch->clean_since_ns = now_ns;
		snprintf(watch->fault, sizeof(watch->fault), "%s", fault);
	}
	watch->last = *look;
	if (!fault && now_ns - watch->clean_since_ns >= watch->sound_ns)
		return SOUND_KEPT;
	return now_ns - watch->began_ns >= watch->patience_ns ? SOUND_SILENT : SOUND_WAIT;
}
