/* sound_now.h - how the running instrument sounds, by its statistics page. Threads: [init] */
#ifndef CLI_SOUND_NOW_H
#define CLI_SOUND_NOW_H

#include "card/sound_watch.h"

void sound_now(struct sound_look *look);

#endif
