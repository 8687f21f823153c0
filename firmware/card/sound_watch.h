/* sound_watch.h - has it sounded long enough to be kept?
 *
 * Sound is what the statistics page calls it: blocks advance, none of them is missing (`none`), the
 * card does not run dry (`xrun`), and there is a device. What breaks that begins it anew.
 * Threads: [any] */
#ifndef CARD_SOUND_WATCH_H
#define CARD_SOUND_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* One look at the page of the instrument that runs. */
struct sound_look {
	bool is_there;   /* there is a page */
	int pid;         /* whose */
	bool has_device; /* a sound card, not a simulation, and it is not away */
	uint64_t n_blocks, n_none, n_xruns;
};

struct sound_watch {
	int64_t sound_ns;    /* this long without a break */
	int64_t patience_ns; /* and no longer than this for it all */
	bool needs_device;   /* a simulated card is not enough: there was a real one before */

	int64_t began_ns, clean_since_ns, blocks_ns; /* blocks_ns: when they last advanced */
	struct sound_look last;
	char fault[100]; /* what broke it last; empty: nothing */
};

enum sound_verdict { SOUND_WAIT, SOUND_KEPT, SOUND_SILENT };

void sound_watch_begin(struct sound_watch *watch, int64_t now_ns);
enum sound_verdict sound_watch_look(
	struct sound_watch *watch, const struct sound_look *look, int64_t now_ns);

#endif
