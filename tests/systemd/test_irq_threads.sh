#!/bin/sh
# systemd/irq-threads on a /proc as a Pi has it, with stand-ins for chrt and taskset: which threads it moves, and where; and that
# what starts it is there. Spoilt ones must be found.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
mkdir "$dir/bin"
for tool in chrt taskset; do
	printf '#!/bin/sh\necho "%s $*" >>%s/called\n' $tool "$dir" >"$dir/bin/$tool"
	chmod 755 "$dir/bin/$tool"
done

thread() { # PID NAME [IRQ]
	mkdir -p "$dir/root/proc/$1"
	echo "$2" >"$dir/root/proc/$1/comm"
	[ -z "${3:-}" ] || mkdir -p "$dir/root/proc/irq/$3"
	[ -z "${3:-}" ] || echo 0 >"$dir/root/proc/irq/$3/smp_affinity_list"
}

# begin ISOLATED: a Pi
begin() {
	rm -rf "$dir/root" "$dir/called"
	: >"$dir/called"
	mkdir -p "$dir/root/sys/devices/system/cpu"
	echo "$1" >"$dir/root/sys/devices/system/cpu/isolated"
	thread 1 systemd
	thread 70 "irq/23-DMA IRQ" 23
	thread 71 "irq/24-DMA IRQ" 24
	thread 72 irq/31-mmc0 31
	thread 73 irq/55-dwc2_hsotg 55
	thread 90 napi/eth0-8193
	thread 91 ksoftirqd/0
}

affinity() { cat "$dir/root/proc/irq/$1/smp_affinity_list"; }

is() { # WHAT FOUND WANTED
	[ "$2" = "$3" ] || wrong="$wrong$1: \"$2\" and not \"$3\"; "
}

# look SCRIPT
look() {
	wrong=
	begin 3
	PATH=$dir/bin:$PATH sh "$1" "$dir/root" >/dev/null 2>&1
	is "the end" $? 0
	is "what was called" "$(sort "$dir/called" | paste -sd' ')" \
		"chrt --fifo --pid 85 70 chrt --fifo --pid 85 71 taskset --cpu-list --pid 1 90"
	is "sound's interrupt" "$(affinity 23) $(affinity 24)" "3 3"
	is "the SD card's and USB's" "$(affinity 31) $(affinity 55)" "0 0"
	begin ""
	PATH=$dir/bin:$PATH sh "$1" "$dir/root" >/dev/null 2>&1
	is "where no core is kept free" "$(affinity 23)" 0
	begin 3 # as a Pi 3 does it: the interrupt cannot be moved
	rm "$dir/root/proc/irq/23/smp_affinity_list"
	mkdir "$dir/root/proc/irq/23/smp_affinity_list"
	PATH=$dir/bin:$PATH sh "$1" "$dir/root" >"$dir/said" 2>&1
	is "the end where it cannot be moved" $? 0
	is "the threads where it cannot be moved" "$(grep -c 'chrt' "$dir/called")" 2
	[ -z "$wrong" ]
}

planted() { # NAME EXPRESSION
	sed "$2" systemd/irq-threads >"$dir/planted"
	cmp -s systemd/irq-threads "$dir/planted" && echo "planted: $1: nothing changes" && failed=1
	look "$dir/planted" && echo "planted: $1: it is not found" && failed=1
}

look systemd/irq-threads || { echo "$wrong" && failed=1; }
planted "below the producer" 's/^priority=85/priority=75/'
planted "every interrupt" 's/irq\/\*-DMA\*)/irq\/*)/'
planted "no core" '/^core=/d'
planted "network stays" '/napi/d'
wants='ENV{SYSTEMD_WANTS}+="chronus-irq.service"'
for rules in systemd/udev/60-chronus.rules cross/image/files/etc/udev/rules.d/80-chronus-net.rules; do
	grep -q "TAG+=\"systemd\", $wants" $rules || { echo "$rules does not start chronus-irq.service" && failed=1; }
done
priority=$(sed -n 's/^priority=\([0-9]*\).*/\1/p' systemd/irq-threads)
producer=$(sed -n 's/.*AT(rt.producer_priority), 0, 99, \([0-9]*\)).*/\1/p' firmware/config/settings_table.c)
[ "$priority" -gt "$producer" ] || { echo "sound's interrupt ($priority) comes behind the producer ($producer)" && failed=1; }
[ $failed = 0 ] && echo "irq threads: ok"
exit $failed
