/* test_doctor.c - each check, on trees as machines have them: what is right is ok, what is wrong is
 * found, by its own line alone. */
#include "cli/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/support/tree.h"

static struct settings settings;
static struct doctor doctor;
static const char *root;
static int core_mhz;

/* A Pi 4 with everything set up. */
static void good_pi(void)
{
	static const char *const cpus[] = {"cpu1", "cpu2", "cpu3"};
	char path[100];

	root = tree_new();
	core_mhz = 1492;
	tree_file("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4");
	settings_default(&settings);
	strcpy(settings.audio.device, "hw:CARD=sndrpihifiberry hw:CARD=Device");
	settings.n_knobs = 1;
	settings.knobs[0].pin_a = 17;
	settings.rt.irq_cpu = 0;
	tree_file("proc/sys/kernel/osrelease", "6.12.25-rt\n");
	tree_file("sys/kernel/realtime", "1\n");
	tree_file("sys/devices/system/cpu/online", "0-3\n");
	tree_file("sys/devices/system/cpu/isolated", "3\n");
	for (size_t i = 0; i < ARRAY_LEN(cpus); i++) {
		snprintf(path, sizeof(path), "sys/devices/system/cpu/%s/cpufreq/scaling_governor",
			cpus[i]);
		tree_file(path, "performance\n");
	}
	tree_file("proc/sys/kernel/sched_rt_runtime_us", "950000\n");
	tree_file("proc/self/status", "Name:\tchronus\nCapEff:\t0000000000000000\n");
	tree_file("proc/self/limits",
		"Limit                     Soft Limit           Hard Limit           Units     \n"
		"Max locked memory         8388608              unlimited            bytes     \n"
		"Max realtime priority     0                    95                   \n");
	tree_file("dev/cpu_dma_latency", "");
	tree_file("dev/gpiochip0", "");
	tree_file("proc/swaps", "Filename\tType\n/dev/zram0   partition\n");
	tree_file("sys/devices/platform/soc/soc:firmware/get_throttled", "0\n");
	tree_file("sys/class/thermal/thermal_zone0/temp", "51540\n");
	tree_file("proc/asound/cards",
		" 0 [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0\n"
		"                      vc4-hdmi-0\n"
		" 1 [sndrpihifiberry]: HifiberryDac - snd_rpi_hifiberry_dac\n"
		"                      snd_rpi_hifiberry_dac\n");
	tree_file("proc/asound/card1/id", "sndrpihifiberry\n");
	tree_file(
		"proc/interrupts", " CPU0 CPU1 CPU2 CPU3\n 23: 9 0 0 0 GICv2 114 Level DMA IRQ\n");
	tree_file("proc/irq/23/smp_affinity_list", "0-3\n");
}

static void examine(void)
{
	doctor = (struct doctor){.root = root, .settings = &settings, .core_mhz = core_mhz};
	doctor_check_machine(&doctor);
	doctor_check_clock(&doctor);
	doctor_check_devices(&doctor);
}

static const struct doctor_line *line_of(const char *what)
{
	for (int i = 0; i < doctor.n; i++)
		if (strcmp(doctor.lines[i].what, what) == 0)
			return &doctor.lines[i];
	CU_FAIL_FATAL("no such line");
	return &doctor.lines[0];
}

/* Only `what` is not ok; it says `text`, and what to do. */
static void only(enum doctor_level level, const char *what, const char *text)
{
	examine();
	for (int i = 0; i < doctor.n; i++) {
		const struct doctor_line *line = &doctor.lines[i];
		bool is_it = strcmp(line->what, what) == 0;

		if (line->level != (is_it ? level : DOCTOR_OK))
			printf("\n  %s: %s (asked for: %s)", line->what, line->found, what);
		CU_ASSERT_EQUAL(line->level, is_it ? level : DOCTOR_OK);
		CU_ASSERT_EQUAL(line->why != NULL, line->level != DOCTOR_OK);
		CU_ASSERT_EQUAL(line->remedy != NULL, line->level != DOCTOR_OK);
	}
	if (!strstr(line_of(what)->found, text))
		printf("\n  %s: %s (expected: %s)", what, line_of(what)->found, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(line_of(what)->found, text));
}

static void test_a_good_pi(void)
{
	good_pi();
	only(DOCTOR_OK, "kernel", "6.12.25-rt, PREEMPT_RT");
	only(DOCTOR_OK, "sound", "hw:CARD=sndrpihifiberry is there");
	only(DOCTOR_OK, "interrupt", "23 of sndrpihifiberry");
	only(DOCTOR_OK, "speed", "1492 MHz of 1500");
	CU_ASSERT_EQUAL(doctor.n, 15);
}

static void test_kernel_and_cores(void)
{
	good_pi();
	tree_file("sys/kernel/realtime", "0\n");
	tree_file("proc/version", "Linux version 6.12 #1 SMP PREEMPT\n");
	only(DOCTOR_WARN, "kernel", "not PREEMPT_RT");
	tree_file("proc/version", "Linux version 6.12 #1 SMP PREEMPT_RT Debian\n");
	only(DOCTOR_OK, "kernel", "PREEMPT_RT");
	good_pi();
	tree_file("sys/devices/system/cpu/isolated", "\n");
	only(DOCTOR_WARN, "isolated", "core 3");
	settings.rt.producer_cpu = -1;
	only(DOCTOR_WARN, "isolated", "producer_cpu = -1");
	good_pi();
	tree_file("sys/devices/system/cpu/online", "0-1\n");
	only(DOCTOR_WARN, "cores", "2 (0-1); [rt] also names 3 2");
	good_pi();
	tree_file("sys/devices/system/cpu/cpu2/cpufreq/scaling_governor", "ondemand\n");
	only(DOCTOR_WARN, "governor", "core 2: ondemand");
}

/* A clock that is not what it should be, and one that nothing can raise. */
static void test_clock(void)
{
	static const char *const files[] = {"cpu1/cpufreq/scaling_governor",
		"cpu2/cpufreq/scaling_governor", "cpu3/cpufreq/scaling_governor"};
	char path[300];

	good_pi();
	tree_file("sys/devices/system/cpu/cpu2/cpufreq/scaling_governor", "ondemand\n");
	tree_file("sys/devices/system/cpu/cpu2/cpufreq/scaling_min_freq", "600000\n");
	tree_file("sys/devices/system/cpu/cpu2/cpufreq/scaling_max_freq", "1500000\n");
	only(DOCTOR_WARN, "governor", "core 2: ondemand");
	tree_file("sys/devices/system/cpu/cpu2/cpufreq/scaling_min_freq", "1500000\n");
	only(DOCTOR_OK, "governor", "fixed");
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/%s", root, files[i]);
		unlink(path);
	}
	only(DOCTOR_FAIL, "governor", "no driver");
	tree_file("proc/device-tree/model", "linux,dummy-virt");
	only(DOCTOR_OK, "governor", "does not change");
	only(DOCTOR_OK, "speed", "1492 MHz");
	good_pi();
	core_mhz = 600;
	only(DOCTOR_FAIL, "speed", "600 MHz; a Raspberry Pi 4 Model B Rev 1.4 has 1500");
	core_mhz = 1200;
	tree_file("proc/device-tree/model", "Raspberry Pi 3 Model B Plus Rev 1.3");
	only(DOCTOR_WARN, "speed", "1200 MHz");
}

static void test_limits(void)
{
	good_pi();
	tree_file("proc/self/limits", "Max locked memory   8388608   8388608   bytes\n"
				      "Max realtime priority   0   95\n");
	only(DOCTOR_WARN, "memory", "8192 KB");
	tree_file("proc/self/limits", "Max locked memory   unlimited   unlimited   bytes\n"
				      "Max realtime priority   0   50\n");
	only(DOCTOR_WARN, "priority", "limit 50");
	tree_file("proc/self/status", "Name:\tx\nCapEff:\t0000000000800000\n"); /* CAP_SYS_NICE */
	only(DOCTOR_OK, "priority", "any");
	tree_file("proc/self/limits", "Max locked memory   0   0   bytes\n");
	tree_file("proc/self/status", "Name:\tx\nCapEff:\t0000000000804000\n"); /* and IPC_LOCK */
	only(DOCTOR_OK, "memory", "may be locked");
	settings.rt.lock_memory = false;
	only(DOCTOR_WARN, "memory", "lock_memory = no");
	good_pi();
	tree_file("proc/sys/kernel/sched_rt_runtime_us", "10000\n");
	only(DOCTOR_WARN, "rt budget", "10000 us");
}

static void test_idle_swap_power(void)
{
	char path[300];

	good_pi();
	snprintf(path, sizeof(path), "%s/dev/cpu_dma_latency", root);
	unlink(path);
	only(DOCTOR_OK, "idle cores", "never");
	tree_file("sys/devices/system/cpu/cpuidle/current_driver", "psci_idle\n");
	only(DOCTOR_WARN, "idle cores", "No such file");
	good_pi();
	tree_file("proc/swaps", "Filename\tType\n/var/swap    file\n/dev/zram0   partition\n");
	only(DOCTOR_WARN, "swap", "on /var/swap");
	good_pi();
	tree_file("sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n");
	only(DOCTOR_FAIL, "power", "voltage is too low now, slowed down (0x50005)");
	tree_file("sys/devices/platform/soc/soc:firmware/get_throttled", "8\n");
	only(DOCTOR_FAIL, "power", "slowed down now");
	tree_file("sys/devices/platform/soc/soc:firmware/get_throttled", "50000\n");
	only(DOCTOR_WARN, "power", "voltage was too low since the boot");
	good_pi();
	tree_file("sys/class/thermal/thermal_zone0/temp", "83000\n");
	only(DOCTOR_WARN, "temperature", "83 C");
}

static void test_sound(void)
{
	good_pi();
	strcpy(settings.audio.device, "hw:CARD=Device hw:7");
	settings.rt.irq_cpu = SETTINGS_NO_CPU;
	only(DOCTOR_FAIL, "sound", "cards: vc4hdmi0, sndrpihifiberry");
	strcpy(settings.audio.device, "hw:CARD=Device plughw:0,0");
	only(DOCTOR_OK, "sound", "plughw:0,0 is there");
	strcpy(settings.audio.device, "hw:CARD=sndrpi");
	only(DOCTOR_FAIL, "sound", "no card of");
	strcpy(settings.audio.device, "hw:CARD=none auto");
	only(DOCTOR_OK, "sound", "auto is there");
	strcpy(settings.audio.device, "default");
	only(DOCTOR_OK, "sound", "not looked at");
	tree_file("proc/asound/cards", "--- no soundcards ---\n");
	strcpy(settings.audio.device, "auto");
	only(DOCTOR_FAIL, "sound", "cards: none");
	strcpy(settings.audio.device, "simulated");
	only(DOCTOR_OK, "sound", "simulated");
}

static void test_gpio_and_irq(void)
{
	char path[300];

	good_pi();
	snprintf(path, sizeof(path), "%s/dev/gpiochip0", root);
	unlink(path);
	only(DOCTOR_WARN, "gpio", "no /dev/gpiochip");
	settings.n_knobs = 0;
	only(DOCTOR_OK, "gpio", "no pins");
	good_pi();
	tree_file("proc/interrupts", " CPU0\n 5: 1 GIC 1 Level uart\n");
	only(DOCTOR_WARN, "interrupt", "no line");
	good_pi();
	snprintf(path, sizeof(path), "%s/proc/irq/23/smp_affinity_list", root);
	unlink(path);
	only(DOCTOR_WARN, "interrupt", "cannot be moved");
}

/* Threads by name and priority, files as they are, what is not there as such; nothing secret. */
static void test_report(void)
{
	char *text = NULL;
	size_t n_bytes;
	FILE *to = open_memstream(&text, &n_bytes);

	good_pi();
	tree_file("proc/70/comm", "irq/23-DMA IRQ\n");
	tree_file("proc/70/stat",
		"70 (irq/23-DMA IRQ) S 2 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 -86 0 1 0 95 "
		"0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 3 85 1 "
		"0 0 0\n");
	tree_file("proc/71/comm", "systemd\n");
	tree_file("proc/71/stat", "71 (systemd) S\n");
	tree_file("boot/firmware/config.txt", "force_turbo=1\n");
	tree_file("boot/firmware/wifi.conf", "psk=secret\n");
	tree_file("boot/firmware/authorized_keys", "ssh-ed25519 secret\n");
	doctor = (struct doctor){.root = root, .settings = &settings};
	doctor_report(&doctor, to);
	fclose(to);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "irq/23-DMA IRQ     1 85  3\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "\nsystemd"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "== /proc/device-tree/model\nRaspberry Pi 4 Model B Rev 1.4\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "== /boot/firmware/config.txt\nforce_turbo=1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "== /run/chronus-boot/messages: not there\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "secret"));
	free(text);
}

static void test_an_empty_root(void)
{
	good_pi();
	root = "/nonexistent";
	examine();
	for (int i = 0; i < doctor.n; i++)
		CU_ASSERT_TRUE(doctor.lines[i].found[0]);
	CU_ASSERT_EQUAL(line_of("sound")->level, DOCTOR_FAIL);
}

static void test_cpu_lists(void)
{
	CU_ASSERT_TRUE(cpu_list_has("0-2,4", 2) && cpu_list_has("0-2,4", 4));
	CU_ASSERT_FALSE(cpu_list_has("0-2,4", 3) || cpu_list_has("", 0) || cpu_list_has("x", 0));
	CU_ASSERT_EQUAL(cpu_list_count("0-2,4"), 4);
	CU_ASSERT_EQUAL(cpu_list_count(""), 0);
}

SUITE_MAIN("doctor", {"a good Pi", test_a_good_pi}, {"kernel and cores", test_kernel_and_cores},
	{"clock", test_clock}, {"limits", test_limits}, {"idle, swap, power", test_idle_swap_power},
	{"sound", test_sound}, {"GPIO and interrupts", test_gpio_and_irq}, {"report", test_report},
	{"an empty root", test_an_empty_root}, {"lists of cores", test_cpu_lists})
