/* turns.h - a rig's threads take turns in one thread, in an order that a test chooses.
 *
 * It stands in for base/doorbell.c, base/clock.c and base/rt_thread.c at link time. Each thread is a
 * coroutine; wherever it rings, waits, sleeps or reads the clock it may have to stop and let another
 * one go on. The test itself (the desk) is one of them, number 0; the others are numbered as
 * they were started: worker A, worker B, producer. The same order gives the same run, step by step.
 * Deadlock: ends the program, unless somebody waits with a timeout. One test includes this file; its
 * time is virtual while turns are taken. */
#ifndef SUPPORT_TURNS_H
#define SUPPORT_TURNS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

#include "base/clock.h"
#include "base/doorbell.h"
#include "base/rt_thread.h"

enum { TURNS_MAX = 4, TURNS_STACK_BYTES = 256 * 1024, TURNS_MAX_CHANGES = 4 };

/* Who goes on, of those that can. */
struct turns_order {
	/* 0: always the one of the highest rank; the one that is at a step that is named here
	 * gets another rank there. Else: anyone, as the seed and the weights have it. */
	unsigned seed;
	int ranks[TURNS_MAX]; /* or weights */
	int n_changes;
	struct {
		long step; /* rising */
		int rank;
	} changes[TURNS_MAX_CHANGES];
};

enum turns_wait {
	TURNS_RUNS,
	TURNS_WAITS,
	TURNS_WAITS_A_WHILE,
	TURNS_SLEEPS,
	TURNS_JOINS,
	TURNS_ENDED
};

static struct {
	bool are_taken;
	struct turns_order order;
	long n_steps;
	int64_t now_ns;
	int n, current, n_changed;
	struct {
		ucontext_t context;
		enum turns_wait wait;
		const struct doorbell *bell;
		unsigned seen;
		int joins;
		struct rt_thread *thread;
	} at[TURNS_MAX];
	_Alignas(64) char stacks[TURNS_MAX][TURNS_STACK_BYTES];
} turns;

static bool turns_can_go_on(int i)
{
	switch (turns.at[i].wait) {
	case TURNS_WAITS:
	case TURNS_WAITS_A_WHILE:
		return atomic_load(&turns.at[i].bell->rings) != turns.at[i].seen;
	case TURNS_JOINS:
		return turns.at[turns.at[i].joins].wait == TURNS_ENDED;
	default:
		return turns.at[i].wait == TURNS_RUNS;
	}
}

static int turns_pick(const int *who, int n)
{
	int sum = 0, best = 0;

	for (int k = 0; k < n; k++) {
		sum += turns.order.ranks[who[k]];
		if (turns.order.ranks[who[k]] > turns.order.ranks[who[best]])
			best = k;
	}
	if (!turns.order.seed)
		return who[best];
	sum = rand_r(&turns.order.seed) % sum;
	for (int k = 0; k < n; k++)
		if ((sum -= turns.order.ranks[who[k]]) < 0)
			return who[k];
	return who[0];
}

/* Those that wait for time go on when nobody else can; at random, at any time. */
static int turns_next(void)
{
	int who[TURNS_MAX], n = 0;

	for (int i = 0; i < turns.n; i++)
		if (turns_can_go_on(i) || (turns.order.seed && turns.at[i].wait == TURNS_SLEEPS))
			who[n++] = i;
	for (enum turns_wait wait = TURNS_SLEEPS; n == 0; wait = TURNS_WAITS_A_WHILE) {
		for (int i = 0; i < turns.n; i++)
			if (turns.at[i].wait == wait)
				who[n++] = i;
		if (n == 0 && wait == TURNS_WAITS_A_WHILE) {
			fprintf(stderr, "turns: all wait for each other\n");
			abort();
		}
	}
	return turns_pick(who, n);
}

static void turns_step(enum turns_wait wait)
{
	int from = turns.current, to;

	if (!turns.are_taken)
		return;
	turns.at[from].wait = wait;
	turns.n_steps++;
	if (!turns.order.seed && turns.n_changed < turns.order.n_changes &&
		turns.n_steps >= turns.order.changes[turns.n_changed].step)
		turns.order.ranks[from] = turns.order.changes[turns.n_changed++].rank;
	to = turns_next();
	if (to == from) {
		turns.at[from].wait = TURNS_RUNS;
		return;
	}
	turns.current = to;
	turns.at[to].wait = TURNS_RUNS;
	swapcontext(&turns.at[from].context, &turns.at[to].context);
}

static void turns_body(int i)
{
	struct rt_thread *thread = turns.at[i].thread;

	thread->run(thread->arg);
	turns_step(TURNS_ENDED);
}

/* Before rig_open(). After turns_end() (after rig_close()) threads are missed. */
static void turns_begin(const struct turns_order *order)
{
	turns.order = *order;
	turns.n_steps = 0;
	turns.n = 1;
	turns.current = turns.n_changed = 0;
	turns.now_ns = NS_PER_S;
	turns.at[0].wait = TURNS_RUNS;
	turns.are_taken = true;
}

/* From now on everybody has a turn now and then: before rig_stop(), from when on the producer waits
 * for nobody. */
static void turns_be_fair(void)
{
	turns.order = (struct turns_order){.seed = 1, .ranks = {1, 1, 1, 1}};
}

static void turns_end(void)
{
	turns.are_taken = false;
}

/* ---- base/rt_thread.h */

int rt_thread_start(
	struct rt_thread *thread, const struct rt_wish *wish, void *(*run)(void *), void *arg)
{
	int i = turns.n++;

	*thread = (struct rt_thread){.wish = *wish, .run = run, .arg = arg, .is_running = true};
	turns.at[i].thread = thread;
	turns.at[i].wait = TURNS_RUNS;
	getcontext(&turns.at[i].context);
	turns.at[i].context.uc_stack.ss_sp = turns.stacks[i];
	turns.at[i].context.uc_stack.ss_size = TURNS_STACK_BYTES;
	makecontext(&turns.at[i].context, (void (*)(void))turns_body, 1, i);
	return 0;
}

void rt_thread_join(struct rt_thread *thread)
{
	for (int i = 1; i < turns.n && thread->is_running; i++)
		if (turns.at[i].thread == thread && turns.at[i].wait != TURNS_ENDED) {
			turns.at[turns.current].joins = i;
			turns_step(TURNS_JOINS);
		}
	thread->is_running = false;
}

int rt_pin_self(int cpu)
{
	(void)cpu;
	return 0;
}

void rt_raise_limits(void)
{
}

void rt_flush_denormals(void)
{
}

bool rt_flushes_denormals(void)
{
	return false;
}

/* ---- base/doorbell.h */

void doorbell_ring(struct doorbell *bell)
{
	atomic_fetch_add(&bell->rings, 1);
	turns_step(TURNS_RUNS);
}

static unsigned turns_wait_for(struct doorbell *bell, unsigned seen, enum turns_wait wait)
{
	turns.at[turns.current].bell = bell;
	turns.at[turns.current].seen = seen;
	turns_step(wait);
	return atomic_load(&bell->rings);
}

unsigned doorbell_wait(struct doorbell *bell, unsigned seen)
{
	return turns_wait_for(bell, seen, TURNS_WAITS);
}

unsigned doorbell_wait_for(struct doorbell *bell, unsigned seen, int64_t timeout_ns)
{
	(void)timeout_ns;
	return turns_wait_for(bell, seen, TURNS_WAITS_A_WHILE);
}

/* ---- base/clock.h */

int64_t clock_now_ns(void)
{
	struct timespec now;

	if (turns.are_taken) {
		turns_step(TURNS_RUNS);
		return turns.now_ns += NS_PER_US;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t clock_thread_cpu_ns(void)
{
	turns_step(TURNS_RUNS);
	return 0;
}

void clock_sleep_until_ns(int64_t deadline_ns)
{
	turns_step(TURNS_SLEEPS);
	if (deadline_ns > turns.now_ns)
		turns.now_ns = deadline_ns;
}

#endif
