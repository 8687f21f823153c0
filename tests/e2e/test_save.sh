#!/bin/sh
# `save` in a run: the file as it sounds, the one before beside it, and a journal that renders the same samples.
set -u
cd "$(dirname "$0")/../.." || exit 1
chronus=${CHRONUS:-build/release/chronus}
case $chronus in /*) ;; *) chronus=$PWD/$chronus ;; esac
dir=$(mktemp -d /tmp/chronus-save-XXXXXX) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
export CHRONUS_RUNTIME_DIR="$dir/rt"
bad=0
fail() { echo "FAIL $*"; bad=1; }

patch() {
	printf '; mine\n[patch]\nname = Mine\n[osc1]\ntype = osc\nshape = saw ; rich\nfreq_hz = 220 ; low\n[out]\nin = osc1 * 0.1\n'
}

begin() { # more options
	mkdir -p rt
	patch >mine.ini
	cp mine.ini written.ini
	rm -f mine.ini~ other.ini
	printf '[audio]\ndevice = simulated\nblock_frames = 256\nperiods = 4\n[engine]\nlead_blocks = 4\n[start]\npatch = mine.ini\n[simulate]\nwav = heard.wav\n' >run.ini
	"$chronus" run --config run.ini "$@" >log 2>&1 &
	pid=$!
	until "$chronus" send list 2>/dev/null | grep -q 'mine.ini: playing'; do
		kill -0 $pid || { cat log; exit 1; }
		sleep 0.05
	done
}

end() { kill $pid; wait $pid || fail "the run ended with $?"; }

asks() { # command, text of its answer
	got=$("$chronus" send "$1" 2>&1)
	case $got in *"$2"*) ;; *) fail "$1: $got (not: $2)" ;; esac
}

# what is saved, and what is not
begin
asks save 'ok saved as '
cmp -s mine.ini written.ini || fail "a save of nothing that was turned changes the file"
asks 'set osc1.freq_hz 333.25' ok
asks save 'ok saved as '
sed 's/220/333.25/; s/25 ; low/25 ; low/' written.ini >wanted.ini
diff -b wanted.ini mine.ini || fail "only the line of the changed value differs"
cmp -s mine.ini~ written.ini || fail "the file that was there is kept"
asks list 'mine.ini: playing'
case $got in *staged*) fail "our own save is staged: $got" ;; esac
asks 'set osc1.freq_hz 444' ok
asks 'save other' 'other.ini'
grep -q 'freq_hz = 444' other.ini || fail "other.ini has not what is heard"
grep -q 'freq_hz = 333.25' mine.ini || fail "mine.ini has changed by a save as another name"
asks revert 'is heard'
asks 'get osc1.freq_hz' '= 333.25 Hz'
asks 'save a/b' 'no name for a patch'
# what somebody else has written since it was read (wrong, so it is not staged) is not lost
echo '[osc1]' >mine.ini
asks save 'was edited since it was read'
[ "$(cat mine.ini)" = '[osc1]' ] || fail "the edited file is lost"
end

# from a fresh start it sounds as it was heard; a script of render writes nothing
sed 's/220/444/' written.ini >turned.ini
echo '0.5 save never' >never.script
"$chronus" render turned.ini a.wav --seconds 1 --script never.script >render.log 2>&1 || { cat render.log; fail "render with save"; }
"$chronus" render other.ini b.wav --seconds 1 --script never.script >render.log 2>&1
cmp a.wav b.wav || fail "a saved patch sounds otherwise"
[ -e never.ini ] && fail "a rendering has saved"

# revert goes back to what was saved, in the run and in its journal; a machine too slow to play all blocks in
# time has played something else: once more
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	rm -rf played && mkdir played
	begin --log-events played
	asks 'set osc1.freq_hz 333.25' ok
	asks save 'ok saved as '
	asks 'set osc1.freq_hz 999' ok
	asks revert 'is heard'
	asks 'set osc1.level 0.5' ok
	asks commit 'is heard'
	end
	grep 'none 0,.*drop 0,.*xrun 0,' log >/dev/null && break
	[ $try -lt 20 ] || fail "the machine never played all blocks in time"
done
"$chronus" render --script played >render.log 2>&1 || { cat render.log; fail "the journal is not rendered"; }
n=$(stat -c %s played/played.wav)
[ "$n" -gt 20000 ] || fail "the rendering is short"
cmp -i 128 -n $((n - 128)) played/played.wav heard.wav || fail "the journal's samples"
exit $bad
