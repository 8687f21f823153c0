#!/bin/sh
# Of the test programs given those that ThreadSanitizer can find a race in: they make threads, as their symbols say, or
# they start the program, which does. `make VARIANT=tsan check` runs these.
for test in "$@"; do
	case $test in
	*/tests/e2e/*) echo "$test" ;;
	*) case $(nm -u "$test" || echo thrd_create) in *pthread_create* | *thrd_create*) echo "$test" ;; esac ;;
	esac
done
