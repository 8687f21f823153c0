"""Random cases, for each property; a failure is shrunk, printed, and written to a folder.

    build/release/tests/soak/test_cases [-n CASES] [-s FIRST_SEED] [-p PROPERTY]... [-o FOLDER]

CHRONUS_CASES says how many of each property, CHRONUS_SEED the first seed."""
import argparse
import os
import re
import sys
import time

import patches
import shrink
from player import Player, PlayerDied
from properties import BY_NAME, NO_CASE, NOT_YET, PROPERTIES, make

ORDINARY, SOAK = 35, 12000  # cases of each property
PLANTED = os.environ.get("CHRONUS_PLANTED")  # a fault is: found or not, no more is asked for
# the property, or the case of it, that a planted fault must fail, as the report names it
ONLY = re.fullmatch(r"FAIL property (\w+)(?:, seed (\d+))?", os.environ.get("CHRONUS_ONLY_TEST", ""))
SHRINK_TRIES, REPEATS = 0 if PLANTED else 300, 3


def read_options():
    parser = argparse.ArgumentParser()
    default = SOAK if os.environ.get("CHRONUS_SOAK") else 20 if PLANTED else ORDINARY
    parser.add_argument("--player", required=True)
    parser.add_argument("-n", type=int, default=int(os.environ.get("CHRONUS_CASES", default)))
    parser.add_argument("-s", type=int, default=int(os.environ.get("CHRONUS_SEED", 1)))
    parser.add_argument("-p", action="append", choices=sorted(PROPERTIES))
    parser.add_argument("-o", default="build/random-cases")
    parser.add_argument("-k", action="store_true", help="go on after a property has failed")
    parser.add_argument("-j", type=int, default=1, help="processes")
    parser.add_argument("-a", action="store_true", help="also what does not hold yet")
    options = parser.parse_args()
    if ONLY:
        options.p = [ONLY[1]]
        if ONLY[2]:
            options.s, options.n = int(ONLY[2]), 1
    return options


def wrong_with(case, player):
    """None, NO_CASE, or what is wrong."""
    try:
        return PROPERTIES[case.prop][1](case, player)
    except (PlayerDied, AssertionError) as died:
        return str(died)


def kind(text):
    """Two failures of one kind are the same failure."""
    return " ".join(text.split(":")[0].split()[:3])


def smallest(case, wrong, player):
    def fails(smaller):
        for _ in range(REPEATS if smaller.prop == "twice" else 1):
            now = wrong_with(smaller, player)
            if now and now != NO_CASE and kind(now) == kind(wrong):
                return True
        return False
    return shrink.shrink(case, fails, SHRINK_TRIES)


def report(case, wrong, folder, player):
    where = os.path.join(folder, "%s-%d" % (case.prop, case.seed))
    os.makedirs(where, exist_ok=True)
    case.write(where)
    wrong = wrong_with(case, player) or "not every time: " + wrong
    text = "property %s, seed %d: %s\n" % (case.prop, case.seed, wrong)
    text += "run: %s\n" % " ".join("%s=%s" % pair for pair in
                                    case.run_settings("a.f32").items())
    text += "render: chronus render %s\n" % " ".join(case.render_options("a.wav"))
    for i, patch in enumerate(case.patches):
        text += "---- p%d.ini\n%s" % (i, patch.text())
    text += "---- config.ini\n%s---- script.txt\n" % case.config()
    text += "".join("%.6f %s\n" % line for line in case.script)
    with open(os.path.join(where, "failure.txt"), "w") as file:
        file.write(text)
    print("FAIL %s(files: %s)" % (text, where), flush=True)


def check(name, rows, player, options, part):
    """Every seed of this part: one of options.j."""
    begin, n, n_none, n_failed = time.monotonic(), 0, 0, 0
    for seed in range(options.s, options.s + options.n)[part::options.j]:
        case = make(name, rows, seed, options.a)
        wrong = wrong_with(case, player)
        n += 1
        if wrong == NO_CASE:
            n_none += 1
        elif wrong:
            n_failed += 1
            report(smallest(case, wrong, player), wrong, options.o, player)
            if not options.k:
                break
    print("%-8s seeds from %d to %d: %d cases, %d failed, %d without a say (%.1f s)" % (
        name, options.s, options.s + options.n - 1, n, n_failed, n_none,
        time.monotonic() - begin), flush=True)
    return n_failed


def check_all(options, part):
    chronus = os.environ.get("CHRONUS", "build/release/chronus")
    player = Player(options.player, chronus)
    names = options.p or [name for name in PROPERTIES if name not in BY_NAME and (
        options.a or name not in NOT_YET)]
    try:
        rows = patches.read_modules(chronus)
        n_failed = 0
        for name in names:
            n_failed += check(name, rows, player, options, part)
            if n_failed and PLANTED:
                break
        return n_failed
    finally:
        player.close()


def main():
    options = read_options()
    if options.j == 1:
        return 1 if check_all(options, 0) else 0
    others = []
    for part in range(options.j):
        others.append(os.fork())
        if others[-1] == 0:
            os._exit(1 if check_all(options, part) else 0)
    return 1 if any([os.waitpid(other, 0)[1] for other in others]) else 0


sys.exit(main())
