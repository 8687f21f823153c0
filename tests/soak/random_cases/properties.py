"""The properties. Each: how its cases are made, and check(case, player): None, or what is wrong."""
import copy
import os
import struct

import cases
import judge

CONTINUOUS_DB = -100
PEAK_ROOM = 1e-6
NO_CASE = "no case"  # nothing can be said about it


def raw_wav(player, name):
    return judge.read_wav(player.path(name))


def raw_run(player, name):
    with open(player.path(name), "rb") as file:
        return file.read()


def read_text(player, name):
    """"": there is none."""
    if not os.path.exists(player.path(name)):
        return ""
    with open(player.path(name)) as file:
        return file.read()


def render(case, player, out, *more, script="script.txt"):
    """The samples of a rendering, and its exit code."""
    code = player.render(*case.render_options(out, script), *more)
    if code not in (0, 1):
        raise AssertionError("render ends with %d: %s" % (code, player.said().strip()))
    return raw_wav(player, out), code


def differ(what, a, b):
    return None if a == b else "%s: %s" % (what, judge.where_differ(a, b))


def twice(case, player):
    case.write(player.folder)
    a, code_a = render(case, player, "a.wav")
    b, code_b = render(case, player, "b.wav")
    if code_a != code_b:
        return "two renderings end with %d and %d" % (code_a, code_b)
    wrong = differ("two renderings differ", a, b)
    if not wrong and case.seed % 25 == 0:
        player.render_outside(*case.render_options("b.wav"))
        wrong = differ("the program itself differs", a, raw_wav(player, "b.wav"))
    return wrong


def solo(case, player):
    case.write(player.folder)
    a, _ = render(case, player, "a.wav")
    b, _ = render(case, player, "b.wav", "--solo")
    return differ("--solo differs", a, b)


def blocks(case, player):
    case.write(player.folder)
    case = case.copy()
    case.block = 256
    a, _ = render(case, player, "a.wav")
    case.block = 16
    b, _ = render(case, player, "b.wav")
    if a == b:
        return None
    n = min(len(a), len(b))
    x, y = judge.floats(a[:n]), judge.floats(b[:n])
    level = judge.db(judge.max_difference(x, y))
    return None if level < CONTINUOUS_DB else "blocks of 256 and of 16: %.1f dB; %s" % (
        level, judge.where_differ(a[:n], b[:n]))


def commit_of_same(case, player):
    case.write(player.folder)
    without = [line for line in case.script if line[1] != "commit"]
    case.write_script(player.folder, "without.txt", without)
    a, _ = render(case, player, "a.wav", script="without.txt")
    b, _ = render(case, player, "b.wav")
    return differ("with and without commits", a, b)


def failover(case, player):
    case.write(player.folder)
    without = [line for line in case.script if not line[1].startswith("fault")]
    case.write_script(player.folder, "without.txt", without)
    a, _ = render(case, player, "a.wav", script="without.txt")
    b, _ = render(case, player, "b.wav", "--allow-faults")
    return differ("with and without faults", a, b)


def journal(case, player, by_hand=("--patch", "p0.ini")):
    case.write(player.folder)
    counts = player.run(**case.run_settings("a.f32"), journal="journal.txt")
    log = player.said()
    if counts["none"] or counts["mismatches"]:
        faults = any(command.startswith("fault") for _, command in case.script)
        return NO_CASE if faults else "blocks are missing: %s" % counts
    a = raw_run(player, "a.f32")
    n = len(a) // 8
    options = case.render_options("b.wav", "journal.txt")
    options[:2] = by_hand
    options[options.index("--seconds") + 1] = "%.6f" % ((n - 0.5 * case.block) / 48000)
    code = player.render(*options)
    if code:
        return "the journal is refused: %s" % player.said().strip()
    wrong = differ("run and journal", a, raw_wav(player, "b.wav"))
    n_planted = sum(": ok" in line for line in log.splitlines() if " fault live" in line)
    # what failed while there was no mirror is not in the journal
    return NO_CASE if wrong and counts["failovers"] < n_planted else wrong


def realtime(case, player):
    """The program itself, in real time; where the machine was too slow for it, nothing is said."""
    case.write(player.folder)
    cases.write(player.folder, "live.ini", case.live_config())
    said = player.run_outside("--config", "live.ini", "--script", "script.txt", "--log-events",
                              "journal.txt", "--seconds", "%.3f" % case.seconds)
    if ", none 0, late 0, drop 0, xrun 0," not in said:
        return NO_CASE if "blocks " in said else "run ends badly: " + said[-500:]
    a = raw_wav(player, "live.wav")
    n = int(case.seconds * 48000) // case.block * case.block
    options = case.render_options("b.wav", "journal.txt")
    options[options.index("--seconds") + 1] = "%.6f" % ((n - 0.5 * case.block) / 48000)
    player.render(*options)
    b = raw_wav(player, "b.wav")
    n_same = min(len(a), len(b))
    return differ("run and journal", a[:n_same], b[:n_same])


def edited(case, player):
    """A journal whose files were changed meanwhile is refused, or gives the run all the same."""
    wrong = journal(case, player, ())  # a patch that is given by hand is nobody's to refuse
    is_told = wrong and wrong.startswith("the journal is refused") and ".ini" in wrong
    return None if is_told else wrong


def what_is_live(text):
    """The live patch with its values, and the steps before it; not what is staged, nor what was left."""
    found, is_other = [], False
    for line in text.splitlines():
        word = line.split(" ")[0]
        if word in ("left", "live", "undo", "loaded", "stage"):
            is_other = word in ("left", "loaded", "stage")
        if not is_other:
            found.append(line)
    return found


def is_balanced(case):
    """As many undos as commits with something in them."""
    has_news, n = False, 0
    for _, command in case.script:
        if command == "commit" and not has_news:
            return False
        n += {"commit": 1, "undo": -1}.get(command, 0)
        has_news = command.startswith("stage out.") or (has_news and command != "commit")
    return n == 0


def undo(case, player):
    if not is_balanced(case):
        return NO_CASE
    case.write(player.folder)
    player.run(**case.run_settings("a.f32"))
    if "beside a commit" in player.said():
        return NO_CASE
    for i in range(len(case.script)):
        texts = [what_is_live(read_text(player, "%s%d.txt" % (when, i)))
                 for when in ("before", "after")]
        if all(texts) and texts[0] != texts[1]:
            before, after = map(set, texts)
            return "undone to step %d: lost %s, new %s" % (
                i, sorted(before - after), sorted(after - before))
    return None


def sound(case, player):
    case.write(player.folder)
    heard = judge.floats(render(case, player, "a.wav")[0])
    if not judge.is_finite(heard):
        return "not a number"
    return "peak: %.6f" % judge.peak(heard) if judge.peak(heard) > 1 + PEAK_ROOM else None


def fade_of(case, player):
    """The samples around a case's one commit as they are heard, those of the old patch alone and
    those of the new one alone (it is the same from its first block on, however it is faded in): each
    from the first frame of the fade to the last. None: there is none."""
    at = [when for when, command in case.script if command == "commit"]
    heard = judge.floats(render(case, player, "a.wav")[0])
    case.write_script(player.folder, "without.txt", [line for line in case.script
                                                     if line[0] < at[0]])
    old = judge.floats(render(case, player, "b.wav", script="without.txt")[0])
    cut = case.copy()
    cut.fade_ms = 0
    cases.write(player.folder, "config.ini", cut.config())
    new = judge.floats(render(cut, player, "c.wav")[0])
    begin = judge.first_difference(heard, old)
    end = judge.last_difference(heard, new)
    swapped = judge.first_difference(new, old)
    if begin is None or end is None or begin < swapped or end > len(new) - 2000:
        return None
    begin, end = max(min(begin, end) - 2, swapped), max(begin, end) + 4
    return [x[begin:end] for x in (heard, old, new)]


def commit_unheard(case, player):
    if [command for _, command in case.script].count("commit") != 1:
        return NO_CASE
    case.write(player.folder)
    found = fade_of(case, player)
    if not found:
        return NO_CASE
    heard, old, new = found
    peak = max(judge.peak(old), judge.peak(new))
    if judge.peak(heard) > max(peak, 1) + PEAK_ROOM:
        return "peak in the fade: %.4f, its patches' %.4f" % (judge.peak(heard), peak)
    step = max(judge.max_step(old), judge.max_step(new))
    # a fade of n frames or more moves by at most 1.875 / n of what the two are apart, raised by 3 dB
    limit = 1.45 * (step + 2 * peak * 1.875 / (case.fade_ms * 48))
    if judge.max_step(heard) > limit:
        return "step in the fade: %.4f, its patches' %.4f" % (judge.max_step(heard), step)
    hole = judge.longest_hole(heard, old, new, 1e-4)
    return "hole: %d frames" % hole if hole > 96 else None


def written_out(case, state):
    """The live patch of a state as a file, its values written where they belong."""
    lines = state.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("live "))
    name = lines[at][5:]
    patch = copy.deepcopy(case.patches[int(name[1])])
    for line in lines[at + 1:]:
        word, _, rest = line.partition(" ")
        if word not in ("mark", "written", "value", "list"):
            break
        if word == "written":
            continue
        target, _, value = rest.partition(" ")
        owner, _, key = target.partition(".")
        if target == "out.level":
            patch.level = value
        elif target == "patch.tempo_bpm":
            patch.tempo = value
        for module in patch.modules:
            if module.id == owner:
                (module.params if word == "value" else module.lists)[key] = value
    return patch


def not_asked_for(case, state):
    """A value in a state that no hand has sent; None: there is none."""
    asked = [command.split(" ", 2)[1:] for _, command in case.script if " " in command]
    for line in state.splitlines():
        word, _, rest = line.partition(" ")
        target, _, kept = rest.partition(" ")
        if word == "value" and not any(same_value(kept, said[1]) for said in asked
                                       if said[0] == target):
            return line
    return None


def same_value(a, b):
    try:
        return struct.pack("f", float(a)) == struct.pack("f", float(b))
    except ValueError:
        return a == b


def resume(case, player):
    """The state of a resumed run is the one it began with; and it sounds as a patch that has the
    values written in."""
    at = [i for i, (_, command) in enumerate(case.script) if command.startswith("save-state")]
    if not at:
        return NO_CASE
    case.write(player.folder)
    player.run(**case.run_settings("a.f32"))
    kept = read_text(player, "state.txt")
    if not kept or "beside a commit" in player.said():  # which a state does not say
        return NO_CASE
    if not_asked_for(case, kept):
        return "nobody has sent: %s" % not_asked_for(case, kept)
    hands = [(0.05 * i, command) for i, (_, command) in enumerate(case.script[at[0] + 1:], 1)]
    case.write_script(player.folder, "more.txt", [(0.0, "save-state again.txt")] + hands)
    settings = dict(case.run_settings("a.f32", "more.txt"), seconds=0.3)
    player.run(**settings, state="state.txt")
    found = read_text(player, "again.txt")
    if found != kept:
        before, after = set(kept.splitlines()), set(found.splitlines())
        return "the state is not what it was: lost %s, new %s" % (
            sorted(before - after), sorted(after - before))
    cases.write(player.folder, "written.ini", written_out(case, kept).text())
    player.run(**dict(settings, patch="written.ini", out="b.f32"))
    return differ("resumed and written", raw_run(player, "a.f32"), raw_run(player, "b.f32"))


PROPERTIES = {
    "twice": (cases.everything, twice),
    "solo": (cases.everything, solo),
    "blocks": (cases.on_a_grid, blocks),
    "same": (cases.same_patch, commit_of_same),
    "failover": (cases.failing, failover),
    "journal": (cases.runs, journal),
    "realtime": (cases.lively, realtime),
    "edited": (cases.edited, edited),
    "undo": (cases.undone, undo),
    "sound": (cases.everything, sound),
    "commit": (cases.one_commit, commit_unheard),
    "resume": (cases.resumed, resume),
}

BY_NAME = ("realtime",)  # only when asked for
# what the engine does not hold yet: left out, or only with commits apart from each other
NOT_YET = ("same", "failover")
APART = ("twice", "solo", "journal", "edited", "resume", "realtime")


def make(name, rows, seed, is_all):
    case = PROPERTIES[name][0](rows, name, seed)
    return case if is_all or name not in APART else cases.apart(case)
