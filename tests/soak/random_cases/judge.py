"""What samples are like: exact comparisons, and the few measures that properties need."""
import array
import math
import operator


def read_wav(path):
    """The samples of a WAV of floats, interleaved, as bytes."""
    with open(path, "rb") as file:
        text = file.read()
    at = text.find(b"data")
    size = int.from_bytes(text[at + 4:at + 8], "little")
    return text[at + 8:at + 8 + size]


def floats(raw):
    return array.array("f", raw)


def is_finite(samples):
    return math.isfinite(sum(samples))


def peak(samples):
    return max(max(samples), -min(samples)) if samples else 0.0


def max_step(samples):
    """Of either channel."""
    return max(map(abs, map(operator.sub, samples[2:], samples)), default=0.0)


def max_difference(a, b):
    return max(map(abs, map(operator.sub, a, b)), default=0.0)


def db(ratio):
    return 20 * math.log10(ratio) if ratio > 0 else -999.0


def first_difference(a, b):
    """The frame's first sample; None: there is none."""
    found = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), None)
    return None if found is None else found // 2 * 2


def last_difference(a, b):
    found = next((i for i in range(len(a) - 1, -1, -1) if a[i] != b[i]), None)
    return None if found is None else found // 2 * 2


def longest_hole(heard, old, new, level):
    """Frames in a row in which nothing is heard though both patches sound."""
    def is_silent(x, i):
        return abs(x[i]) < level and abs(x[i + 1]) < level
    longest = run = 0
    for i in range(0, len(heard) - 1, 2):
        is_hole = is_silent(heard, i) and not is_silent(old, i) and not is_silent(new, i)
        run = run + 1 if is_hole else 0
        longest = max(longest, run)
    return longest


def where_differ(a, b):
    """For the report: from which frame on, how many samples, how much."""
    if len(a) != len(b):
        return "%d frames against %d" % (len(a) // 8, len(b) // 8)
    x, y = floats(a), floats(b)
    bits = list(map(operator.ne, array.array("I", a), array.array("I", b)))
    first = bits.index(True)
    return "from frame %d on, %d samples, at most %.3g (%.9g and %.9g first)" % (
        first // 2, sum(bits), max_difference(x, y), x[first], y[first])
