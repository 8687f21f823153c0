/* A sound card that is not there yet when it is asked for, as on a system that starts. */
#include <stdio.h>
#include <string.h>

#include "audio/sink_alsa.h"
#include "tests/support/fake_pcm.h"
#include "tests/support/suite.h"

enum { BLOCK = 64 };

static struct sink *sink;
static struct sink_config config;
static struct sink_news news;
static struct diag diag;
static const float silence[2 * BLOCK];

static void begin(const char *device)
{
	fake_reset();
	config = (struct sink_config){
		.rate_hz = 48000, .block_frames = BLOCK, .periods = 2, .waits_for_device = true};
	snprintf(config.device, sizeof(config.device), "%s", device);
}

/* As the producer: until the card plays. How many rounds; each takes 100 ms at most. */
static int play_until_it_runs(void)
{
	int n_rounds = 0;

	for (; n_rounds < 1000 && !sink->is_running; n_rounds++) {
		int n = sink->ops->wait(sink);

		CU_ASSERT_FATAL(n >= 0);
		for (int i = 0; i < n; i++)
			CU_ASSERT_EQUAL(sink->ops->write(sink, silence), 0);
	}
	return n_rounds;
}

static void test_comes_late(void)
{
	begin("hw:CARD=a");
	fake.is_there = 0;
	CU_ASSERT_EQUAL_FATAL(sink_alsa_open(&sink, &config, &diag), 0);
	CU_ASSERT_TRUE(sink->begins_away);
	CU_ASSERT_PTR_NOT_NULL(strstr(sink->name, "no device yet (looking for: hw:CARD=a)"));
	while (fake.calls[FAKE_OPEN] < 3)
		CU_ASSERT_EQUAL(sink->ops->wait(sink), 0);
	fake.is_there = 1;
	CHECK_BELOW(play_until_it_runs(), 1000);
	CU_ASSERT_TRUE(sink->take_news(sink, &news));
	CU_ASSERT_PTR_NOT_NULL(strstr(news.text, "no device yet"));
	CU_ASSERT_TRUE(sink->take_news(sink, &news));
	CU_ASSERT_PTR_NOT_NULL(strstr(news.text, "playing after"));
	CU_ASSERT_PTR_NOT_NULL(strstr(news.name, "hw:CARD=a, s32"));
	sink->close(sink);
}

static void test_is_there(void)
{
	begin("hw:CARD=a");
	CU_ASSERT_EQUAL_FATAL(sink_alsa_open(&sink, &config, &diag), 0);
	CU_ASSERT_FALSE(sink->begins_away);
	CHECK_BELOW(play_until_it_runs(), 1000);
	CU_ASSERT_FALSE(sink->take_news(sink, &news));
	sink->close(sink);
}

static void test_never_comes(void)
{
	begin("hw:CARD=a");
	fake.is_there = 0;
	CU_ASSERT_EQUAL_FATAL(sink_alsa_open(&sink, &config, &diag), 0);
	CU_ASSERT_EQUAL(sink->ops->wait(sink), 0);
	sink->close(sink);
	config.waits_for_device = false; /* by hand: that there is none is an error */
	CU_ASSERT_TRUE(sink_alsa_open(&sink, &config, &diag) < 0);
}

/* A monitor is there before the card; the card comes, and is taken. */
static void test_no_monitor_at_first(void)
{
	begin("auto");
	fake.n_cards = 1;
	fake.cards[0] = (struct pcm_card){.name = "hw:CARD=vc4hdmi0", .is_hdmi = true};
	fake.cards[1] = (struct pcm_card){.name = "hw:CARD=dac"};
	CU_ASSERT_EQUAL_FATAL(sink_alsa_open(&sink, &config, &diag), 0);
	CU_ASSERT_TRUE(sink->begins_away);
	CU_ASSERT_EQUAL(fake.calls[FAKE_OPEN], 0);
	CU_ASSERT_EQUAL(sink->ops->wait(sink), 0);
	CU_ASSERT_EQUAL(fake.calls[FAKE_OPEN], 0);
	fake.n_cards = 2;
	CHECK_BELOW(play_until_it_runs(), 1000);
	CU_ASSERT_STRING_EQUAL(fake.opened, "hw:CARD=dac");
	sink->close(sink);
}

/* Only a monitor: it is taken in the end. */
static void test_only_a_monitor(void)
{
	begin("auto");
	fake.n_cards = 1;
	fake.cards[0] = (struct pcm_card){.name = "hw:CARD=vc4hdmi0", .is_hdmi = true};
	CU_ASSERT_EQUAL_FATAL(sink_alsa_open(&sink, &config, &diag), 0);
	CHECK_BELOW(play_until_it_runs(), 1000);
	CU_ASSERT_STRING_EQUAL(fake.opened, "hw:CARD=vc4hdmi0");
	sink->close(sink);
}

SUITE_MAIN("sink_late", {"it comes late", test_comes_late}, {"it is there", test_is_there},
	{"it never comes", test_never_comes}, {"no monitor at first", test_no_monitor_at_first},
	{"only a monitor", test_only_a_monitor})
