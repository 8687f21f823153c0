"""check_tested.py [TREE] - does every source in firmware/ and board/ have its test?

A source LAYER/x.c is tested by tests/unit/LAYER/test_x.c (a part of a module, modules/x_part.c, too), by the test that finds a fault planted into it
(tests/plants/plants.txt), or else by the tests that a line of its comments names:
"Tested by: e2e/test_run", below tests/ and without .c."""
import glob
import os
import re
import sys

TESTED_BY = re.compile(r"^[ /]\* Tested by: (.*?)\.?(?: \*/)?$", re.M)


def planted(text):
    """Sources to the tests that find a fault in them."""
    found = {}
    for line in text.split("\n"):
        cells = line.split(" | ")
        if len(cells) >= 4 and not line.startswith("#"):
            found.setdefault(cells[1].strip(), []).append(cells[-1].split(":")[0].strip())
    return found


def is_test(name):
    return any(os.path.isfile("tests/" + name + end) for end in ("", ".c"))


def judge(path, text, by_plants):
    layer, name = os.path.basename(os.path.dirname(path)), os.path.basename(path)[:-2]
    named = [test for line in TESTED_BY.findall(text) for test in re.split(r"[, ]+", line)]
    faults = ["%s: there is no tests/%s" % (path, test) for test in named if not is_test(test)]
    whole = name.split("_")[0] if layer == "modules" else name  # osc_fast.c is a part of osc.c
    has_own = any(os.path.isfile("tests/unit/%s/test_%s.c" % (layer, own)) for own in (name, whole))
    if not named and path not in by_plants and not has_own:
        faults.append(
            "%s: nothing says by which test; add tests/unit/%s/test_%s.c, a row of plants.txt, or to its first comment: "
            "Tested by: e2e/test_NAME" % (path, layer, name))  # fmt: skip
    return faults


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else ".")
    with open("tests/plants/plants.txt", encoding="utf-8") as file:
        by_plants = planted(file.read())
    faults, paths = [], sorted(glob.glob("firmware/*/*.c") + glob.glob("board/*.c"))
    for path in paths:
        with open(path, encoding="utf-8") as file:
            faults += judge(path, file.read(), by_plants)
    # what is looked for is seen when it is there
    if not judge("firmware/base/nosuch.c", "/* nosuch.c - x. */\n", by_plants):
        faults.append("a source without a test is not found")
    if not judge("firmware/base/nosuch.c", "/* nosuch.c - x.\n * Tested by: unit/base/test_nosuch */\n", by_plants):
        faults.append("a test that does not exist is not found")
    if judge("firmware/base/nosuch.c", "/* nosuch.c - x.\n * Tested by: e2e/test_cli, rt/test_gates.sh */\n", by_plants):
        faults.append("a source with its tests is refused")
    print("\n".join("check-tested: " + fault for fault in faults) or "check-tested: ok, %d sources" % len(paths))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
