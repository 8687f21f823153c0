/* sink_alsa.h - a sound card through ALSA's mmap interface.
 *
 * Threads: open, list [init]; ops [producer].
 * Errors:  open: the reason and what to do in diag. */
#ifndef AUDIO_SINK_ALSA_H
#define AUDIO_SINK_ALSA_H

#include "audio/sink.h"

/* Opens the first of the names in config->device (separated by blanks) that works; "auto" stands
 * for every card there is, in order. 0 and *out (out->close frees it), or a negative errno:
 * -ENOENT when there is no card. */
int sink_alsa_open(struct sink **out, const struct sink_config *config, struct diag *diag);

#endif
