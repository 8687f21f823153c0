#!/bin/sh
# The scripts and units of the card's image that a slow or damaged card meets: who may log in, name and wifi, /data. Each
# script runs in a folder of its own, with stand-ins for the programs that change disks; spoilt ones must be found.
set -u
cd "$(dirname "$0")/../.." || exit 1
files=$PWD/cross/image/files/usr/lib
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
PATH=$PATH:/usr/sbin:/sbin
command -v ssh-keygen >/dev/null || {
	echo "ssh-keygen is not here (package openssh-client)"
	exit 77
}

# begin SCRIPTS: a new card, and the scripts of that folder for it
begin() {
	root=$dir/root
	rm -rf "$root"
	mkdir -p "$root/card/patches" "$root/run/chronus-boot" "$root/etc" "$root/dev" "$root/bin" "$root/lib" "$root/data"
	for script in ssh-keys card-files data act-led; do
		sed -e "s|/boot/firmware|$root/card|g; s|/run/|$root/run/|g; s|/etc/|$root/etc/|g; s|/dev/\([mv]\)|$root/dev/\1|g" \
			-e "s|/proc/sys/kernel/hostname|$root/etc/kernel-name|; s|/usr/lib/chronus/|$root/lib/|" -e 's/-b "/-e "/' \
			-e "s|/sys/class/leds|$root/leds|" \
			"$1/$script" >"$root/lib/$script"
		chmod 755 "$root/lib/$script"
	done
}

# stand_in NAME CODE...: a program that is noted in $root/called, and ends with these codes, call by call
stand_in() {
	name=$1
	shift
	cat >"$root/bin/$name" <<-END
		#!/bin/sh
		echo $name >>$root/called
		set -- $*
		n=\$(grep -cx $name $root/called)
		while [ \$n -gt 1 ] && [ \$# -gt 1 ]; do shift; n=\$((n - 1)); done
		exit \$1
	END
	chmod 755 "$root/bin/$name"
}

# is WHAT FOUND WANTED
is() {
	[ "$2" = "$3" ] || wrong="$wrong$1: \"$2\" and not \"$3\"; "
}

calls() {
	tr '\n' ' ' <"$root/called" 2>/dev/null
}

told() {
	grep -q "$1" "$root/run/chronus-boot/messages" 2>/dev/null || wrong="${wrong}not told: $1; "
}

look_keys() {
	begin "$1"
	is "keys of no file" "$("$root/lib/ssh-keys" && echo good)" good
	(cat "$dir/a.pub" && echo '# mine' && cat "$dir/b.pub") >"$root/keys"
	{ printf '\357\273\277' && sed 's/$/\r/' "$root/keys"; } >"$root/card/authorized_keys"
	is "keys of another computer" "$("$root/lib/ssh-keys" | cmp - "$root/keys" 2>&1)" ""
}

look_card() {
	begin "$1"
	printf '\357\273\277studio\r\n' >"$root/card/hostname"
	printf 'country=CH\r\nnetwork={\r\n\tssid="a"\r\n}\r\n' >"$root/card/wifi.conf"
	cp "$dir/a.pub" "$root/card/authorized_keys"
	is "card-files" "$("$root/lib/card-files" 2>&1; echo $?)" 0
	is "the name" "$(cat "$root/etc/kernel-name")" studio
	is "wifi" "$(sed 1d "$root/run/chronus-wifi/wpa_supplicant.conf" | paste -sd' ')" 'country=CH network={ 	ssid="a" }'
	[ ! -s "$root/run/chronus-boot/messages" ] || wrong="${wrong}complains: $(cat "$root/run/chronus-boot/messages"); "
	echo '../../x' >"$root/card/hostname"
	echo 'nonsense' | tee "$root/card/wifi.conf" >"$root/card/authorized_keys"
	is "card-files again" "$("$root/lib/card-files" 2>/dev/null; echo $?)" 0
	is "no name" "$(cat "$root/etc/kernel-name")" chronus
	told 'hostname: a name has' && told 'wifi.conf: there is no network' && told 'wifi.conf: there is no country' && told 'no usable key'
	for name in LocalHost ip6-loopback invalid 127 studio- a_b; do
		echo "$name" >"$root/card/hostname"
		"$root/lib/card-files" 2>/dev/null
		is "the name $name" "$(cat "$root/etc/kernel-name")" chronus
	done
	told 'hostname: LocalHost is reserved'
	rm "$root"/card/*o* "$root/run/chronus-boot/messages"
	is "card-files of an empty card" "$("$root/lib/card-files" 2>/dev/null; echo $?)" 0
	told 'authorized_keys: there is none'
}

# blkid_in CODE|TYPE: a blkid that finds nothing and ends with the code, or finds that type. Asked for more than the type
# it tells of the partition table's entry, and is content.
blkid_in() {
	case $1 in *[!0-9]*) code=0 type=$1 ;; *) code=$1 type= ;; esac
	cat >"$root/bin/blkid" <<-END
		#!/bin/sh
		echo blkid >>$root/called
		case "\$*" in *"-s TYPE"*) ;; *) exit 0 ;; esac
		echo $type
		exit $code
	END
	chmod 755 "$root/bin/blkid"
}

# data SCRIPTS MOUNTPOINT MOUNT E2FSCK BLKID DD: codes; what was called of those that change something
data() {
	begin "$1"
	: >"$root/dev/mmcblk0p4"
	stand_in mountpoint "$2"
	stand_in mount "$3"
	stand_in e2fsck "$4"
	blkid_in "$5"
	stand_in dd "$6"
	for name in mkfs.ext4 systemd-tmpfiles; do stand_in $name 0; done
	PATH=$root/bin:$PATH "$root/lib/data" >/dev/null 2>&1
	calls | sed 's/mountpoint //g; s/blkid //g; s/dd //g; s/systemd-tmpfiles $/ready/'
	[ -e "$root/run/chronus-boot/data-tried" ] || echo ", and ssh waits for it"
}

look_data() {
	is "/data is there" "$(data "$1" 0 9 9 9 9)" ready
	is "/data appears late" "$(data "$1" 1 0 9 9 9)" "mount ready"
	is "the initrd has mounted it meanwhile" "$(data "$1" "1 0" 32 9 9 9)" "mount ready"
	is "/data is damaged" "$(data "$1" 1 "32 0" 1 9 9)" "mount e2fsck mount ready"
	is "/data is empty" "$(data "$1" 1 "32 0" 8 2 0)" "mount e2fsck mkfs.ext4 mount ready"
	is "/data is empty, says a newer blkid" "$(data "$1" 1 "32 0" 8 0 0)" "mount e2fsck mkfs.ext4 mount ready"
	is "/data cannot be mended" "$(data "$1" 1 32 8 ext4 0)" "mount e2fsck mount "
	is "/data cannot be read" "$(data "$1" 1 32 8 2 1)" "mount e2fsck mount "
	is "/data has something that is not known" "$(data "$1" 1 32 8 8 0)" "mount e2fsck mount "
}

# led SCRIPTS LED LOG MESSAGES: flashes of that LED, with that in the kernel's log and those messages
led() {
	begin "$1"
	mkdir -p "$root/leds/$2"
	: >"$root/leds/$2/trigger"
	: >"$root/leds/$2/pattern"
	printf '#!/bin/sh\necho "%s"\n' "$3" >"$root/bin/dmesg"
	chmod 755 "$root/bin/dmesg"
	[ -z "$4" ] || echo "$4" >"$root/run/chronus-boot/messages"
	PATH=$root/bin:$PATH "$root/lib/act-led"
	echo "$(cat "$root/leds/$2/trigger") $(grep -o '1 200 1 0' "$root/leds/$2/pattern" | grep -c .)"
}

look_led() {
	no_wifi="brcmfmac mmc1:0001:1: Direct firmware load for brcm/brcmfmac43430b0-sdio.bin failed with error -2"
	is "the LED when all is well" "$(led "$1" ACT "" "")" " 0"
	is "the LED with a message" "$(led "$1" ACT "" "hostname: is none")" "pattern 5"
	is "the LED of a Pi 400" "$(led "$1" PWR "" "hostname: is none")" "pattern 5"
	is "the LED without wifi" "$(led "$1" ACT "$no_wifi" "")" "pattern 5"
	told 'no firmware for this board'
}

# What ssh, the network and /data need is not given up because the machine was slow once.
look_units() {
	for unit in chronus-card-files chronus-ssh-key chronus-data; do
		is "$unit.service: a time limit" "$(grep TimeoutStart "$1/$unit.service")" ""
	done
	for unit in chronus-card-files chronus-ssh-key ssh; do
		grep -qx 'Restart=\(always\|on-failure\)' "$1/$unit.service" || wrong="$wrong$unit: is not tried again; "
		grep -qx StartLimitIntervalSec=0 "$1/$unit.service" || wrong="$wrong$unit: is given up after a few tries; "
	done
	is "what ssh waits for" "$(grep -h '^After=' "$1/ssh.service" "$1/chronus-ssh-key.service" | paste -sd' ')" \
		"After=chronus-ssh-key.service systemd-tmpfiles-setup.service"
}

# look LIB [FILE]: all of it, or what looks at that file. What is wrong is in $wrong.
look() {
	wrong=
	case ${2:-} in '' | */ssh-keys) look_keys "$1/chronus" ;; esac
	case ${2:-} in '' | */card-files) look_card "$1/chronus" ;; esac
	case ${2:-} in '' | */data) look_data "$1/chronus" ;; esac
	case ${2:-} in '' | */act-led) look_led "$1/chronus" ;; esac
	case ${2:-} in '' | systemd/*) look_units "$1/systemd/system" ;; esac
	[ -z "$wrong" ]
}

planted() { # NAME FILE EXPRESSION: found by what looks at the file
	rm -rf "$dir/planted"
	cp -r "$files" "$dir/planted"
	sed -i "$3" "$dir/planted/$2"
	cmp -s "$files/$2" "$dir/planted/$2" && echo "planted: $1: nothing changes" && failed=1
	look "$dir/planted" "$2" && echo "planted: $1: it is not found" && failed=1
}

for key in a b; do ssh-keygen -q -t ed25519 -N '' -C $key -f "$dir/$key" || exit 1; done
look "$files" || { echo "$wrong" && failed=1; }
planted "carriage returns in keys" chronus/ssh-keys 's|.r\$//|x//|'
planted "no keys is an error" chronus/ssh-keys 's/exit 0/exit 1/'
planted "any name" chronus/card-files 's/A-Za-z0-9-\]/./'
planted "what cannot be read is empty" chronus/data 's/|| return 1/|| true/'
planted "what is not known is empty" chronus/data 's/0 | 2) /*) /'
planted "what has an entry in the table is not empty" chronus/data 's/ -s TYPE -o value//'
planted "what cannot be mended is empty" chronus/data 's/\[ -z "$type" \]/true/'
planted "a late mount is damage" chronus/data 's/ || mountpoint -q .*data$//'
planted "nobody says that /data was tried" chronus/data '/^tried$/d'
planted "a LED that tells nothing" chronus/act-led 's/echo pattern/false/'
planted "wifi without firmware is no message" chronus/act-led 's/43430b0/43455/'
planted "a limit for the network" systemd/system/chronus-card-files.service '$s/$/\nTimeoutStartSec=20s/'
planted "ssh waits for wifi" systemd/system/ssh.service 's/^After=/&chronus-card-files.service /'
[ $failed = 0 ] && echo "card scripts: ok"
exit $failed
