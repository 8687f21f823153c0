"""check_names.py [TREE] - does every function that a comment or a README names, as name(), exist? Do comments begin with a
subject, does the field's word stand for each thing, and does each function of a header say which threads may call it?"""
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
HIDDEN = re.compile(r"^\s*(/\*|\*|//)\s*(?:\[[a-z ]+\]\s*)?(What|Which|Who|Where)\b", re.M)
# Words of our own for what the field calls lookahead, correlation, pending events, mixdown
OURS = re.compile(r"\b(horizon|likeness|outbox|picks)\b", re.I)


def odd_words(texts):
    return [
        "check-names: %s:%d: %s" % (path, text.count("\n", 0, found.start(2 if rule is HIDDEN else 0)) + 1, why % found.group(2 if rule is HIDDEN else 0))
        for path, text in sorted(texts.items())
        for rule, why in ((HIDDEN, "a comment begins with %s: put the subject first"), (OURS, "%s: firmware/README.md has the field's word"))
        for found in rule.finditer(text)
    ]


# At the beginning of a line, so neither a member nor a call
PROTOTYPE = re.compile(r"^(?!static |typedef |return )[a-z][\w *]*?\b(\w+)\([^;{}]*\)[^;{}()]*;", re.M)
TAG = re.compile(r"\[(init|desk|worker|producer|any|main|supervisor|writer|test)\b[^\]]*\]")


def untagged(texts):
    """Each prototype whose header has no line "Threads: ..." for all of them, and whose comment has no [tag]."""
    faults = []
    for path, text in sorted(texts.items()):
        if not path.endswith(".h"):
            continue
        comments = list(COMMENT.finditer(text))
        header_wide = re.search(r"Threads:\s+(?!a tag at each)", text)
        code = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
        for found in [] if header_wide else PROTOTYPE.finditer(code):
            before = [c.group() for c in comments if c.end() <= found.start()][-1:]
            if not before or not TAG.search(before[0]):
                line = text.count("\n", 0, found.start()) + 1
                faults.append("check-names: %s:%d: %s() does not say which threads may call it" % (path, line, found.group(1)))
    return faults


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else ".")
    paths = [p for kind in ("c", "h", "md") for p in glob.glob("firmware/**/*." + kind, recursive=True) + glob.glob("board/*." + kind)]
    texts = {path: read(path) for path in paths}
    faults = unknown(texts) + odd_words(texts) + untagged(texts)
    # what is looked for is seen when it is there
    if not unknown(dict(texts, **{"firmware/x.h": "/* as no_such_function() does */\nint x;"})):
        faults.append("check-names: a function that does not exist is not found")
    if unknown({"x.h": "/* x_open() first */\nint x_open(void);\nint (*y_open)(int);\n/* y_open() */"}):
        faults.append("check-names: a function that exists is not found")
    if len(odd_words({"x.c": "int x;\n/* What x is */\n/*\n * Where y is */\n/* the horizon */\n/* A place where */\n/* [desk] Who may */"})) != 4:
        faults.append("check-names: odd words are not found")
    tags = "/* x.h\n * Threads: %s */\n/* [desk] Opens */\nint x_open(void);\n/* Closes */\nvoid x_close(struct x *x,\n\tint n);\n"
    if len(untagged({"x.h": tags % "a tag at each function"})) != 1 or untagged({"x.h": tags % "[desk]"}):
        faults.append("check-names: a function without its threads is not found")
    print("\n".join(faults) or "check-names: ok, %d names" % sum(len(list(named_in(p, t))) for p, t in texts.items()))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
