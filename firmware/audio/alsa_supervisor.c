/* alsa_supervisor.c - the thread that closes a dead card and looks for a living one. Opening and
 * closing may take long and allocate: nothing for the producer. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audio/sink_alsa_state.h"
#include "base/clock.h"
#include "base/housekeeping.h"

#define LOOK_NS       (500 * NS_PER_MS)
#define FIRST_LOOK_NS (100 * NS_PER_MS) /* while the system starts, cards are on their way */
#define STARTING_NS   (10 * NS_PER_S)
#define NO_HDMI_NS    (3 * NS_PER_S)

static bool must_end(const struct sink_alsa *alsa)
{
	return atomic_load_explicit(&alsa->supervisor.must_end, memory_order_acquire);
}

/* The oldest makes way: what is true now matters more. */
static void tell(struct sink_alsa *alsa, const char *text)
{
	struct sink_news *news;

	pthread_mutex_lock(&alsa->supervisor.lock);
	news = &alsa->supervisor.news[alsa->supervisor.n_news++ % SUPERVISOR_MAX_NEWS];
	snprintf(news->text, sizeof(news->text), "%s", text);
	if (alsa->device.pcm)
		alsa_device_name(&alsa->device, news->name, sizeof(news->name));
	else
		snprintf(news->name, sizeof(news->name), "no device (looking for: %.80s)",
			alsa->config.device);
	pthread_mutex_unlock(&alsa->supervisor.lock);
}

bool supervisor_take_news(struct sink *sink, struct sink_news *news)
{
	struct sink_alsa *alsa = (struct sink_alsa *)sink;
	bool has_news;

	pthread_mutex_lock(&alsa->supervisor.lock);
	has_news = alsa->supervisor.n_taken != alsa->supervisor.n_news;
	if (alsa->supervisor.n_news - alsa->supervisor.n_taken > SUPERVISOR_MAX_NEWS)
		alsa->supervisor.n_taken = alsa->supervisor.n_news - SUPERVISOR_MAX_NEWS;
	if (has_news)
		*news = alsa->supervisor.news[alsa->supervisor.n_taken++ % SUPERVISOR_MAX_NEWS];
	pthread_mutex_unlock(&alsa->supervisor.lock);
	return has_news;
}

/* A card that is there but cannot be played to says why, once. That there is none is no news. */
static void tell_refusal(struct sink_alsa *alsa, int err, const char *why)
{
	if (err == -ENOENT || err == -ENODEV || strcmp(alsa->supervisor.refusal, why) == 0)
		return;
	snprintf(alsa->supervisor.refusal, sizeof(alsa->supervisor.refusal), "%s", why);
	tell(alsa, why);
}

/* Between two looks. There was no device yet: they are more frequent in the beginning. */
static int64_t pause_ns(bool is_first, int64_t gone_ns)
{
	return is_first && clock_now_ns() - gone_ns < STARTING_NS ? FIRST_LOOK_NS : LOOK_NS;
}

static int look(struct sink_alsa *alsa, bool is_first, int64_t gone_ns, struct diag *diag)
{
	struct sink_config config = alsa->config;

	if (is_first && clock_now_ns() - gone_ns < NO_HDMI_NS)
		config.skips_hdmi = true;
	return alsa_device_find(&alsa->device, &config, NULL, diag);
}

static void revive(struct sink_alsa *alsa, unsigned *seen)
{
	int64_t gone_ns = clock_now_ns(), next_ns = alsa->supervisor.handed_ns + LOOK_NS;
	bool is_first = !alsa->device.pcm;
	char text[400], granted[300];
	struct diag diag;
	int err;

	if (is_first)
		snprintf(text, sizeof(text), "audio: no device yet; looking for %s",
			alsa->config.device);
	else
		snprintf(text, sizeof(text), "audio: %s is gone; looking for %s every 500 ms",
			alsa->device.name, alsa->config.device);
	pcm_close(alsa->device.pcm);
	alsa->device.pcm = NULL;
	alsa->supervisor.refusal[0] = '\0';
	tell(alsa, text);
	for (;;) {
		/* a card that dies as soon as it is played to is not tried more often either */
		while (!must_end(alsa) && clock_now_ns() < next_ns)
			*seen = doorbell_wait_for(&alsa->lost, *seen, next_ns - clock_now_ns());
		if (must_end(alsa))
			return;
		err = look(alsa, is_first, gone_ns, &diag);
		if (!err)
			break;
		tell_refusal(alsa, err, diag.text);
		next_ns = clock_now_ns() + pause_ns(is_first, gone_ns);
	}
	alsa_device_tell(&alsa->device, &alsa->config, granted, sizeof(granted));
	snprintf(text, sizeof(text), "audio: playing %safter %.1f s on %s",
		is_first ? "" : "again ", (double)(clock_now_ns() - gone_ns) / NS_PER_S, granted);
	tell(alsa, text);
	alsa->supervisor.handed_ns = clock_now_ns();
	atomic_store_explicit(&alsa->owner, DEVICE_READY, memory_order_release);
	doorbell_ring(&alsa->back);
}

static void *keep(void *arg)
{
	struct sink_alsa *alsa = arg;
	unsigned seen = 0;

	while (!must_end(alsa)) {
		if (atomic_load_explicit(&alsa->owner, memory_order_acquire) ==
			DEVICE_OF_SUPERVISOR)
			revive(alsa, &seen);
		else
			seen = doorbell_wait(&alsa->lost, seen);
	}
	return NULL;
}

int supervisor_start(struct sink_alsa *alsa)
{
	const struct housekeeping wish = {
		"card supervisor", alsa->config.housekeeping_cpu, keep, alsa};
	int err;

	alsa->supervisor.handed_ns = clock_now_ns() - LOOK_NS;
	pthread_mutex_init(&alsa->supervisor.lock, NULL);
	err = housekeeping_start(&alsa->supervisor.thread, &wish);
	alsa->supervisor.is_running = err == 0;
	return err;
}

void supervisor_stop(struct sink_alsa *alsa)
{
	atomic_store_explicit(&alsa->supervisor.must_end, 1, memory_order_release);
	doorbell_ring(&alsa->lost);
	if (alsa->supervisor.is_running)
		pthread_join(alsa->supervisor.thread, NULL);
	alsa->supervisor.is_running = false;
	pthread_mutex_destroy(&alsa->supervisor.lock);
}
