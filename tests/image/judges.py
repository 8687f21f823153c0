#!/usr/bin/env python3
"""Shows that the judges of the image's tests can fail: what is wrong is put before each, and must be found.

Each part runs in a process of its own: it puts fakes into the modules of tests.
"""

import importlib
import os
import sys
import tempfile
import traceback

import card

PARTS = ("judges_power", "judges_card", "judges_files")


def run(part):
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = importlib.import_module(part).check(folder)
        print("%s: %d faults, each is found" % (part, found), flush=True)
        os._exit(0)
    except card.Wrong as wrong:
        print("%s: %s" % (part, wrong), flush=True)
    except Exception:
        traceback.print_exc()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(0 if all([run(part) for part in PARTS]) else 1)
