"""Cards of other kinds: 24 bit in 4 and in 3 bytes, 16 bit with dither, 8 channels of which the pair is 3 and 4,
non-interleaved access only, a sample clock that is 200 ppm too fast. Each plays the rendering."""

from bench import Run, Test, Wrong, first_difference, need, render, streams

# name: (the card's parameters, audio.channels, the card's channels, left, right)
CARDS = {
    "s24": ("formats=S24_LE", "1 2", 2, 0, 1),
    "s24_3": ("formats=S24_3LE", "1 2", 2, 0, 1),
    "s16": ("formats=S16_LE", "1 2", 2, 0, 1),
    "eight": ("channels_min=8 channels_max=8", "3 4", 8, 2, 3),
    "planes": ("only_noninterleaved=1", "1 2", 2, 0, 1),
    "fast": ("ppm=200 burst_frames=32", "1 2", 2, 0, 1),
}
RENDERED_AS = {"S32_LE": "s32", "S24_LE": "s24", "S24_3LE": "s24", "S16_LE": "s16"}
SECONDS = 1

GUEST = "".join("""
dac_load %s
sed 's/^channels *=.*/channels = %s/' chronus.ini >%s.ini
chronus run --config %s.ini --seconds %d --log-events /results/events.txt >/results/%s.out 2>&1
dac_keep %s
rmmod burst_dac
""" % (card[0], card[1], name, name, SECONDS, name, name) for name, card in CARDS.items())


def widen(rendered, stream, left, right):
    """Rendered stereo as this card holds it."""
    size = stream.frame_bytes // stream.channels
    given = {"S32_LE": 4, "S24_LE": 3, "S24_3LE": 3, "S16_LE": 2}[stream.format]
    frames = bytearray(len(rendered) // (2 * given) * stream.frame_bytes)
    for side, channel in ((0, left), (1, right)):
        for byte in range(size):
            to = slice(channel * size + byte, None, stream.frame_bytes)
            if byte < given:
                frames[to] = rendered[side * given + byte::2 * given]
            else:  # the sign goes on
                top = rendered[side * given + given - 1::2 * given]
                frames[to] = bytes(255 if b & 128 else 0 for b in top)
    return bytes(frames)


def judge(run):
    equal = {}
    for name, (_, _, channels, left, right) in CARDS.items():
        said = run.text(name + ".out")
        need(" none 0," in said and " xrun 0," in said, "%s: %s" % (name, said))
        try:
            stream = streams(run, name)[0]
        except IndexError:
            raise Wrong("%s was not played to: %s" % (name, said)) from None
        need(stream.channels == channels, "%s: %d channels" % (name, stream.channels))
        rendered = render(run, SECONDS, sample_format=RENDERED_AS[stream.format])
        wanted = widen(rendered, stream, left, right)
        at = first_difference(stream.data, wanted, stream.frame_bytes)
        equal[name] = SECONDS * stream.rate_hz if at is None else at
        need(equal[name] >= 0.95 * SECONDS * stream.rate_hz,
            "%s (%s): frame %d differs from the rendering" % (name, stream.format, equal[name]))
    return ", ".join("%s %d" % row for row in equal.items()) + " frames equal"


RUN = Run("formats", GUEST)
TESTS = [Test("formats", RUN, judge)]
