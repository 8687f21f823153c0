/* alive.h - does it play? What the watchdog is told, and nothing kinder.
 *
 * It is fed while the block clock advances. While the sound device is away the clock stands by
 * design: another start would find no device either, and would lose what is held and staged, so
 * a cable that was pulled must not become a loop of restarts. Then the producer's own rounds count
 * (it looks round 10 times a second): a producer that hangs is not fed, with a device or without.
 * Threads: [desk] */
#ifndef APPLIANCE_ALIVE_H
#define APPLIANCE_ALIVE_H

#include <stdbool.h>
#include <stdint.h>

/* For so long after the start a device that is away is waited for before it is told. */
enum { ALIVE_AWAY_MS = 2000 };

struct alive_look {
	uint64_t clock;  /* blocks delivered */
	uint64_t rounds; /* the producer's */
	bool is_away;
};

struct alive {
	struct alive_look fed;        /* as it was when the watchdog was fed last */
	int64_t looked_ns, opened_ns; /* 0: never */
	bool is_ready;
};

/* true: it lives, feed the watchdog. Asked for every every_ns at most. */
bool alive_is_fed(
	struct alive *alive, const struct alive_look *now, int64_t now_ns, int64_t every_ns);
/* true, once: it has begun to play, or waits in good order for a device. */
bool alive_is_ready(struct alive *alive, const struct alive_look *now, int64_t now_ns);

#endif
