"""Makes a failing case smaller, as long as it fails."""


def without_lines(case):
    """Halves first, then single lines."""
    n = len(case.script)
    size = max(1, n // 2)
    while size >= 1 and n:
        for at in range(0, n, size):
            smaller = case.copy()
            del smaller.script[at:at + size]
            yield smaller
        size //= 2


def without_patches(case):
    last = len(case.patches) - 1
    used = any("p%d." % last in command for _, command in case.script)
    if last > 0 and not used:
        smaller = case.copy()
        smaller.patches.pop()
        yield smaller


def without_modules(case):
    for p, patch in enumerate(case.patches):
        for i in range(len(patch.modules)):
            smaller = case.copy()
            smaller.patches[p] = patch.drop(i)
            yield smaller


def plainer_settings(case):
    for key, plain in (("quantize", "off"), ("tail_ms", 0), ("fade_ms", 5), ("block", 64),
                       ("burst", 1), ("lead", 2), ("poll", 1)):
        if getattr(case, key) != plain:
            smaller = case.copy()
            setattr(smaller, key, plain)
            yield smaller


def plainer_modules(case):
    for p, patch in enumerate(case.patches):
        for i, module in enumerate(patch.modules):
            for name in ("mods", "params", "ins", "lists"):
                for key in list(getattr(module, name)):
                    smaller = case.copy()
                    del getattr(smaller.patches[p].modules[i], name)[key]
                    yield smaller


def plainer_patches(case):
    for p, patch in enumerate(case.patches):
        for key, plain in (("voices", 1), ("tempo", 120), ("level", None)):
            if getattr(patch, key) != plain:
                smaller = case.copy()
                setattr(smaller.patches[p], key, plain)
                yield smaller
        for i in range(len(patch.out) - 1):
            smaller = case.copy()
            del smaller.patches[p].out[i]
            yield smaller


def shorter(case):
    for factor in (0.5, 0.75, 0.9):
        smaller = case.copy()
        smaller.seconds = round(case.seconds * factor, 2)
        if smaller.seconds >= 0.05 and smaller.seconds < case.seconds:
            yield smaller
    for i, (at, command) in enumerate(case.script):
        rounded = round(at, 2)
        if rounded != at and (i == 0 or rounded >= case.script[i - 1][0]) and (
                i + 1 == len(case.script) or rounded <= case.script[i + 1][0]):
            smaller = case.copy()
            smaller.script[i] = (rounded, command)
            yield smaller


STEPS = (without_lines, without_patches, without_modules, plainer_settings, plainer_modules,
         plainer_patches, shorter)


def shrink(case, fails, tries):
    """The smallest case found with so many tries. fails(case): still so?"""
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for step in STEPS:
            found = True
            while found:
                found = False
                for smaller in step(case):
                    if tries <= 0:
                        return case
                    tries -= 1
                    if fails(smaller):
                        case, found, is_smaller = smaller, True, True
                        break
    return case
