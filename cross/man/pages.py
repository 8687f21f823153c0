"""pages.py PROGRAM_WORDS... -o FOLDER - writes the man pages: chronus.1, chronus-patch.5, chronus.ini.5 and
chronus-modules.7. Commands, options, settings and modules are those of the program (`help --json`, `modules --json`);
the language is firmware/config/README.md's, a setting's remark config/chronus.ini's: nothing is written here twice."""
import json
import os
import re
import subprocess
import sys
import textwrap
import time

top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def read(path):
    with open(os.path.join(top, path), encoding="utf-8") as file:
        return file.read()


def section(path, title):
    """The text below a heading, up to the next one."""
    return re.search(r"^#+ %s\n(.*?)(?=^#|\Z)" % re.escape(title), read(path), re.S | re.M).group(1).strip("\n")


def roff(text):
    """Plain text for a line: nothing in it is a request or an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\`").replace("~", "\\(ti").replace("^", "\\(ha")
    return "\\&" + text if text[:1] in (".", "'") else text


def words(text):
    """The same, with `code` and **bold** in bold."""
    parts = re.split(r"(`[^`]+`|\*\*[^*]+\*\*)", text)
    made = []
    for part in parts:
        mark = 1 if part[:1] == "`" else 2 if part[:2] == "**" else 0
        made.append("\\fB%s\\fR" % roff(part[mark:-mark]) if mark else roff(part))
    line = "".join(made)
    return "\\&" + line if line[:1] in (".", "'") else line


def code(lines):
    return [".PP", ".in +4n", ".nf"] + [roff(line) for line in lines] + [".fi", ".in"]


def row_of(line):
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def markdown(text):
    """Paragraphs, lists, tables and code of a README."""
    out, lines = [], text.split("\n")
    while lines:
        line = lines.pop(0)
        if line.startswith("```"):
            end = next(i for i, l in enumerate(lines) if l.startswith("```"))
            out += code(lines[:end])
            del lines[: end + 1]
        elif line.startswith("    "):
            block = [line[4:]]
            while lines and lines[0].startswith("    "):
                block.append(lines.pop(0)[4:])
            out += code(block)
        elif line.startswith("|"):
            cells = row_of(line)
            if cells[0] and not set(cells[0]) <= set("-") and not lines[0].startswith("|-"):
                out += [".TP", words(cells[0]), words("; ".join(cells[1:]))]
        elif line.startswith("- "):
            out += [".IP \\(bu 3", words(line[2:])]
        elif not line.strip():
            out += [".PP"]
        else:
            out += [words(line.strip())]
    follows = out[1:] + [".PP"]
    return [line for i, line in enumerate(out) if line != ".PP" or (i and follows[i][:3] not in (".PP", ".TP", ".IP"))]


def options_of(command):
    out = []
    for option in command["options"]:
        allowed = " (%s)" % option["allowed"] if option["allowed"] else ""
        value = " \\fI%s\\fR" % roff(option["value"]) if option["value"] else ""
        out += [".TP", "\\fB%s\\fR%s" % (roff("--" + option["name"]), value), words(option["help"] + allowed)]
    return [".RS"] + out + [".RE"] if out else []


def without_folder(text):
    return text.replace("build/release/chronus", "chronus")


def page_commands(program):
    out = [".SH NAME", "chronus \\- modular synthesizer that never stops sounding", ".SH SYNOPSIS"]
    out += [".B chronus", "\\fICOMMAND\\fR [\\fIOPTION\\fR]...", ".SH DESCRIPTION"]
    out += markdown(re.search(r"^# Chronus\n\n(.*?)\n\n", read("README.md"), re.S | re.M).group(1))
    out += [".SH COMMANDS"]
    for command in program["commands"]:
        out += [".TP", "\\fB%s\\fR %s" % (roff(command["name"]), roff(command["usage"]))]
        out += [words(command["purpose"])] + options_of(command)
    out += [".SH EXAMPLES"] + markdown(without_folder(section("firmware/cli/README.md", "Command lines")))
    out += [".SH EXIT STATUS", "0 done, 1 failed, 2 bad usage or bad input. Stats and status as text: 3 it does not play, 4 it plays and something is "
            "wrong or missing.", ".SH FILES"]
    out += [".TP", ".I /etc/chronus/chronus.ini", "the settings; every key has a default"]
    out += [".TP", ".I /etc/chronus/patches", "instruments"]
    out += [".TP", ".I /run/chronus/chronus\\-status.txt", "why there is no sound"]
    return out + see_also("chronus\\-patch(5)", "chronus.ini(5)", "chronus\\-modules(7)")


def see_also(*pages):
    made = [".BR %s ,"[: -2 if page is pages[-1] else None] % page.replace("(", " (") for page in pages]
    return [".SH SEE ALSO"] + made


def number(value):
    return "%.6g" % value


def remarks():
    """(section, key) to what config/chronus.ini says of it, in its comments."""
    made, at, last = {}, "", None
    for line in read("config/chronus.ini").split("\n"):
        head = re.match(r"(?:; )?\[(\w+)", line)
        key = re.match(r"(?:; )?(\w+) = \S.*?(?:\s; (.*))?$", line)
        more = re.match(r"\s+; (.*)", line)
        if head:
            at, last = head.group(1), None
        elif key and at:
            last = (at, key.group(1))
            if key.group(2) and last not in made:
                made[last] = key.group(2)
            else:
                last = None
        elif more and last:
            made[last] += " " + more.group(1)
        else:
            last = None
    return made


def allowed_of(row):
    words_allowed = list(row["choices"])
    if "min" in row:
        words_allowed.insert(0, "%s..%s" % (number(row["min"]), number(row["max"])))
    return "%s: %s" % (row["kind"], ", ".join(words_allowed)) if words_allowed else row["kind"]


def page_settings(program):
    out = [".SH NAME", "chronus.ini \\- settings of the synthesizer chronus", ".SH DESCRIPTION"]
    out += markdown(section("firmware/config/README.md", "chronus.ini")) + [".SH KEYS"]
    said, at = remarks(), None
    for row in program["settings"]:
        if row["section"] != at:
            at = row["section"]
            out += [".SS " + roff("[%s%s]" % (at, " NAME" if at in ("knob", "button", "led") else ""))]
        default = "; default: %s" % row["default"] if row["default"] else ""
        out += [".TP", "\\fB%s\\fR" % roff(row["key"]), roff(allowed_of(row) + default + ".")]
        if (at, row["key"]) in said:
            out += [roff(said[(at, row["key"])].rstrip(".") + ".")]
    out += [".SH LANGUAGE"] + markdown(section("firmware/config/README.md", "The language"))
    return out + see_also("chronus(1)", "chronus\\-patch(5)")


def page_patch():
    out = [".SH NAME", "chronus\\-patch \\- a patch of the synthesizer chronus", ".SH DESCRIPTION"]
    out += ["A patch is an ini file: modules, their parameters, and the cables between them."]
    out += [".PP"] + markdown(section("firmware/config/README.md", "Patches"))
    out += [".SH LANGUAGE"] + markdown(section("firmware/config/README.md", "The language"))
    first = re.search(r"^```ini\n(.*?)^```", read("README.md"), re.S | re.M).group(1)
    out += [".SH EXAMPLE"] + code(first.rstrip().split("\n"))[1:]
    return out + see_also("chronus(1)", "chronus\\-modules(7)")


def param_text(param):
    if param["curve"] == "choice":
        return "one of %s; default: %s" % (", ".join(param["choices"]), param["default"])
    unit = " " + param["unit"] if param["unit"] else ""
    return "%s..%s%s; default: %s" % (number(param["min"]), number(param["max"]), unit, number(param["default"]))


def page_modules(modules):
    out = [".SH NAME", "chronus\\-modules \\- the modules of the synthesizer chronus", ".SH DESCRIPTION"]
    out += ["Types of a patch's sections, with their parameters, inputs and outputs. The first output is meant by the"]
    out += ["module's name alone.", ".SH MODULES"]
    for module in modules:
        out += [".SS " + roff(module["key"]), roff(module["purpose"] + " (" + module["lanes"] + ").")]
        for param in module["parameters"]:
            out += [".TP", "\\fB%s\\fR" % roff(param["key"]), roff("%s: %s" % (param["label"], param_text(param)))]
        for row in module["lists"]:
            out += [".TP", "\\fB%s\\fR" % roff(row["key"]), roff("%s: %s; default: %s" % (row["label"], row["kind"], row["default"]))]
        for title, key in (("Inputs", "inputs"), ("Outputs", "outputs")):
            ports = ", ".join("%s (%s)" % (port["key"], port["kind"]) for port in module[key])
            out += [".PP", roff("%s: %s." % (title, ports))] if ports else []
    return out + see_also("chronus(1)", "chronus\\-patch(5)")


def ask(program, *words_asked):
    return json.loads(subprocess.run(program + list(words_asked), check=True, capture_output=True, text=True).stdout)


def wrapped(lines):
    """Lines of running text at 80 characters; requests and code as they are."""
    is_code = False
    for line in lines:
        is_code = line == ".nf" or (is_code and line != ".fi")
        if is_code or line[:1] == ".":
            yield line.rstrip()
            continue
        parts = textwrap.wrap(line, 78, break_long_words=False, break_on_hyphens=False)
        for i, part in enumerate(parts):
            yield "\\&" + part if i and part[:1] in (".", "'") else part


def main():
    program, folder = sys.argv[1:-2], sys.argv[-1]
    told, modules = ask(program, "help", "--json"), ask(program, "modules", "--json")
    date = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", "0"))))
    pages = {
        "chronus.1": page_commands(told),
        "chronus-patch.5": page_patch(),
        "chronus.ini.5": page_settings(told),
        "chronus-modules.7": page_modules(modules),
    }
    os.makedirs(folder, exist_ok=True)
    for name, lines in pages.items():
        title, number_of = name.rsplit(".", 1)
        head = '.TH %s %s %s "chronus %s"' % (roff(title.upper()), number_of, date, told["version"])
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write('.\\" Made by cross/man/pages.py.\n' + "\n".join(wrapped([head] + lines)) + "\n")


if __name__ == "__main__":
    main()
