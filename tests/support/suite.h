/* suite.h - main() of a test file: SUITE_MAIN("osc", {"what is true", test_function}, ...) */
#ifndef SUPPORT_SUITE_H
#define SUPPORT_SUITE_H

#include <CUnit/Basic.h>

struct suite_test {
	const char *name;
	void (*run)(void);
};

/* Runs each test in a process of its own: it may change what it likes, and none can lean on one before it. (The one that
 * CHRONUS_ONLY_TEST names runs in this process, for a debugger.) Returns the number of failed checks, for main(). */
int suite_run(const char *name, const struct suite_test *tests, int n_tests);

#define SUITE_MAIN(name, ...)                                                           \
	int main(void)                                                                  \
	{                                                                               \
		static const struct suite_test tests[] = {__VA_ARGS__};                 \
		return suite_run(name, tests, (int)(sizeof(tests) / sizeof(tests[0]))); \
	}

/* 1 in a build with a sanitizer, whose own memory, threads and system calls are not ours. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SUITE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SUITE_SANITIZED 1
#endif
#endif
#ifndef SUITE_SANITIZED
#define SUITE_SANITIZED 0
#endif

/* How often an exploration repeats: n times, and a twentieth of it under a sanitizer, which takes
 * thirty times as long and looks for races and reads outside, not for samples. */
#define SUITE_TIMES(n) (SUITE_SANITIZED ? ((n) + 19) / 20 : (n))

/* Each check of a test goes through here: a planted run (CHRONUS_PLANTED) ends at the first that fails. */
#define CU_assertImplementation suite_check
CU_BOOL suite_check(CU_BOOL is_true, unsigned line, const char *condition, const char *file,
	const char *function, CU_BOOL is_fatal);

/* The text has it somewhere; says both when it has not. */
int suite_has(const char *text, const char *what);

/* Compares, and says both numbers when it fails. */
#define CHECK_BELOW(value, limit) suite_below(#value, value, limit, __FILE__, (unsigned)__LINE__)
void suite_below(const char *what, double value, double limit, const char *file, unsigned line);

/* The same for a figure of `make figures`: the worst value of each `what` is printed in its table,
 * with its unit. */
#define CHECK_FIGURE(what, unit, value, limit) \
	suite_figure(what, unit, value, limit, __FILE__, (unsigned)__LINE__)
void suite_figure(const char *what, const char *unit, double value, double limit, const char *file,
	unsigned line);

#endif
