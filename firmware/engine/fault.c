/* Tested by: soak/test_failover */
#include "engine/fault.h"

#include <signal.h>
#include <stddef.h>

#include "base/rt_poison.h"

enum { ALT_STACK_BYTES = 32 * 1024 };

static _Thread_local sigjmp_buf *safe_place; /* NULL: not a worker */
static _Thread_local _Alignas(16) char alt_stack[ALT_STACK_BYTES];

static _Thread_local stack_t stack_before;

static const int caught[] = {SIGSEGV, SIGFPE, SIGBUS, SIGILL};

const char *fault_name(enum fault_kind kind)
{
	static const char *const names[N_FAULT_KINDS] = {
		[FAULT_NONE] = "none",
		[FAULT_STALL] = "stall",
		[FAULT_SEGV] = "segv",
		[FAULT_FPE] = "fpe",
		[FAULT_BUS] = "bus",
		[FAULT_ILL] = "ill",
		[FAULT_NAN] = "nan",
	};

	return names[kind];
}

static void on_fault(int number)
{
	if (safe_place)
		siglongjmp(*safe_place, number);
	signal(number, SIG_DFL); /* not ours: it happens again, and ends the program as it should */
}

void fault_handlers_install(void)
{
	struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaction(caught[i], &action, NULL);
}

void fault_enter(sigjmp_buf *place)
{
	stack_t stack = {.ss_sp = alt_stack, .ss_size = sizeof(alt_stack)};

	sigaltstack(&stack, &stack_before);
	safe_place = place;
}

void fault_return_to(sigjmp_buf *place)
{
	safe_place = place;
}

void fault_leave(void)
{
	safe_place = NULL;
	sigaltstack(&stack_before, NULL);
}

void fault_strike(enum fault_kind kind)
{
	static const int signals[N_FAULT_KINDS] = {[FAULT_SEGV] = SIGSEGV,
		[FAULT_FPE] = SIGFPE,
		[FAULT_BUS] = SIGBUS,
		[FAULT_ILL] = SIGILL};

	if (signals[kind])
		raise(signals[kind]);
}
