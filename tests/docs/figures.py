"""figures.py - tests/FIGURES.md against the tests that have figures (CHECK_FIGURE of support/suite.h)."""
import glob
import re
import subprocess
import sys

BEGIN, END = "<!-- begin: make figures -->", "<!-- end: make figures -->"


def rows_of(text):
    """(what, test) of the table that `make figures` writes."""
    table = text[text.index(BEGIN) : text.index(END)]
    found = re.findall(r"^\| (.*?) \| [^|]* \| [^|]* \| `([^`]*)` \|$", table, re.M)
    return [row for row in found if row[0] != "what"]


def sources():
    """Text of each test that has figures, its split strings in one."""
    texts = {}
    for path in glob.glob("tests/*/test_*.c") + glob.glob("tests/*/*/test_*.c"):
        with open(path) as file:
            text = file.read()
        if "CHECK_FIGURE" in text:
            texts[path[len("tests/") : -2]] = re.sub(r'"\s+"', "", text)
    return texts


def judge_rows(rows, texts):
    faults = []
    for what, test in rows:
        if '"%s"' % what not in texts.get(test, ""):
            faults.append("tests/FIGURES.md: %s has no figure `%s`: make figures" % (test, what))
    for test, text in texts.items():
        for what in re.findall(r'CHECK_FIGURE\(\s*"([^"]*)"', text):
            if (what, test) not in rows:
                faults.append("tests/FIGURES.md: `%s` of %s is missing: make figures" % (what, test))
    return faults


def judge_readme(path, text):
    """A table with a column of figures. firmware/modules/README.md has some that no test prints."""
    heads = re.findall(r"^(\|.*\|)\n\|[-|]+\|$", text, re.M)
    return [
        "%s: a table of figures; its place is tests/FIGURES.md: %s" % (path, head)
        for head in heads
        if re.search(r"\| *(figures?|measured) *\|", head) and path != "firmware/modules/README.md"
    ]


with open("tests/FIGURES.md") as file:
    rows = rows_of(file.read())
faults = judge_rows(rows, sources())
listed = subprocess.run(["git", "ls-files", "*.md"], capture_output=True, text=True).stdout.split()
readmes = [p for p in listed or glob.glob("**/*.md", recursive=True) if p != "tests/FIGURES.md"]
for path in readmes:
    with open(path) as file:
        faults += judge_readme(path, file.read())
# what is looked for is seen when it is there
lost = [row for row in rows if row[0] != "sine of 997 Hz: THD+N"]
if not judge_rows(lost, sources()) or not judge_rows(rows + [("no such", rows[0][1])], sources()):
    faults.append("a row that is missing, or of no figure, is not found")
if not judge_readme("x", "| what | figure | command |\n|---|---|---|\n"):
    faults.append("a table of figures in a README is not found")
print("\n".join(faults) or "figures: %d rows, ok" % len(rows))
sys.exit(1 if faults else 0)
