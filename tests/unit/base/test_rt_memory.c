/* test_rt_memory.c - locked memory as /proc tells it, pages written to, the idle limit held. */
#include "base/rt_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "appliance/cpu_latency.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static long unlocked(const char *text)
{
	return rt_unlocked_bytes(spawn_file("smaps", text));
}

static void test_reads_smaps(void)
{
	CU_ASSERT_EQUAL(
		unlocked("5500-5600 rw-p 00000000 00:00 0\nSize: 8 kB\nVmFlags: rd wr lo \n"), 0);
	CU_ASSERT_EQUAL(unlocked("5500-5600 rw-p 00000000 00:00 0\nSize: 8 kB\nVmFlags: rd wr lo \n"
				 "a500-a600 r-xp 00000000 00:00 0 /lib/x\nSize: 12 kB\n"
				 "VmFlags: rd ex mr \n"),
		12 * 1024);
	CU_ASSERT_EQUAL(unlocked("1-2 rw-s 0 0:0 0 /dev/snd/x\nSize: 8 kB\nVmFlags: rd wr io de \n"
				 "3-4 ---p 0 0:0 0\nSize: 64 kB\nVmFlags: mr mw me \n"
				 "5-6 rw-p 0 0:0 0\nSize: 4 kB\nVmFlags: rd wr mr mw dd dp \n"
				 "ff-ff --xp 0 0:0 0   [vsyscall]\nSize: 4 kB\nVmFlags: ex \n"),
		0);
	CU_ASSERT_EQUAL(rt_unlocked_bytes("/nonexistent"), -ENOENT);
}

/* The same with the kernel's own file: a page that is let go is found. */
static void test_finds_an_unlocked_page(void)
{
	long page_bytes = sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, (size_t)page_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (SUITE_SANITIZED || rt_lock_memory() < 0) {
		printf("(memory cannot be locked here) ");
		munmap(page, (size_t)page_bytes);
		return;
	}
	CU_ASSERT_EQUAL(rt_unlocked_bytes("/proc/self/smaps"), 0);
	munlock(page, (size_t)page_bytes);
	CU_ASSERT_EQUAL(rt_unlocked_bytes("/proc/self/smaps"), page_bytes);
	munlockall();
	CU_ASSERT_TRUE(rt_unlocked_bytes("/proc/self/smaps") > page_bytes);
	munmap(page, (size_t)page_bytes);
}

static void test_touch(void)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE), n_bytes = 4 * page_bytes;
	unsigned char present[4] = {0};
	char *at = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	at[page_bytes] = 7;
	rt_touch(at + 1, n_bytes - 1);
	CU_ASSERT_EQUAL(at[page_bytes], 7);
	CU_ASSERT_EQUAL(mincore(at, n_bytes, present), 0);
	for (int i = 0; i < 4; i++)
		CU_ASSERT_TRUE(present[i] & 1);
	rt_touch(at, 0);
	munmap(at, n_bytes);
}

static void test_cpu_latency(void)
{
	const char *path = spawn_file("latency", "xxxx");
	int32_t held = -1;
	int fd = cpu_latency_hold(path, 0), file;

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	file = open(path, O_RDONLY);
	CU_ASSERT_EQUAL(read(file, &held, sizeof(held)), (ssize_t)sizeof(held));
	CU_ASSERT_EQUAL(held, 0);
	close(file);
	close(fd);
	CU_ASSERT_EQUAL(cpu_latency_hold("/nonexistent", 0), -ENOENT);
	CU_ASSERT_EQUAL(cpu_latency_hold("/dev/null", 0), -EIO);  /* nothing to read back */
	CU_ASSERT_EQUAL(cpu_latency_hold("/dev/zero", -1), -EIO); /* something else holds */
}

static void test_is_in_memory(void)
{
	if (access("/dev/shm", F_OK) == 0)
		CU_ASSERT_TRUE(rt_is_in_memory("/dev/shm"));
	CU_ASSERT_FALSE(rt_is_in_memory("/proc"));
	CU_ASSERT_FALSE(rt_is_in_memory("/nonexistent"));
}

SUITE_MAIN("rt_memory", {"reads smaps", test_reads_smaps},
	{"finds an unlocked page", test_finds_an_unlocked_page}, {"touch", test_touch},
	{"cpu latency", test_cpu_latency}, {"is in memory", test_is_in_memory})
