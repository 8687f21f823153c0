"""man.py PROGRAM FOLDER - is everything that the program has in its man pages?"""
import json
import os
import subprocess
import sys

program, folder = sys.argv[1:3]
faults = []


def told(*words):
    done = subprocess.run([program, *words], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def bold(page):
    """Words in bold, escapes undone: what a page has entries for."""
    with open(os.path.join(folder, page), encoding="utf-8") as file:
        text = file.read().replace("\\-", "-").replace("\\&", "")
    return text


def need(page, text, word):
    if word not in text:
        faults.append("%s: %s is missing" % (page, word))


page, text = "chronus.1", bold("chronus.1")
for command in told("help", "--json")["commands"]:
    need(page, text, "\\fB%s\\fR" % command["name"])
    for option in command["options"]:
        need(page, text, "\\fB--%s\\fR" % option["name"])
page, text = "chronus.ini.5", bold("chronus.ini.5")
for row in told("help", "--json")["settings"]:
    need(page, text, ".SS [%s" % row["section"])
    need(page, text, "\\fB%s\\fR" % row["key"])
page, text = "chronus-modules.7", bold("chronus-modules.7")
for module in told("modules", "--json"):
    need(page, text, ".SS %s\n" % module["key"])
    for part in module["parameters"] + module["lists"]:
        need(page, text, "\\fB%s\\fR" % part["key"])
    for port in module["inputs"] + module["outputs"]:
        need(page, text.replace("\n", " "), "%s (%s)" % (port["key"], port["kind"]))
page, text = "chronus-patch.5", bold("chronus-patch.5")
for word in ("PARAM.mod = sum", "[out]", "tempo_bpm"):
    need(page, text, word)
print("\n".join(faults) or "man pages: complete")
sys.exit(1 if faults else 0)
