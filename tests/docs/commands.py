"""commands.py - every command line in READMEs, help texts and comments: run, or where that needs a machine, a card or
hours, held to its form: program, target, option and test exist. A line that is neither is a fault."""
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

chronus = os.path.abspath(os.environ.get("CHRONUS", "build/release/chronus"))
faults = []

# Programs of others, checked by no more than their name, and why they are not run here.
OTHERS = {
    "ssh": "needs a Pi (what it runs there is checked)", "scp": "needs a Pi", "sudo": "changes the machine",
    "cat": "feeds ssh", "zstdcat": "writes a card", "bmaptool": "writes a card", "dd": "writes a card",
    "lsblk": "looks for a card", "apt": "changes the machine", "apt-get": "changes the machine",
    "usermod": "changes the machine", "adduser": "changes the machine", "reboot": "changes the machine",
    "systemctl": "needs systemd", "systemd-analyze": "run by systemd/test_units.sh", "journalctl": "needs systemd",
    "ps": "looks at a Pi", "grep": "reads what stands before it", "cmp": "compares what stands before it",
    "valgrind": "run by bench/", "lintian": "not installed", "objdump": "for reading", "gpiodetect": "needs a chip",
    "mkdir": "the virtual Pi", "cp": "the virtual Pi", "printf": "the virtual Pi", "echo": "the virtual Pi",
    "rm": "the user's caches", "rmmod": "the virtual Pi", "dmesg": "needs a Pi", "sed": "for reading",
}  # fmt: skip
# Our own commands that are held to their form only, and why.
ONLY_FORM = {
    "edit": "needs the card's privileged side: e2e/test_card", "update": "the same: e2e/test_card",
    "card": "the same", "launch": "the service's: systemd/test_verbs.sh", "setup": "of Raspberry Pi OS: e2e/test_setup",
}  # fmt: skip


def ask(*words):
    return json.loads(subprocess.run([chronus, *words], check=True, capture_output=True, text=True).stdout)


commands = {row["name"]: row for row in ask("help", "--json")["commands"]}
commands["help"] = {"usage": "[COMMAND]", "options": [{"name": "json", "value": ""}]}
modules = {row["key"] for row in ask("modules", "--json")}
with open("Makefile") as file:
    makefile = file.read()
targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefile, re.M))
variables = set(re.findall(r"\b([A-Z][A-Z0-9_]*)\b", makefile))


def tracked():
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True).stdout.split("\n")
    paths = [p for p in listed if p] or [p for p in glob.glob("**/*", recursive=True) if not p.startswith("build/")]
    skipped = re.compile(r"\.(f32|svg|wav|pml)$|^tests/(malformed|golden|plants|docs)/|^tests/fuzz/corpus")
    return [p for p in paths if os.path.isfile(p) and not skipped.search(p)]


def without_remark(line):
    """A command line without the # behind it."""
    found = re.match(r"((?:[^#\"']|\"[^\"]*\"|'[^']*'|(?<=\S)#)*)", line)
    return found.group(1).strip()


def begins_command(text):
    word = re.match(r"(?:[A-Z_]+=\S+ )*([\w./-]+)(?: |$)", text)
    if not word:
        return False
    first = word.group(1)
    if first in ("chronus", "make", "build/release/chronus") or first.startswith("build/release/tests/"):
        return " " in text or first.startswith("build/release/tests/")
    if first in ("sh", "bash", "cross/virtual-pi/run"):
        return " " in text
    return first in commands and re.match(r"\S+ --[a-z]", text) is not None or first in OTHERS and re.search(r" [-/.\w]", text)


def blocks(text):
    """Lines of Markdown's code: indented by four behind a blank line, or fenced (not ini)."""
    fence, is_code, was_blank = None, False, True
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            fence = None if fence is not None else line[3:].strip()
        elif fence is not None:
            if fence in ("", "sh"):
                yield number, line.strip()
        else:
            is_code = line.startswith("    ") and (is_code or was_blank)
            if is_code:
                yield number, line.strip()
        was_blank = not line.strip()


def found_in(path, text):
    """(place, command line, is it a line of code)"""
    if path.endswith(".md"):
        for number, line in blocks(text):
            if begins_command(without_remark(line)):
                yield "%s:%d" % (path, number), without_remark(line), True
    for number, line in enumerate(text.split("\n"), 1):
        place = "%s:%d" % (path, number)
        for span in re.findall(r"`([^`\n]+)`", line):
            if begins_command(span):
                yield place, span.replace("\\|", "|").replace('\\"', '"'), False
        for unit in re.findall(r"^ExecStart=/usr/bin/(chronus .*)", line):
            yield place, unit, False
        if path.endswith((".c", ".h")):
            for span in re.findall(r"\bchronus ((?:[a-z]+)(?: --[a-z-]+)+)", line):
                if "`" not in line:
                    yield place, "chronus " + span, False


def parts_of(line):
    """The simple commands of a pipe or a list; ssh's own command is one more."""
    words = shlex.split(re.sub(r"\d?>&\d", " ", line).replace(";", " ; "), posix=True)
    part = []
    for word in words + ["|"]:
        if word in ("|", "&&", ";", "&", "||"):
            if part:
                yield part
            part = []
        else:
            part.append(word)


def is_placeholder(word):
    return re.fullmatch(r"[A-Z][A-Z_.a-z]*|-|\.\.\.|[+]N\|-N", word) is not None


def limits_of(usage):
    """How many arguments a usage line takes."""
    usage = re.sub(r"\[?--[a-z]+[^\]]*\]?", "", usage)
    words = re.findall(r"[A-Z][\w.]*", usage)
    needed = re.findall(r"(?<!\[)\b[A-Z][\w.]*", re.sub(r"\[.*\]", "", usage))
    return len(needed), 99 if "..." in usage else len(words)


def judge_chronus(place, words, is_code):
    if not words or words[0] in ("--version", "--help"):
        return
    words = [word.strip("[]") for word in words]
    verb = words[0]
    if is_placeholder(verb):
        return
    if verb not in commands:
        faults.append("%s: chronus has no command %s" % (place, verb))
        return
    options = {"--" + o["name"]: o["value"] for o in commands[verb]["options"]}
    n_args, rest = 0, list(words[1:])
    while rest:
        word = rest.pop(0)
        name = word.split("=")[0]
        if word in ("<", ">"):
            rest = rest[1:]
        elif word.startswith((">", "<")):
            pass
        elif word.startswith("--") and name != "--help":
            if name not in options:
                faults.append("%s: chronus %s has no option %s" % (place, verb, word))
            elif options[name] and "=" not in word and rest:
                rest.pop(0)
        elif not word.startswith("--"):
            n_args += 1
    least, most = limits_of(commands[verb]["usage"])
    if n_args > most or (is_code and n_args < least):
        faults.append("%s: chronus %s takes %s" % (place, verb, commands[verb]["usage"] or "no argument"))
    if verb == "modules" and len(words) > 1 and re.fullmatch("[a-z]+", words[1]) and words[1] not in modules:
        faults.append("%s: there is no module %s" % (place, words[1]))


def known_tests():
    """Names of the tests that T= chooses from, in the virtual Pi and the image."""
    names = []
    for folder, name in (("tests/virtual_pi", "t.name"), ("tests/image", "t[0]")):
        code = "import sys; sys.path.insert(0, %r); import run; print(*[%s for t in run.all_tests()])" % (folder, name)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        if done.returncode:
            faults.append("%s: its tests cannot be listed: %s" % (folder, done.stderr[-300:]))
        names += done.stdout.split()
    return names


test_names = known_tests()


def judge_make(place, words):
    for word in words:
        name, value = (word.split("=", 1) + [""])[:2]
        if "=" in word:
            if name not in variables and name != "WERROR":
                faults.append("%s: make knows no variable %s" % (place, name))
            for test in value.split() if name == "T" and value != "NAME" else []:
                if not any(test in known for known in test_names) and not os.path.exists("tests/golden/%s.f32" % test):
                    faults.append("%s: there is no test %s" % (place, test))
        elif word not in targets and not word.startswith(("-", "...", "build/", "`")):
            faults.append("%s: make has no target %s" % (place, word))


def judge_path(place, path):
    if not os.path.exists(path) and not os.path.exists(os.path.join(os.path.dirname(place.split(":")[0]), path)):
        faults.append("%s: there is no %s" % (place, path))


def getenv_names():
    names = set()
    for path in tracked():
        if path.endswith((".c", ".h", ".py", ".sh", "run")) or path == "Makefile":
            with open(path, errors="replace") as file:
                names |= set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", file.read()))
    return names


env_names = getenv_names()


def judge_part(place, words, is_code):
    while words and re.match(r"[A-Z_]+=", words[0]):
        if words[0].split("=")[0] not in env_names:
            faults.append("%s: nobody reads %s" % (place, words[0]))
        words = words[1:]
    if not words:
        return
    first = words[0]
    if first == "sudo":
        judge_part(place, words[1:], is_code)
    elif first == "ssh":
        rest = list(words[1:])
        while rest and rest[0].startswith("-"):
            rest.pop(0)
        judge_part(place, rest[1:], is_code)  # what is run there
    elif first in ("chronus", "build/release/chronus", "/usr/bin/chronus"):
        judge_chronus(place, words[1:], is_code)
    elif first in commands:
        judge_chronus(place, words, is_code)
    elif first == "make":
        judge_make(place, words[1:])
    elif first.startswith("build/release/tests/"):
        judge_path(place, first.replace("build/release/", "") + ".c")
    elif first in ("sh", "bash"):
        judge_path(place, [w for w in words[1:] if not w.startswith("-")][0])
    elif first.startswith("cross/"):
        judge_path(place, first)
    elif first not in OTHERS:
        faults.append("%s: nobody knows how to check `%s`" % (place, " ".join(words)))


def lay_out(folder):
    """The tree as somebody has it who types the lines: program, config, the README's patch."""
    os.makedirs(folder + "/build/release")
    os.symlink(chronus, folder + "/build/release/chronus")
    os.symlink(chronus, folder + "/chronus")
    shutil.copytree("config", folder + "/config")
    os.mkdir(folder + "/FOLDER")
    with open("README.md") as file:
        first = re.search(r"^```ini\n(.*?)^```", file.read(), re.S | re.M).group(1)
    with open(folder + "/first.ini", "w") as file:
        file.write(first)


def to_run(line):
    """The line as it is run: to an end, and without a sound card; None: held to its form only."""
    words = shlex.split(line)
    if words[0] not in ("chronus", "build/release/chronus") or len(words) < 2 or words[1] in ONLY_FORM:
        return None
    if words[1] in ("run", "midi"):
        return line + " --seconds 0.2"
    return "timeout 2 " + line if "--watch" in words else line


def start(folder, env):
    player = subprocess.Popen(
        [chronus, "run", "first.ini"], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)  # fmt: skip
    while not os.path.exists(env["CHRONUS_RUNTIME_DIR"] + "/control.sock"):
        if player.poll() is not None:
            faults.append("chronus run first.ini ends at once")
            break
        time.sleep(0.05)
    return player


def run_lines(lines):
    """Runs what can be run; lines that ask a running program, to one that plays the README's patch."""
    n = 0
    with tempfile.TemporaryDirectory() as folder:
        lay_out(folder)
        env = dict(os.environ, PATH=folder + ":" + os.environ["PATH"], CHRONUS_RUNTIME_DIR=folder + "/running")
        beside = dict(env, CHRONUS_RUNTIME_DIR=folder + "/beside")
        os.mkdir(folder + "/running")
        os.mkdir(folder + "/beside")
        player = start(folder, env)
        for place, line in lines:
            text = to_run(line)
            asks = shlex.split(line)[1:2] and shlex.split(line)[1] in ("send", "stats", "status", "midi")
            if text is None:
                continue
            done = subprocess.run(
                ["sh", "-c", text], cwd=folder, env=env if asks else beside, stdin=subprocess.DEVNULL, capture_output=True,
                text=True)  # fmt: skip
            n += 1
            good = (0, 124) if "--watch" in text else (0, 1) if " doctor" in text else (0,)
            if re.search(r" stat(u|)s( |$)", text):
                good += (3, 4)  # this machine gives a player no real time
            if done.returncode not in good:
                faults.append("%s: %s: exit code %d\n  %s" % (place, line, done.returncode, done.stderr.strip()[-500:]))
        player.terminate()
        player.wait()
    return n


def judge_language():
    """The commands that cli/README.md lists are all that a running program obeys, but those of journals and tests."""
    with open("firmware/cli/README.md") as file:
        listed = re.search(r"The same commands work in scripts(.*?)Each answers", file.read(), re.S).group(1)
    said = {span.split()[0] for span in re.findall(r"`([a-z]+(?: [^`]*)?)`", listed) if not span.startswith("chronus")}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as script:
        script.write("0 nosuch\n1 quit\n")
        script.flush()
        done = subprocess.run([chronus, "render", "config/patches/pulse.ini", "--discard", "--script", script.name],
                              capture_output=True, text=True)  # fmt: skip
    there = set(re.search(r"there are (.*)", done.stderr).group(1).split())
    if said != there - {"cut", "fault"}:
        faults.append("firmware/cli/README.md: its list of commands differs: %s" % sorted(said ^ (there - {"cut", "fault"})))


def judge_all(paths_and_texts):
    lines, n = [], 0
    for path, text in paths_and_texts:
        for place, line, is_code in found_in(path, text):
            n += 1
            try:
                for part in parts_of(line):
                    judge_part(place, part, is_code)
            except ValueError as error:
                faults.append("%s: `%s`: %s" % (place, line, error))
            if is_code:
                lines.append((place, line))
    return n, lines


def judge_itself():
    """Wrong lines, each of which must be found."""
    wrong = ["chronus rendre x y", "chronus render --patsh x", "make nosuch-target", "sh tests/nosuch.sh", "make bench NOSUCH=1",
             "build/release/tests/unit/test_nosuch", "chronus stats now", "NOSUCH_VARIABLE=1 build/release/tests/e2e/test_cli",
             "make test-virtual-pi T=nosuch"]  # fmt: skip
    before = len(faults)
    for text in wrong:
        judge_all([("README.md", "`%s`" % text)])
        if len(faults) == before:
            print("this is not found: " + text)
            sys.exit(1)
        del faults[before:]
    run_lines([("README.md:1", "build/release/chronus render nosuch.ini x.wav")])
    if len(faults) == before:
        print("a line that fails is not found")
        sys.exit(1)
    del faults[before:]


def main():
    texts = []
    for path in tracked():
        with open(path, errors="replace") as file:
            texts.append((path, file.read()))
    judge_itself()
    n, lines = judge_all(texts)
    n_run = run_lines(lines)
    judge_language()
    print("\n".join(faults) or "commands: %d lines, %d of them run, ok" % (n, n_run))
    sys.exit(1 if faults else 0)


main()
