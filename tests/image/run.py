#!/usr/bin/env python3
"""Runs the tests of the card's image: run.py [NAME-PART...]; all of them without arguments."""

import glob
import importlib
import os
import signal
import sys
import time
import traceback

import card


def all_tests():
    tests = []
    for path in sorted(glob.glob(os.path.join(card.HERE, "test_*.py"))):
        tests += importlib.import_module(os.path.basename(path)[:-3]).TESTS
    return tests


def run(name, test):
    begin = time.monotonic()
    try:
        figures = test()
        print("  ok    %s (%d s): %s" % (name, time.monotonic() - begin, figures), flush=True)
        return True
    except card.Wrong as wrong:
        trouble = str(wrong)
    except Exception:  # a test that breaks is a test that fails
        trouble = traceback.format_exc()
    finally:
        card.stop_all()
    print("  FAIL  %s\n        %s" % (name, trouble.strip().replace("\n", "\n        ")))
    print("        cards and consoles: %s" % card.TESTS, flush=True)
    return False


def main(wanted):
    tests = [t for t in all_tests() if not wanted or any(w in t[0] for w in wanted)]
    if not tests:
        print("no test has %s in its name; there are: %s" % (
            " or ".join(wanted), " ".join(t[0] for t in all_tests())))
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        passed = sum(run(name, test) for name, test in tests)
    finally:
        card.stop_all()
    print("%d passed, %d failed" % (passed, len(tests) - passed))
    return 0 if passed == len(tests) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
