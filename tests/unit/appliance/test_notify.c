/* test_notify.c - the datagrams to a service manager, and when nobody listens. */
#include "appliance/notify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/notified.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct notify notify;

static void test_nobody_listens(void)
{
	unsetenv("NOTIFY_SOCKET");
	setenv("WATCHDOG_USEC", "1000000", 1);
	CU_ASSERT_EQUAL(notify_open(&notify), 0);
	CU_ASSERT_EQUAL(notify.fd, -1);
	CU_ASSERT_EQUAL(notify.watchdog_ns, 0);
	notify_tell(&notify, "READY=1");
	notify_close(&notify);
	setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
	CU_ASSERT_EQUAL(notify_open(&notify), -ENOENT);
	notify_tell(&notify, "READY=1");
	setenv("NOTIFY_SOCKET", "not-a-path", 1);
	CU_ASSERT_EQUAL(notify_open(&notify), -EINVAL);
	CU_ASSERT_EQUAL(notify.fd, -1);
	unsetenv("NOTIFY_SOCKET");
}

static void hear(const char *where)
{
	int fd = notified_open(where);
	const char *text;

	CU_ASSERT_EQUAL(notify_open(&notify), 0);
	notify_tell(&notify, "STATUS=%d blocks", 3);
	notify_tell(&notify, "READY=1");
	text = notified_next(fd, 10000);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "STATUS=3 blocks");
	text = notified_next(fd, 10000);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "READY=1");
	notify_close(&notify);
	notified_close(fd);
}

static void test_is_heard(void)
{
	char name[40];

	hear(spawn_folder());
	snprintf(name, sizeof(name), "@chronus-test-%d", (int)getpid());
	hear(name);
}

/* A manager that does not read: the desk is not held up, and goes on when it is gone. */
static void test_never_waits(void)
{
	int fd = notified_open(spawn_folder());

	CU_ASSERT_EQUAL(notify_open(&notify), 0);
	for (int i = 0; i < 5000; i++)
		notify_tell(&notify, "WATCHDOG=1");
	notified_close(fd);
	notify_tell(&notify, "WATCHDOG=1");
	notify_close(&notify);
}

static int64_t watchdog_ns(const char *usec, const char *pid)
{
	int fd = notified_open(spawn_folder());

	setenv("WATCHDOG_USEC", usec, 1);
	if (pid)
		setenv("WATCHDOG_PID", pid, 1);
	CU_ASSERT_EQUAL(notify_open(&notify), 0);
	notify_close(&notify);
	notified_close(fd);
	return notify.watchdog_ns;
}

static void test_watchdog(void)
{
	char own[20];

	snprintf(own, sizeof(own), "%d", (int)getpid());
	CU_ASSERT_EQUAL(watchdog_ns("5000000", NULL), 5 * NS_PER_S);
	CU_ASSERT_EQUAL(watchdog_ns("250000", own), NS_PER_S / 4);
	CU_ASSERT_EQUAL(watchdog_ns("5000000", "1"), 0);
	CU_ASSERT_EQUAL(watchdog_ns("soon", NULL), 0);
	CU_ASSERT_EQUAL(watchdog_ns("-5", NULL), 0);
	CU_ASSERT_EQUAL(watchdog_ns("", NULL), 0);
}

SUITE_MAIN("notify", {"nobody listens", test_nobody_listens}, {"it is heard", test_is_heard},
	{"it never waits", test_never_waits}, {"the watchdog's time", test_watchdog})
