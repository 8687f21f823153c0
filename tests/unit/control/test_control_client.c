/* test_control_client.c - more clients than places: who stays, who makes room for a new one. */
#include <stdbool.h>

#include "base/clock.h"
#include "tests/support/control_bench.h"

static const char sent_away[] = "error: closed: all places are taken";

/* A new client asks; is it answered? It stays connected. */
static bool newcomer_is_answered(struct control_socket *cs, int *fd)
{
	*fd = client_connect();
	serve(cs);
	tell(*fd, "hello\n", 6);
	serve(cs);
	return strcmp(heard(*fd), "ok hello\n") == 0;
}

static bool is_closed(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0) == 0;
}

static bool is_sent_away(int fd)
{
	return strncmp(heard(fd), sent_away, strlen(sent_away)) == 0 && is_closed(fd);
}

/* A client in each place; those from n_silent on ask something, a second apart. */
static struct control_socket *server_full(int clients[CONTROL_MAX_CLIENTS], int n_silent)
{
	struct control_socket *cs = server_open();

	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
		clients[i] = client_connect();
		serve(cs);
		if (i < n_silent)
			continue;
		now_ns += NS_PER_S;
		tell(clients[i], "a\n", 2);
		serve(cs);
		CU_ASSERT_STRING_EQUAL(heard(clients[i]), "ok a\n");
	}
	return cs;
}

static void close_all(struct control_socket *cs, const int *clients, int n_clients)
{
	for (int i = 0; i < n_clients; i++)
		close(clients[i]);
	control_socket_close(cs);
}

/* At once, and each time the one that has stood still longest goes. */
static void test_idle_ones_make_room(void)
{
	int clients[CONTROL_MAX_CLIENTS], more[12];
	struct control_socket *cs = server_full(clients, CONTROL_MAX_CLIENTS);

	now_ns += CONTROL_SILENT_S * NS_PER_S;
	for (int i = 0; i < 12; i++)
		CU_ASSERT_TRUE(newcomer_is_answered(cs, &more[i]));
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		CU_ASSERT_TRUE(is_sent_away(clients[i]));
	close_all(cs, more, 12);
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		close(clients[i]);

	cs = server_full(clients, 0);
	now_ns += NS_PER_S;
	tell(clients[0], "b\n", 2);
	serve(cs);
	CU_ASSERT_TRUE(newcomer_is_answered(cs, &more[0]));
	CU_ASSERT_TRUE(is_sent_away(clients[1]));
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		CU_ASSERT_EQUAL(i == 1 || !is_closed(clients[i]), true);
	close(more[0]);
	close_all(cs, clients, CONTROL_MAX_CLIENTS);
}

/* One that asked nothing yet has just been started: those that were answered go first. */
static void test_silent_ones(void)
{
	int clients[CONTROL_MAX_CLIENTS], fd, other;
	struct control_socket *cs = server_full(clients, CONTROL_MAX_CLIENTS);

	tell(clients[CONTROL_MAX_CLIENTS - 1], "a\n", 2);
	serve(cs);
	CU_ASSERT_STRING_EQUAL(heard(clients[CONTROL_MAX_CLIENTS - 1]), "ok a\n");
	CU_ASSERT_TRUE(newcomer_is_answered(cs, &fd));
	CU_ASSERT_TRUE(is_sent_away(clients[CONTROL_MAX_CLIENTS - 1]));
	now_ns += CONTROL_SILENT_S * NS_PER_S;
	CU_ASSERT_TRUE(newcomer_is_answered(cs, &other));
	CU_ASSERT_TRUE(is_sent_away(clients[0]));
	close_all(cs, clients, CONTROL_MAX_CLIENTS);
	close(fd);
	close(other);
	/* where there are no others they go, too: nobody is locked out, not for a second */
	cs = server_full(clients, CONTROL_MAX_CLIENTS);
	CU_ASSERT_TRUE(newcomer_is_answered(cs, &fd));
	CU_ASSERT_TRUE(is_sent_away(clients[0]));
	close(fd);
	close_all(cs, clients, CONTROL_MAX_CLIENTS);
}

/* Not in the middle of a request, as long as it comes. */
static void test_open_requests_stay(void)
{
	int clients[CONTROL_MAX_CLIENTS], fds[CONTROL_MAX_CLIENTS + 1];
	struct control_socket *cs = server_full(clients, 0);

	now_ns += 60 * NS_PER_S;
	tell(clients[0], "se", 2);
	serve(cs);
	now_ns += CONTROL_REQUEST_S * NS_PER_S - 1;
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		CU_ASSERT_TRUE(newcomer_is_answered(cs, &fds[i]));
	tell(clients[0], "t x 1\n", 6);
	serve(cs);
	CU_ASSERT_STRING_EQUAL(heard(clients[0]), "ok set x 1\n");
	now_ns += NS_PER_S;
	tell(clients[0], "half", 4);
	serve(cs);
	now_ns += CONTROL_REQUEST_S * NS_PER_S; /* byte by byte is no progress */
	tell(clients[0], "a", 1);
	for (int i = 1; i < CONTROL_MAX_CLIENTS; i++)
		tell(fds[i], "b\n", 2);
	serve(cs);
	CU_ASSERT_TRUE(newcomer_is_answered(cs, &fds[CONTROL_MAX_CLIENTS]));
	CU_ASSERT_TRUE(is_sent_away(clients[0]));
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		close(clients[i]);
	close_all(cs, fds, CONTROL_MAX_CLIENTS + 1);
}

/* Who waits for a commit is not idle; where all do, a new one hears why it cannot be served. */
static void test_waiting_ones_stay(void)
{
	int clients[CONTROL_MAX_CLIENTS], fd;
	struct control_socket *cs = server_full(clients, 0);

	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		tell(clients[i], "commit now\n", 11);
	serve(cs);
	now_ns += 1000 * NS_PER_S;
	fd = client_connect();
	serve(cs);
	CU_ASSERT_STRING_EQUAL(heard(fd),
		"error: too many clients: each is in the middle of a request; ask again\n");
	CU_ASSERT_TRUE(is_closed(fd));
	close(fd);
	control_socket_answer(cs, CONTROL_LATER, "ok committed");
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		CU_ASSERT_STRING_EQUAL(heard(clients[i]), "ok committed\n");
	CU_ASSERT_TRUE(newcomer_is_answered(cs, &fd));
	close(fd);
	close_all(cs, clients, CONTROL_MAX_CLIENTS);
}

/* As many as the queue holds call at once, and ask a little later. */
static void test_a_crowd(void)
{
	int clients[CONTROL_MAX_CLIENTS], fds[CONTROL_MAX_CLIENTS + 1], n_answered = 0;
	struct control_socket *cs = server_full(clients, 0);

	for (int i = 0; i <= CONTROL_MAX_CLIENTS; i++)
		fds[i] = client_connect();
	control_socket_serve(cs, now_ns, execute, &n_executed);
	for (int i = 0; i <= CONTROL_MAX_CLIENTS; i++)
		tell(fds[i], "hello\n", 6);
	serve(cs);
	for (int i = 0; i <= CONTROL_MAX_CLIENTS; i++)
		n_answered += strncmp(heard(fds[i]), "ok hello\n", 9) == 0;
	CU_ASSERT_EQUAL(n_answered, CONTROL_MAX_CLIENTS + 1);
	for (int i = 0; i <= CONTROL_MAX_CLIENTS; i++)
		close(fds[i]);
	close_all(cs, clients, CONTROL_MAX_CLIENTS);
}

int main(void)
{
	static const struct suite_test tests[] = {{"idle ones make room", test_idle_ones_make_room},
		{"silent ones", test_silent_ones}, {"open requests stay", test_open_requests_stay},
		{"waiting ones stay", test_waiting_ones_stay}, {"a crowd", test_a_crowd}};

	return bench_run("control_client", tests, (int)ARRAY_LEN(tests));
}
