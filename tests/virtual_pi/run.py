#!/usr/bin/env python3
"""Runs the tests of the virtual Pi: run.py [NAME-PART...]; all of them without arguments.

Each run is one boot; as many go on at once as VIRTUAL_PI_JOBS says (default: the cores, 2 at most).
"""

import concurrent.futures
import glob
import importlib
import os
import signal
import sys
import time
import traceback

import bench


def all_tests():
    tests = []
    for path in sorted(glob.glob(os.path.join(bench.HERE, "test_*.py"))):
        tests += importlib.import_module(os.path.basename(path)[:-3]).TESTS
    return tests


def boot(run):
    begin = time.monotonic()
    try:
        run.boot()
        return None, time.monotonic() - begin
    except bench.Wrong as wrong:
        return str(wrong), time.monotonic() - begin


def judge(test, trouble):
    if trouble:
        return trouble, ""
    try:
        return None, test.judge(test.run)
    except bench.Wrong as wrong:
        return str(wrong), ""
    except Exception:  # a judge that fails is a test that fails
        return traceback.format_exc(), ""


def main(wanted):
    tests = [t for t in all_tests() if not wanted or any(w in t.name for w in wanted)]
    if not tests:
        print("no test has %s in its name; there are: %s" % (
            " or ".join(wanted), " ".join(t.name for t in all_tests())))
        return 2
    runs = {t.run.name: t.run for t in tests}
    jobs = int(os.environ.get("VIRTUAL_PI_JOBS") or min(2, os.cpu_count() or 1))
    print("%d tests in %d boots, %d at once" % (len(tests), len(runs), jobs), flush=True)
    passed = failed = 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    pool = concurrent.futures.ThreadPoolExecutor(jobs)
    try:
        boots = {pool.submit(boot, run): run for run in runs.values()}
        for done in concurrent.futures.as_completed(boots):
            trouble, seconds = done.result()
            for test in (t for t in tests if t.run is boots[done]):
                wrong, figures = judge(test, trouble)
                if wrong:
                    failed += 1
                    print("  FAIL  %s" % test.name)
                    print("        " + wrong.strip().replace("\n", "\n        "))
                    print("        recording, logs and journal: %s" % test.run.results, flush=True)
                else:
                    passed += 1
                    print("  ok    %s (%d s): %s" % (test.name, seconds, figures), flush=True)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        bench.stop_all()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
