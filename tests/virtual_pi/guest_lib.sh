# guest_lib.sh - for guest.sh of the tests, in the virtual Pi. Results go to /results.

dac=/sys/kernel/debug/burst_dac

# dac_load [PARAMETER=VALUE]... - the sound card is plugged in
dac_load() {
	modprobe burst_dac "$@"
}

# dac_keep NAME - what the card was fed goes to the results, as NAME.recording and NAME.log
dac_keep() {
	cat $dac/log >"/results/$1.log"
	cat $dac/recording >"/results/$1.recording"
}

# gpio_load - a chip of 32 lines that looks like a Pi 4's; its folder of lines is in $gpio
gpio_load() {
	modprobe configfs
	grep -q /sys/kernel/config /proc/mounts || mount -t configfs configfs /sys/kernel/config
	modprobe gpio-sim
	mkdir -p /sys/kernel/config/gpio-sim/pi/bank0
	echo 32 >/sys/kernel/config/gpio-sim/pi/bank0/num_lines
	echo pinctrl-bcm2711 >/sys/kernel/config/gpio-sim/pi/bank0/label
	echo 1 >/sys/kernel/config/gpio-sim/pi/live
	gpio=/sys/devices/platform/$(cat /sys/kernel/config/gpio-sim/pi/dev_name)
	gpio=$gpio/$(cat /sys/kernel/config/gpio-sim/pi/bank0/chip_name)
	# at rest a switch to ground is open: all lines are high
	for line in $(seq 0 31); do echo pull-up >"$gpio/sim_gpio$line/pull"; done
}

gpio_unload() {
	echo 0 >/sys/kernel/config/gpio-sim/pi/live
}

# start [ARGUMENTS] - chronus in the background; goes on when it plays. Its number is in $chronus.
start() {
	chronus run --config chronus.ini --log-events /results/events.txt "$@" \
		>/results/chronus.log 2>&1 &
	chronus=$!
	until chronus stats --json >/dev/null 2>&1; do
		kill -0 "$chronus" 2>/dev/null || {
			cat /results/chronus.log
			return 1
		}
		sleep 0.1
	done
}

# finish - a signal to end, and waits for it
finish() {
	kill -INT "$chronus"
	wait "$chronus"
}

# threads NAME - what the kernel says of each thread of chronus, to the results
threads() {
	for task in /proc/"$chronus"/task/*; do
		echo "task $(basename "$task")"
		cat "$task/stat" "$task/status"
	done >"/results/$1.threads"
	# every program's threads, and the core that each ran on last
	for task in /proc/[0-9]*/task/*; do
		# the kernel's own have no command line
		[ -n "$(tr -d '\0' 2>/dev/null <"${task%/task/*}/cmdline")" ] || continue
		core=$(sed 's/.*) //' "$task/stat" 2>/dev/null | cut -d' ' -f37)
		name=$(sed -n 's/^Name:\t//p' "$task/status" 2>/dev/null)
		echo "on core $core: $name"
	done >"/results/$1.cores" || true
}

# answered - asks for the counters as another program would, and says how long that took
answered() {
	asked_ms=$(uptime_ms)
	chronus stats --json >/dev/null
	echo "answered in $(($(uptime_ms) - asked_ms)) ms"
}

uptime_ms() {
	awk '{ print $1 * 1000 }' /proc/uptime
}

# cpu_ticks - what all threads of chronus have used, in hundredths of a second
cpu_ticks() {
	sed 's/.*) //' "/proc/$chronus/stat" | awk '{ print $12 + $13 }'
}
