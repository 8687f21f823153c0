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
layers_with() { # FILE LINE: the line becomes the file's first
	rm -rf "$work/tree"
	mkdir "$work/tree"
	cp -r firmware board "$work/tree"
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
expect fault "layers: a library in two files" '<alsa/...> is included by more than one file' \
	layers_with $module '#include <alsa/asoundlib.h>'

# ---- poisoned names
source_with() { # STATEMENT, after the last include
	printf '#include <stdlib.h>\n#include "base/rt_poison.h"\nvoid *f(void);\n' >"$work/rt.c"
	printf 'void *f(void)\n{\n\t%s\n}\n' "$1" >>"$work/rt.c"
	compile "$work/rt.c" "$work/rt.o"
}
expect ok "poison: nothing planted" '' source_with 'return NULL;'
expect fault "poison: malloc" 'rt.c:6:.*poisoned.*' source_with 'return malloc(1);'

[ $n_failed = 0 ]
