/* More clients than places, at the control socket of a run and at the card's service: idle and slow ones
 * lock nobody out. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "card/seat.h"
#include "control/control_socket.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

static struct spawned said;

/* ---- the control socket */

static int silent_caller(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/control.sock", spawn_folder());
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void test_control_socket(void)
{
	int fds[CONTROL_MAX_CLIENTS + 2];
	char log[300];
	pid_t pid;

	snprintf(log, sizeof(log), "%s/log", spawn_folder());
	pid = spawn_start(
		log, "run --config %s", spawn_file("run.ini", "[audio]\ndevice = simulated\n"));
	spawn_until(&said, "send commit", "ok");
	for (int i = 0; i < (int)ARRAY_LEN(fds); i++)
		fds[i] = silent_caller();
	for (int i = 0; i < 3; i++) {
		spawn_chronus(&said, "send nonsense"); /* answered, if only by an error */
		CU_ASSERT_EQUAL(said.status, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "nonsense"));
	}
	for (int i = 0; i < (int)ARRAY_LEN(fds); i++)
		close(fds[i]);
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* ---- the card's service: systemd starts a process for each connection, here we do */

struct asker {
	pid_t pid;
	int fd;
	char answer[500];
};

static void ask(struct asker *asker, const char *bytes)
{
	const char *program = getenv("CHRONUS");
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	fflush(NULL);
	asker->pid = fork();
	if (asker->pid == 0) {
		dup2(pair[0], STDIN_FILENO);
		dup2(pair[0], STDOUT_FILENO);
		freopen("/dev/null", "w", stderr);
		execl(program ? program : "build/release/chronus", "chronus", "card", (char *)NULL);
		_exit(127);
	}
	close(pair[0]);
	asker->fd = pair[1];
	CU_ASSERT_EQUAL(
		send(asker->fd, bytes, strlen(bytes), MSG_NOSIGNAL), (ssize_t)strlen(bytes));
}

static void end(struct asker *asker)
{
	ssize_t got;
	size_t n = 0;

	while (n < sizeof(asker->answer) - 1 &&
		(got = read(asker->fd, asker->answer + n, sizeof(asker->answer) - 1 - n)) > 0)
		n += (size_t)got;
	asker->answer[n] = '\0';
	close(asker->fd);
	waitpid(asker->pid, NULL, 0);
}

/* A newcomer, which asks all at once. */
static const char *answer_to(const char *request)
{
	static struct asker asker;

	ask(&asker, request);
	shutdown(asker.fd, SHUT_WR);
	end(&asker);
	return asker.answer;
}

/* Waits until the seat's file says that its holder has this state. */
static void wait_for(int seat, const char *state)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/run/chronus-card/seat%d", getenv("CHRONUS_ROOT"), seat);
	while (strncmp(spawn_text(path), state, 1) != 0)
		usleep(2000);
}

static void begin(void)
{
	setenv("CHRONUS_ROOT", tree_new(), 1);
	tree_file("boot/firmware/slot.txt", "os_prefix=a/\n");
	tree_file("run/chronus-card/made", "");
	tree_file("data/made", "");
}

#define HALF "edit a.ini 34\n[osc1]\ntype = "
#define REST "osc\n[out]\nin = osc1\n"

/* Silent ones and slow ones in all seats: each newcomer is answered, who has time left stays. */
static void test_card(void)
{
	static const char replaced[] = "ok patches/a.ini replaced";
	static const char *const slow[SEATS][2] = {
		{"", "s"}, {"upd", "s"}, {HALF, "r"}, {"update\n", "u"}};
	struct asker askers[SEATS];

	begin();
	for (int i = 0; i < SEATS; i++) {
		ask(&askers[i], slow[i][0]);
		wait_for(i, slow[i][1]);
	}
	for (int i = 0; i < SEATS + 1; i++)
		CU_ASSERT_EQUAL(strncmp(answer_to(HALF REST), replaced, strlen(replaced)), 0);
	end(&askers[0]); /* the one that was silent longest */
	CU_ASSERT_PTR_NOT_NULL(strstr(askers[0].answer, "error: closed: all 4 places are taken"));
	send(askers[2].fd, REST, strlen(REST), MSG_NOSIGNAL);
	end(&askers[2]);
	CU_ASSERT_PTR_NOT_NULL(strstr(askers[2].answer, replaced));
	for (int i = 1; i < SEATS; i += 2) {
		shutdown(askers[i].fd, SHUT_WR);
		end(&askers[i]);
		CU_ASSERT_PTR_NOT_NULL(strstr(askers[i].answer, "error: "));
		CU_ASSERT_PTR_NULL(strstr(askers[i].answer, "places are taken"));
	}
}

/* An upload that stands still locks no other one out, though there are seats. */
static void test_update_that_stands_still(void)
{
	struct asker asker;

	begin();
	ask(&asker, "update\n");
	wait_for(0, "u");
	while (strstr(answer_to("update\n"), "another update is under way"))
		usleep(100000);
	end(&asker);
	CU_ASSERT_PTR_NOT_NULL(strstr(asker.answer, "stood still for 10 s"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer_to("update\n"), "neither a .img.zst"));
}

SUITE_MAIN("clients", {"the control socket", test_control_socket}, {"the card", test_card},
	{"an update that stands still", test_update_that_stands_still})
