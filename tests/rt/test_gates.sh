#!/bin/sh
# Planted faults: each gate of real-time code passes as things are, and fails, naming the culprit,
# when one thing is made wrong.
# Environment: CHRONUS (libchronus.a lies beside it), CC, LD.
set -u
chronus=${CHRONUS:-build/release/chronus}
lib=$(dirname "$chronus")/libchronus.a
cc=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0

# expect ok|fault WHAT TEXT COMMAND...: the command succeeds (or fails) and says TEXT
expect() {
	wanted=$1 what=$2 text=$3
	shift 3
	if "$@" >"$work/said" 2>&1; then got=ok; else got=fault; fi
	if [ $got = "$wanted" ] && { [ -z "$text" ] || grep -qE -e "$text" "$work/said"; }; then
		echo "ok    $what"
		return
	fi
	echo "FAIL  $what: $wanted and \"$text\" expected, $got came, which said:"
	sed 's/^/      /' "$work/said"
	n_failed=$((n_failed + 1))
}

# CC may be more than one word.
compile() {
	$cc -std=c11 -O1 -w -D_GNU_SOURCE -Ifirmware -I. -ffunction-sections -c -o "$2" "$1"
}

# ---- reachable symbols
rt() {
	env LD="${LD:-ld}" sh tests/rt/check_rt.sh "$@"
}
cat >"$work/planted.c" <<'END'
#include <stdlib.h>
#include "modules/modules.h"
void *planted_block;
static void planted_render(void *state, const struct module_io *io)
{
	(void)state;
	(void)io;
	planted_block = malloc(64);
}
const struct module_desc out_module = {.key = "out", .render = planted_render};
END
expect ok "check-rt: nothing planted" '^check-rt: ok' rt "$lib"
expect ok "the planted module compiles" '' compile "$work/planted.c" "$work/planted.o"
expect fault "check-rt: malloc in a module" 'symbols.txt: malloc$' rt "$lib" "$work/planted.o"
expect fault "check-rt: names the function" 'malloc is called in <planted_render>' \
	rt "$lib" "$work/planted.o"
cp "$lib" "$work/less.a" && ar d "$work/less.a" worker.o
expect fault "check-rt: a root that is not there" 'no worker_run' rt "$work/less.a"

# ---- layers, each fault in a tree of its own
tree_of_our_own() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/tests"
	cp -r firmware board "$work/tree"
}
layers_in_tree() { # FILE LINE: a new file
	tree_of_our_own
	mkdir -p "$work/tree/$(dirname "$1")"
	echo "$2" >"$work/tree/$1"
	sh tests/rt/check_layers.sh "$work/tree"
}
layers_with() { # FILE LINE: the line becomes the file's first
	tree_of_our_own
	{ echo "$2" && cat "$1"; } >"$work/tree/$1"
	sh tests/rt/check_layers.sh "$work/tree"
}
module=firmware/dsp/module.h
expect ok "layers: nothing planted" '^check-layers: ok' layers_with $module ''
expect fault "layers: upwards" "$module:1: dsp may not include engine" \
	layers_with $module '#include "engine/engine.h"'
expect fault "layers: upwards in angle brackets" "$module:1: " \
	layers_with $module '#include <engine/engine.h>'
expect fault "layers: upwards by a detour" "$module:1: " \
	layers_with $module '#include "../engine/engine.h"'
expect fault "layers: an edge from an edge" 'board/button.c:1: board may not include audio' \
	layers_with board/button.c '#include "audio/sink.h"'
expect fault "layers: a test from the program" "$module:1: dsp may not include tests" \
	layers_with $module '#include "tests/support/suite.h"'
expect fault "layers: the engine's insides" 'edits.c:1: .*engine/internal.h' \
	layers_with firmware/control/edits.c '#include "engine/internal.h"'
expect fault "layers: a library in two files" '<alsa/...> is included by more than one file' \
	layers_with $module '#include <alsa/asoundlib.h>'

expect fault "layers: upwards in a sub-folder" 'base/deep/x.h:1: base may not include engine' \
	layers_in_tree firmware/base/deep/x.h '#include "engine/engine.h"'
expect fault "layers: a folder that has no row" 'firmware/nowhere: no layer' layers_in_tree firmware/nowhere/x.h ''

# ---- circles between files, over the objects of this build and two more
objects=$(dirname "$chronus")
circles_with() { # FILE TEXT...: planted files beside ours
	tree_of_our_own
	rm -rf "$work/objects"
	mkdir "$work/objects"
	cp -r "$objects/firmware" "$objects/board" "$work/objects"
	while [ $# -gt 0 ]; do
		mkdir -p "$(dirname "$work/tree/$1")" "$(dirname "$work/objects/$1")"
		echo "$2" >"$work/tree/$1.c"
		compile "$work/tree/$1.c" "$work/objects/$1.o"
		shift 2
	done
	sh tests/rt/check_circles.sh "$work/objects" "$work/tree"
}
low=firmware/base/planted_low mid=firmware/patch/planted_mid high=firmware/audio/deep/planted_high
expect ok "circles: nothing planted" '^check-circles: ok' sh tests/rt/check_circles.sh "$objects"
expect ok "circles: downwards" '^check-circles: ok' \
	circles_with $low 'void low(void) {}' $high 'void low(void); void high(void) { low(); }'
expect fault "circles: two files" 'need each other: audio/deep/planted_high base/planted_low$' \
	circles_with $low 'void high(void); void low(void) { high(); }' $high 'void low(void); void high(void) { low(); }'
expect fault "circles: by data, which is named" 'base/planted_low needs level of audio/deep/planted_high$' \
	circles_with $low 'extern int level; int *low(void) { return &level; }' \
	$high 'void low(void); int level; void high(void) { low(); }'
expect fault "circles: by a detour" 'need each other: audio/deep/planted_high base/planted_low patch/planted_mid$' \
	circles_with $low 'void high(void); void low(void) { high(); }' $mid 'void low(void); void mid(void) { low(); }' \
	$high 'void mid(void); void high(void) { mid(); }'
expect fault "circles: no objects" 'build first' sh tests/rt/check_circles.sh "$work/tree"
stale_list() { # SCRIPT ROW ARGUMENT: the list of the script has a row more
	sed "s|^known='|&\n$2|" "tests/rt/$1" >"$work/$1"
	sh "$work/$1" "$3"
}
expect fault "circles: a circle that was opened" 'no such circle now' \
	stale_list check_circles.sh 'base/log base/wav' "$objects"
expect fault "sizes: a struct that was made smaller" 'struct arena has at most 20 fields now' \
	stale_list check_sizes.sh 'struct arena' .

# ---- sizes
sizes_with() { # FILE TEXT: the text becomes the file's end
	tree_of_our_own
	cp -r tests/support "$work/tree/tests"
	printf '%s\n' "$2" >>"$work/tree/$1"
	sh tests/rt/check_sizes.sh "$work/tree"
}
fields() { # N
	seq -f '	int field_%g, /* , ; */' "$1" | sed '$s/,.*/;/'
}
lines() { # N
	yes '	x++;' | head -n "$1"
}
expect ok "sizes: nothing planted" '^check-sizes: ok' sizes_with $module ''
expect ok "sizes: the largest function" '^check-sizes: ok' \
	sizes_with $module "int f(int x)
{
$(lines 57)
}"
expect fault "sizes: a long function" 'function: firmware/dsp/module.h:[0-9]*: 61 lines, at most 60' \
	sizes_with $module "int f(int x)
{
$(lines 58)
}"
expect fault "sizes: a long head counts" 'function: firmware/dsp/module.h:[0-9]*: 61 lines, at most 60' \
	sizes_with $module "int f(int x,
	int y)
{
$(lines 57)
}"
expect fault "sizes: a long file" 'file: firmware/base/log.h: [0-9]* lines, at most 400' \
	sizes_with firmware/base/log.h "$(lines 400)"
expect ok "sizes: the largest struct" '^check-sizes: ok' sizes_with $module "struct planted {
$(fields 18)
	struct { int a, b; } one;
	int (*another)(int a, int b);
};"
expect fault "sizes: a large struct" 'struct planted: firmware/dsp/module.h:[0-9]*: 21 fields, at most 20' \
	sizes_with $module "struct planted {
$(fields 19)
	struct { int a, b; } one;
	enum { A, B } another;
};"
expect fault "sizes: a large struct without a name" 'struct: firmware/dsp/module.h:[0-9]*: 21 fields' \
	sizes_with $module "static struct {
$(fields 21)
} planted;"

# ---- parts of the running instrument
parts_with() { # FILE TEXT: the text becomes the file's end
	tree_of_our_own
	printf '%s\n' "$2" >>"$work/tree/firmware/$1"
	sh tests/rt/check_parts.sh "$work/tree"
}
expect ok "parts: nothing planted" '^check-parts: ok' parts_with appliance/loop.c ''
expect ok "parts: another's part is read" '^check-parts: ok' parts_with appliance/loop.c 'if (run->state.must_end == true) {}'
expect fault "parts: another's flag is set" "loop.c:[0-9]*: run->state is state.c's to write" \
	parts_with appliance/loop.c '	run->state.must_end = true;'
expect fault "parts: another's part by a pointer" "loop.c:[0-9]*: run->tone is start_tone.c's to write" \
	parts_with appliance/loop.c '	struct run_tone *tone = &run->tone;'
expect fault "parts: another's part of the desk" "play.c:[0-9]*: desk->requests has other writers" \
	parts_with control/play.c '	desk->requests.n = 0;'
expect fault "parts: another's part of the desk, cleared" "play.c:[0-9]*: desk->commit has other writers" \
	parts_with control/play.c '	memset(desk->commit.outcome, 0, 1);'

# ---- poisoned names
source_with() { # STATEMENT, after the last include
	printf '#include <stdlib.h>\n#include "base/rt_poison.h"\nvoid *f(void);\n' >"$work/rt.c"
	printf 'void *f(void)\n{\n\t%s\n}\n' "$1" >>"$work/rt.c"
	compile "$work/rt.c" "$work/rt.o"
}
expect ok "poison: nothing planted" '' source_with 'return NULL;'
expect fault "poison: malloc" 'rt.c:6:.*poisoned.*' source_with 'return malloc(1);'

[ $n_failed = 0 ]
