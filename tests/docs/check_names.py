"""check_names.py [TREE] - does every function that a comment or a README names, as name(), exist? Do comments begin with a
subject, and does the field's word stand for each thing?"""
import glob
import os
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
# Named as what others have, and called by nothing here.
FOREIGN = {"strtok", "setlocale", "malloc", "usleep"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def named_in(path, text):
    """(line, name) of each name() that stands in a comment, or in a README."""
    parts = [(0, text)] if path.endswith(".md") else [(m.start(), m.group()) for m in COMMENT.finditer(text)]
    for begin, part in parts:
        for found in re.finditer(r"(?<![\w>])([a-z_][a-z0-9_]*)\(\)", part):
            yield text.count("\n", 0, begin + found.start()) + 1, found.group(1)


def functions_of(texts):
    """Every name that code calls, declares or defines as a function."""
    names = set()
    for path, text in texts.items():
        if not path.endswith(".md"):
            code = COMMENT.sub(" ", text)
            names |= set(re.findall(r"\b([A-Za-z_]\w*)\s*\(", code)) | set(re.findall(r"\(\*\s*(\w+)\)\s*\(", code))
    return names


def unknown(texts):
    there = functions_of(texts) | FOREIGN
    return [
        "check-names: %s:%d: %s() does not exist" % (path, line, name)
        for path, text in sorted(texts.items())
        for line, name in named_in(path, text)
        if name not in there
    ]


# A comment line that begins so hides its subject.
HIDDEN = re.compile(r"^\s*(/\*|\*|//)\s*(What|Which|Who|Where)\b", re.M)
# Words of our own for what the field calls lookahead, correlation, pending events, mixdown
OURS = re.compile(r"\b(horizon|likeness|outbox|picks)\b", re.I)


def odd_words(texts):
    return [
        "check-names: %s:%d: %s" % (path, text.count("\n", 0, found.start(2 if rule is HIDDEN else 0)) + 1, why % found.group(2 if rule is HIDDEN else 0))
        for path, text in sorted(texts.items())
        for rule, why in ((HIDDEN, "a comment begins with %s: put the subject first"), (OURS, "%s: firmware/README.md has the field's word"))
        for found in rule.finditer(text)
    ]


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else ".")
    paths = [p for kind in ("c", "h", "md") for p in glob.glob("firmware/**/*." + kind, recursive=True) + glob.glob("board/*." + kind)]
    texts = {path: read(path) for path in paths}
    faults = unknown(texts) + odd_words(texts)
    # what is looked for is seen when it is there
    if not unknown(dict(texts, **{"firmware/x.h": "/* as no_such_function() does */\nint x;"})):
        faults.append("check-names: a function that does not exist is not found")
    if unknown({"x.h": "/* x_open() first */\nint x_open(void);\nint (*y_open)(int);\n/* y_open() */"}):
        faults.append("check-names: a function that exists is not found")
    if len(odd_words({"x.c": "int x;\n/* What x is */\n/*\n * Where y is */\n/* the horizon */\n/* A place where */"})) != 3:
        faults.append("check-names: odd words are not found")
    print("\n".join(faults) or "check-names: ok, %d names" % sum(len(list(named_in(p, t))) for p, t in texts.items()))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
