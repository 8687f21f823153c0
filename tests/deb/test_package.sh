#!/bin/sh
# The package of this machine's build: the same bytes twice, everything in its place, settings that are
# conffiles. (make test-deb installs, upgrades and purges it.)
set -u
cd "$(dirname "$0")/../.." || exit 1
program=${CHRONUS:-build/release/chronus}
case $(uname -m) in x86_64) arch=amd64 ;; *)
	echo "the package of this machine is made on amd64 only"
	exit 77
	;;
esac
for tool in dpkg-deb dpkg-parsechangelog git strip objdump python3; do
	command -v $tool >/dev/null || {
		echo "$tool is not here"
		exit 77
	}
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
package=build/deb/chronus_0.0.0test_$arch.deb

complain() {
	echo "$*"
	failed=1
}

build() {
	sh cross/deb/build $arch 0.0.0test "$program" >"$dir/log" 2>&1 || {
		cat "$dir/log"
		exit 1
	}
}
build
cp "$package" "$dir/first.deb"
sleep 1 # another second on the clock
(umask 077 && build)
cmp "$package" "$dir/first.deb" || complain "two builds are not the same bytes"
rm -f "$package"

dpkg-deb --fsys-tarfile "$dir/first.deb" | tar -tvf - >"$dir/files"
grep -v ' root/root ' "$dir/files" && complain "not root's"
for file in /usr/bin/chronus /usr/lib/systemd/system/chronus.service \
	/usr/lib/systemd/system/chronus-card.socket /usr/lib/systemd/system/chronus-card@.service /usr/lib/sysusers.d/chronus.conf \
	/usr/lib/udev/rules.d/60-chronus.rules /usr/lib/systemd/system/chronus-irq.service /usr/lib/chronus/irq-threads /etc/chronus/chronus.ini /etc/chronus/patches/drone.ini \
	/usr/share/doc/chronus/copyright /usr/share/doc/chronus/changelog.gz /usr/share/man/man1/chronus.1.gz \
	/usr/share/man/man5/chronus-patch.5.gz /usr/share/man/man5/chronus.ini.5.gz /usr/share/man/man7/chronus-modules.7.gz; do
	grep -q " \.$file\$" "$dir/files" || complain "$file is not in the package"
done
dpkg-deb -e "$dir/first.deb" "$dir/control"
(cd config && find . -name '*.ini' ! -name 'demo*' | sed 's|^\.|/etc/chronus|' | sort) >"$dir/settings"
sort "$dir/control/conffiles" | cmp - "$dir/settings" || complain "conffiles are not what config/ has"
grep -q '^Depends: libc6 (>= 2\.[0-9]*), libasound2t64' "$dir/control/control" || complain "$(grep Depends "$dir/control/control")"
for script in postinst prerm postrm; do
	[ -x "$dir/control/$script" ] && sh -n "$dir/control/$script" || complain "$script is not a script"
done
dpkg-deb -x "$dir/first.deb" "$dir/root"
objdump -p "$dir/root/usr/bin/chronus" | grep -q RELRO || complain "strip has taken the program's RELRO"
(cd "$dir/root" && md5sum --quiet -c "$dir/control/md5sums") || complain "md5sums are wrong"
"$dir/root/usr/bin/chronus" check "$dir/root/etc/chronus/chronus.ini" "$dir"/root/etc/chronus/patches/*.ini >"$dir/log" 2>&1 ||
	complain "what is installed is not right: $(cat "$dir/log")"

# the news: each entry is understood, and the first one is this package's
news() { dpkg-parsechangelog -l "$1" -S "$2" 2>&1; }
gzip -dc "$dir/root/usr/share/doc/chronus/changelog.gz" >"$dir/changelog"
dpkg-parsechangelog --all -l "$dir/changelog" 2>&1 >/dev/null | grep . && complain "dpkg-parsechangelog warns of the changelog"
[ "$(news "$dir/changelog" Version)" = 0.0.0test ] || complain "the changelog begins with $(news "$dir/changelog" Version)"
[ -n "$(news "$dir/changelog" Date)" ] || complain "the changelog's first entry has no date"
sed 's/^ -- .*//' "$dir/changelog" >"$dir/no-date"
dpkg-parsechangelog --all -l "$dir/no-date" 2>&1 >/dev/null | grep -q . || complain "an entry without a date is not seen"

# what this looks for is seen when it is missing
grep -v chronus.ini "$dir/control/conffiles" | sort | cmp -s - "$dir/settings" && complain "a missing conffile is not seen"
[ $failed = 0 ] && echo "deb: ok"
exit $failed
