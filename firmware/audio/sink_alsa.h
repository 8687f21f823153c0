/* sink_alsa.h - a sound card through ALSA's mmap interface, and what to do when it fails.
 *
 * A card that ran dry or was suspended is made ready again by the producer itself. A card that is
 * gone is handed to a thread of its own, the supervisor, which closes it, looks for the names of
 * config->device every 500 ms, and hands the card that it finds back; meanwhile wait() sleeps.
 * Threads: open, close [init]; ops [producer]; take_news [desk].
 * Errors:  open: the reason and what to do in diag. */
#ifndef AUDIO_SINK_ALSA_H
#define AUDIO_SINK_ALSA_H

#include "audio/sink.h"

/* Opens the first of the names in config->device (separated by blanks) that works; "auto" stands
 * for every card there is. 0 and *out (out->close frees it), or a negative errno: -ENOENT when
 * there is no card (with config->waits_for_device none is no error: the supervisor looks for one, and
 * for the first 3 s `auto` takes no monitor, which is often there before the card). Logs what was asked for and what was granted. */
int sink_alsa_open(struct sink **out, const struct sink_config *config, struct diag *diag);

#endif
