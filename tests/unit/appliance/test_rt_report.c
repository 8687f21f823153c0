/* test_rt_report.c - what was not granted is said once, with its cost and the remedy. */
#include "appliance/rt_report.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "tests/support/suite.h"

static struct rt_thread threads[RT_REPORT_THREADS];
static struct rt_facts facts;
static struct degraded out;
static int n_logged;

static void count_line(const char *line)
{
	(void)line;
	n_logged++;
}

/* A Pi that granted everything. */
static void all_granted(void)
{
	static const struct rt_wish wishes[RT_REPORT_THREADS] = {
		{"worker A", 1, 70}, {"worker B", 2, 70}, {"producer", 3, 80}};

	memset(&facts, 0, sizeof(facts));
	facts.n_cpus = 4;
	facts.locks_memory = true;
	facts.memlock_limit = -1;
	facts.rtprio_limit = 95;
	facts.stats_path = "/run/chronus/stats";
	for (int i = 0; i < RT_REPORT_THREADS; i++) {
		threads[i] = (struct rt_thread){
			.wish = wishes[i], .granted = wishes[i], .flushes_denormals = true};
		facts.threads[i] = &threads[i];
	}
}

static void report(void)
{
	memset(&out, 0, sizeof(out));
	n_logged = 0;
	log_set_writer(count_line);
	rt_report(&facts, &out);
	log_set_writer(NULL);
	CU_ASSERT_EQUAL(n_logged, out.n);
}

static bool says(int line, const char *text)
{
	return line < out.n && strstr(out.lines[line], text);
}

static void test_nothing_to_say(void)
{
	all_granted();
	report();
	CU_ASSERT_EQUAL(out.n, 0);
}

static void test_fewer_cores(void)
{
	all_granted();
	facts.n_cpus = 2;
	threads[1].granted.cpu = threads[2].granted.cpu = -1;
	report();
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_TRUE(says(0, "2 cores"));
	CU_ASSERT_TRUE(says(0, "worker B (core 2), producer (core 3)"));
	CU_ASSERT_FALSE(says(0, "worker A"));
	CU_ASSERT_TRUE(says(0, "lead_blocks"));
}

static void test_a_core_of_others(void)
{
	all_granted();
	threads[2].granted.cpu = -1;
	facts.desk_err = -EINVAL;
	report();
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_TRUE(says(0, "producer (core 3), desk (core 0)"));
	CU_ASSERT_TRUE(says(0, "isolcpus"));
}

static void test_no_priority_no_lock(void)
{
	all_granted();
	for (int i = 0; i < RT_REPORT_THREADS; i++)
		threads[i].granted.priority = 0;
	facts.rtprio_limit = 0;
	facts.lock_err = -ENOMEM;
	facts.memlock_limit = 8 << 20;
	report();
	CU_ASSERT_EQUAL(out.n, 2);
	CU_ASSERT_TRUE(says(0, "LimitRTPRIO"));
	CU_ASSERT_TRUE(says(0, "producer (FIFO 80)"));
	CU_ASSERT_TRUE(says(1, "LimitMEMLOCK"));
	CU_ASSERT_TRUE(says(1, "8192 KB"));
	facts.locks_memory = false; /* not asked for */
	facts.is_root = true;
	report();
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_TRUE(says(0, "CAP_SYS_NICE"));
}

static void test_what_only_reading_back_finds(void)
{
	all_granted();
	facts.unlocked_bytes = 4096;
	facts.stats_on_disk = true;
	facts.latency_err = -EACCES;
	for (int i = 0; i < RT_REPORT_THREADS; i++)
		threads[i].flushes_denormals = false;
	report();
	CU_ASSERT_EQUAL(out.n, 4);
	CU_ASSERT_TRUE(says(0, "4 KB are not locked"));
	CU_ASSERT_TRUE(says(1, "/run/chronus/stats is on a disk"));
	CU_ASSERT_TRUE(says(2, "denormal"));
	CU_ASSERT_TRUE(says(3, "udev rule"));
	CU_ASSERT_TRUE(strlen(out.lines[3]) < DEGRADED_BYTES - 1); /* not cut */
}

static void test_longest_lines_are_whole(void)
{
	all_granted();
	facts.n_cpus = 1;
	facts.desk_cpu = 200;
	facts.desk_err = -EINVAL;
	for (int i = 0; i < RT_REPORT_THREADS; i++) {
		threads[i].wish.cpu = 255;
		threads[i].granted = (struct rt_wish){.cpu = -1};
	}
	facts.lock_err = -ENOMEM;
	facts.memlock_limit = 1L << 40;
	report();
	CU_ASSERT_EQUAL(out.n, 3);
	for (int i = 0; i < out.n; i++)
		CU_ASSERT_TRUE(strlen(out.lines[i]) < DEGRADED_BYTES - 1);
	CU_ASSERT_TRUE(says(0, "1 core,"));
}

static void test_said_once(void)
{
	memset(&out, 0, sizeof(out));
	n_logged = 0;
	log_set_writer(count_line);
	for (int i = 0; i < 100; i++)
		degraded_add(&out, "no knobs");
	CU_ASSERT_EQUAL(n_logged, 1);
	for (int i = 0; i < DEGRADED_MAX; i++)
		degraded_add(&out, "line %d", i);
	log_set_writer(NULL);
	CU_ASSERT_EQUAL(out.n, DEGRADED_MAX);
}

SUITE_MAIN("rt_report", {"nothing to say", test_nothing_to_say}, {"fewer cores", test_fewer_cores},
	{"a core of others", test_a_core_of_others},
	{"no priority, no lock", test_no_priority_no_lock},
	{"what only reading back finds", test_what_only_reading_back_finds},
	{"the longest lines are whole", test_longest_lines_are_whole},
	{"said once", test_said_once})
