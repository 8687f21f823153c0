/* `save` where the folder of the patches is not the program's to write, as on the card: the service that may
 * write there does it. Here a process of our own stands for systemd and its privileged unit. */
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

#define WRITTEN "; mine\n[osc1]\ntype = osc\nfreq_hz = 220 ; low\n[out]\nin = osc1 * 0.1\n"

static struct spawned said;
static const char *root;

static const char *below(const char *path)
{
	static char paths[4][300];
	static int next;
	char *at = paths[next++ % 4];

	snprintf(at, sizeof(paths[0]), "%s/%s", root, path);
	return at;
}

/* One request: `chronus card` on its connection, in a folder that can be written meanwhile. */
static void serve(int fd)
{
	const char *program = getenv("CHRONUS"), *folder = below("boot/firmware/patches");
	pid_t pid;

	chmod(folder, 0755);
	pid = fork();
	if (pid == 0) {
		dup2(fd, STDIN_FILENO);
		dup2(fd, STDOUT_FILENO);
		execl(program ? program : "build/release/chronus", "chronus", "card", (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	chmod(folder, 0555);
	close(fd);
}

static pid_t service_start(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;
	pid_t pid;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", below("run/chronus-card.sock"));
	CU_ASSERT_EQUAL_FATAL(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(listener, 4), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while ((fd = accept(listener, NULL, NULL)) >= 0)
			serve(fd);
		_exit(1);
	}
	close(listener);
	return pid;
}

static void begin(void)
{
	root = tree_new();
	setenv("CHRONUS_ROOT", root, 1);
	tree_file("boot/firmware/slot.txt", "os_prefix=a/\n");
	tree_file("boot/firmware/patches/tone.ini", WRITTEN);
	tree_file("run/chronus-card/made", "");
	tree_file("data/made", "");
	chmod(below("boot/firmware/patches"), 0555);
	/* root writes where it wants, but for what it starts from now on */
	if (geteuid() == 0)
		prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE);
}

static bool holds(const char *name, const char *text)
{
	char path[100];

	snprintf(path, sizeof(path), "boot/firmware/patches/%s", name);
	return strcmp(spawn_text(below(path)), text) == 0;
}

static void asks(const char *command, const char *answer)
{
	const char *program = getenv("CHRONUS");
	char line[300];
	FILE *pipe;
	size_t n = 0;

	snprintf(line, sizeof(line), "%s send '%s' 2>&1",
		program ? program : "build/release/chronus", command);
	pipe = popen(line, "r");
	if (pipe) {
		n = fread(said.text, 1, sizeof(said.text) - 1, pipe);
		pclose(pipe);
	}
	said.text[n] = '\0';
	CU_ASSERT_PTR_NOT_NULL(strstr(said.text, answer));
	if (!strstr(said.text, answer))
		printf("\n  %s: %s", command, said.text);
}

static void test_service_writes(void)
{
	char settings[600], saved[1000];
	pid_t service, pid;

	begin();
	service = service_start();
	snprintf(settings, sizeof(settings), "[audio]\ndevice = simulated\n[start]\npatch = %s\n",
		below("boot/firmware/patches/tone.ini"));
	pid = spawn_start(spawn_path("log"), "run --config %s", spawn_file("run.ini", settings));
	spawn_until(&said, "send list", "tone.ini: playing");
	asks("set osc1.freq_hz 333", "ok");
	asks("save", "ok saved as ");
	CU_ASSERT_TRUE(holds("tone.ini",
		"; mine\n[osc1]\ntype = osc\nfreq_hz = 333 ; low\n[out]\nin = osc1 * 0.1\n"));
	CU_ASSERT_TRUE(holds("tone.ini~", WRITTEN));
	asks("save other", "other.ini");
	snprintf(saved, sizeof(saved), "%s", spawn_text(below("boot/firmware/patches/tone.ini")));
	CU_ASSERT_TRUE(holds("other.ini", saved));
	/* nobody who may write it: said, and all is as it was */
	kill(service, SIGKILL);
	waitpid(service, NULL, 0);
	asks("set osc1.freq_hz 444", "ok");
	asks("save", "error: ");
	CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "chronus-card.sock"));
	CU_ASSERT_TRUE(holds("tone.ini", saved));
	asks("get osc1.freq_hz", "= 444 Hz");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	chmod(below("boot/firmware/patches"), 0755);
}

SUITE_MAIN("save on the card", {"the service writes", test_service_writes})
