# Chronus: everything is built and checked from here. `make help` lists the targets.
#
# One non-recursive file. Objects mirror the source paths under build/<triple>-<variant>/.
# Variables: CC, CROSS_COMPILE, SYSROOT, VARIANT (release debug asan tsan), WERROR=1, V=1.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

VERSION := 0.1.0
VARIANT := release

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
PKG_CONFIG ?= pkg-config
ifdef SYSROOT
override CFLAGS += --sysroot=$(SYSROOT)
override LDFLAGS += --sysroot=$(SYSROOT)
export PKG_CONFIG_LIBDIR := $(SYSROOT)/usr/lib/pkgconfig:$(SYSROOT)/usr/lib/aarch64-linux-gnu/pkgconfig:$(SYSROOT)/usr/share/pkgconfig
export PKG_CONFIG_SYSROOT_DIR := $(SYSROOT)
endif

TRIPLE := $(shell $(CC) -dumpmachine 2>/dev/null || echo none)
B := build/$(TRIPLE)-$(VARIANT)
# build/VARIANT leads to the build of this machine; one that was given a folder by B= is found there only.
own-folder := $(if $(CROSS_COMPILE)$(filter-out file,$(origin B)),,yes)
JOBS := $(shell nproc)
comma := ,

# ---- flags -----------------------------------------------------------------------------------
# Sanitizers put red zones into every frame.
frame-flags := $(if $(filter release debug,$(VARIANT)),-Wframe-larger-than=4096)
# x86-64-v2 (2009 and later) has 4-lane selects and rounding, as NEON has: the lanes code is the same.
arch-flags := $(if $(filter x86_64-%,$(TRIPLE)),-march=x86-64-v2)
# Constants are enums here, also those that meet floats; clang 19 would warn of each such line.
clang-flags := $(if $(findstring clang,$(CC)),-Wno-enum-float-conversion)
warn-flags := -Wall -Wextra -Wshadow -Wconversion -Wdouble-promotion -Wmissing-prototypes \
	-Wstrict-prototypes -Wvla $(clang-flags) $(if $(WERROR),-Werror) $(frame-flags)
# No -ffast-math: NaN checks must stay. Only: libm sets no errno, and no FP exception is trapped.
fp-flags := -fno-math-errno -fno-trapping-math
variant-flags-release := -O3 -DNDEBUG=1
variant-flags-debug := -O1 -g3
variant-flags-asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
variant-flags-tsan := -O1 -g -fsanitize=thread -DRT_STACK_KB=2048
variant-flags := $(variant-flags-$(VARIANT))
ifeq ($(variant-flags),)
$(error VARIANT=$(VARIANT) is unknown; it is one of release debug asan tsan)
endif

gpiod-ok := $(shell $(PKG_CONFIG) --atleast-version=2 libgpiod 2>/dev/null && echo yes)
pkgs := alsa inih $(if $(gpiod-ok),libgpiod)
pkg-cflags := $(shell $(PKG_CONFIG) --cflags $(pkgs) 2>/dev/null)
pkg-libs := $(shell $(PKG_CONFIG) --libs $(pkgs) 2>/dev/null)

override CPPFLAGS += -D_GNU_SOURCE -DCHRONUS_VERSION='"$(VERSION)"' -Ifirmware -I.
all-cflags = -std=c11 -g $(arch-flags) $(variant-flags) $(fp-flags) $(warn-flags) -pthread \
	-ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)=. -MMD -MP $(CPPFLAGS) $(pkg-cflags) $(CFLAGS)
# Symbols are found before main, not by a real-time thread at its first call.
all-ldflags = -pthread $(variant-flags) -Wl,--gc-sections -Wl,-z,relro,-z,now $(LDFLAGS)
libs = $(pkg-libs) -lm

# ---- sources ---------------------------------------------------------------------------------
src := $(wildcard firmware/*/*.c board/*.c)
# The GPIO backend needs libgpiod v2 (Debian 13); without it a stand-in says so.
src := $(filter-out $(if $(gpiod-ok),board/gpio_none.c,board/gpio_lines.c),$(src))
obj := $(src:%.c=$B/%.o)
lib := $B/libchronus.a
bin := $B/chronus
support-obj := $(patsubst %.c,$B/%.o,$(wildcard tests/support/*.c))
test-src := $(wildcard tests/unit/*/test_*.c tests/prop/test_*.c tests/rt/test_*.c tests/golden/test_*.c \
	tests/fuzz/test_*.c tests/e2e/test_*.c tests/soak/test_*.c tests/bench/test_*.c)
test-bin := $(test-src:%.c=$B/%)
# Scripts build for themselves: once, with the ordinary build, is enough. The plants are many: they run in parts, beside others.
plants := tests/plants/test_plants.sh
n-plant-parts := 12
plant-parts := $(foreach part,$(shell seq $(n-plant-parts)),$(plants):$(part)/$(n-plant-parts))
test-scripts := $(if $(filter release,$(VARIANT)),$(filter-out $(plants),$(wildcard tests/*/test_*.sh)) $(plant-parts))

ifeq ($(V),1)
say = @:
Q :=
else
say = @printf '  %-6s %s\n' $1 $2;
Q := @
endif

all: $(bin) ## build the program (build/release/chronus)

$(bin): $B/firmware/main.o $(lib)
	$(call say,LINK,$@)
	$Q$(CC) $(all-ldflags) -o $@ $^ $(libs)
	$(if $(own-folder),@ln -sfn $(notdir $B) build/$(VARIANT))

$(lib): $(obj)
	$(call say,AR,$@)
	@rm -f $@
	$Q$(CROSS_COMPILE)ar rcs $@ $^

# Changed flags rebuild everything: each object depends on this stamp.
flags-now := $(subst ','"'"',$(CC) $(all-cflags) | $(all-ldflags) $(libs))
$B/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(flags-now)' | cmp -s - $@ || echo '$(flags-now)' > $@
FORCE:

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$Q$(CC) $(all-cflags) -c -o $@ $<

$(test-bin): $B/%: $B/%.o $(support-obj) $(lib)
	$(call say,LINK,$@)
	$Q$(CC) $(all-ldflags) $(wraps) -o $@ $< $(support-obj) $(lib) $(libs) -lcunit

# Stands between each module and its fast loops.
$B/tests/prop/test_fast: wraps := $(patsubst firmware/modules/%.c,-Wl$(comma)--wrap=%,$(wildcard firmware/modules/*_fast.c))

-include $(obj:.o=.d) $B/firmware/main.d $(support-obj:.o=.d) $(test-bin:=.d)
.PRECIOUS: $B/%.o

tests: $(test-bin) $(bin) ## build the tests without running them
.PHONY: all tests FORCE

# ---- what people do with it --------------------------------------------------------------------
deps: ## install the Debian packages that are missing (asks for root only then)
	@sh cross/deps.sh build

run: deps ## build and play the demo (sound card, or a WAV file where there is none)
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@build/$(VARIANT)/chronus run --config config/demo.ini --script config/demo.script --seconds 26

test: ## build everything and pass every test
	@sh cross/deps.sh test
	@$(MAKE) --no-print-directory -j$(JOBS) all tests
	@$(MAKE) --no-print-directory check

# tsan finds races: it runs what has threads
to-run = $(if $(filter tsan,$(VARIANT)),$$(sh tests/threaded.sh $(test-bin)),$(test-bin))
check: $(bin) $(test-bin) check-layers check-names check-tested check-rt ## run the tests that are built
	@CHRONUS=$(bin) CC='$(CC)' LD='$(CROSS_COMPILE)ld' MAKE='$(MAKE)' VARIANT=$(VARIANT) \
		sh tests/run.sh $(to-run) $(test-scripts)

check-quick: $(bin) $(filter $B/tests/unit/% $B/tests/golden/%,$(test-bin)) check-layers check-names check-tested check-rt ## unit, golden, layers, real-time gates: a minute
	@CHRONUS=$(bin) sh tests/run.sh $(filter $B/tests/unit/% $B/tests/golden/%,$(test-bin))
.PHONY: check-quick

# for tests/plants: how this build compiles and links
print-flags:
	@printf 'CC=%s\nB=%s\nCFLAGS=%s\nLDFLAGS=%s\nLIBS=%s\n' \
		'$(CC)' '$B' '$(subst ','"'"',$(all-cflags))' '$(all-ldflags)' '$(libs)'
.PHONY: print-flags

check-layers: $(bin) ## includes go downwards only, no circle between files, nothing too large
	@sh tests/rt/check_layers.sh
	@sh tests/rt/check_circles.sh $B
	@sh tests/rt/check_sizes.sh
	@sh tests/rt/check_parts.sh

format: ## the C of the tree as .clang-format says (clang-format-19)
	@sh tests/docs/test_format.sh --write
.PHONY: format

check-names: ## functions that comments and READMEs name exist
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/docs/check_names.py
.PHONY: check-names

check-tested: ## every source has its test, or says by which it is tested
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/docs/check_tested.py
.PHONY: check-tested

check-rt: $(lib) ## real-time code calls nothing outside tests/rt/symbols.txt
	@CC='$(CC)' LD='$(CROSS_COMPILE)ld' sh tests/rt/check_rt.sh $(lib)

soak: $(bin) $(filter $B/tests/soak/%,$(test-bin)) ## the long forms: commits and failovers by the thousand
	@CHRONUS=$(bin) CHRONUS_SOAK=1 sh tests/run.sh $(filter $B/tests/soak/%,$(test-bin))

figures: $(bin) $(test-bin) ## measure the first table of tests/FIGURES.md anew, and write it there
	@CHRONUS=$(bin) sh tests/figures.sh $(sort $(test-bin))

# what it needs beside the program, sox, draws spectrograms: without it there are none, and it says so
wave-picture := $B/tests/listen/wave_picture
$(wave-picture): %: %.o $B/tests/support/judge.o $B/tests/support/wav_read.o $(lib)
	$(call say,LINK,$@)
	$Q$(CC) $(all-ldflags) -o $@ $^ $(libs)
-include $(wave-picture:=.d)

listen: ## render every shipped patch to build/listen/NAME.wav, with pictures
	@sh cross/deps.sh listen || true
	@$(MAKE) --no-print-directory -j$(JOBS) $(bin) $(wave-picture)
	@sh tests/listen/listen.sh $(bin) $(wave-picture)

SECONDS := 3600
fuzz: $(lib) ## run libFuzzer on T=envelope, serve, settings, patch, script, socket, state or desk for SECONDS=3600; findings in build/fuzz/
	@CHRONUS=$(bin) sh tests/fuzz/test_fuzz.sh hours '$(T)' '$(SECONDS)'
.PHONY: fuzz

bench: ## time and instructions a frame, ours and those of other engines (tests/bench/README.md)
	@sh cross/deps.sh bench || true
	@$(MAKE) --no-print-directory -j$(JOBS) $(bin)
	@CHRONUS=$(bin) PYTHONDONTWRITEBYTECODE=1 python3 tests/bench/bench.py --time
	@CHRONUS=$(bin) PYTHONDONTWRITEBYTECODE=1 python3 tests/bench/bench.py

bench-arm: ## the same for the Pis' processors, and how much of it is NEON; needs the virtual Pi's toolbox
	@sh cross/deps.sh virtual-pi
	@sh cross/toolbox/build
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/bench/arm.py

golden-update: $(filter $B/tests/golden/%,$(test-bin)) ## write the golden files that differ anew, T=NAME: that one (a commit of its own)
	@: >$B/golden.log; failed=; for test in $^; do \
		CHRONUS_GOLDEN_UPDATE=$(or $(T),differs) $$test >>$B/golden.log || failed=yes; \
	done; \
	sed -n 's/^golden: //p' $B/golden.log; \
	if [ -n "$(T)" ]; then \
		grep -qF 'tests/golden/$(T).f32 is written' $B/golden.log || { echo "no golden test is called $(T)"; exit 1; }; \
	elif [ -n "$$failed" ]; then \
		cat $B/golden.log; exit 1; \
	fi

virtual-pi: ## build the virtual Pi (QEMU, Debian's PREEMPT_RT kernel, our DAC); cached outside the tree
	@sh cross/deps.sh virtual-pi
	@sh cross/virtual-pi/build

test-virtual-pi: virtual-pi ## pass its tests, T=NAME: only those (tests/virtual_pi/README.md)
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/virtual_pi/run.py $(T)

man: $(bin) ## the manual, build/man: chronus.1, chronus-patch.5, chronus.ini.5, chronus-modules.7
	@sh cross/deps.sh man
	@PYTHONDONTWRITEBYTECODE=1 SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 0) \
		python3 cross/man/pages.py $(bin) -o build/man
	@ls build/man/*
.PHONY: man

DEB_ARCH := arm64
deb: ## build/deb/chronus_VERSION_arm64.deb for Raspberry Pi OS trixie (DEB_ARCH=amd64: of this machine)
	@sh cross/deps.sh $(if $(filter arm64,$(DEB_ARCH)),virtual-pi,man)
	@sh cross/deb/build $(DEB_ARCH) $(VERSION)

test-deb: ## install, boot, upgrade and purge the package in a Debian 13 of its own
	@sh cross/deps.sh deb
	@sh cross/deb/try $(VERSION)

test-deb-arm64: deb ## the same for the shipped arm64 package, by emulation, without booting it
	@sh cross/deps.sh deb
	@sh cross/deb/try_arm64 $(VERSION)
.PHONY: test-deb-arm64

image: ## the SD card's image, build/image/chronus-VERSION.img.zst (cross/README.md)
	@sh cross/deps.sh virtual-pi
	@sh cross/image/build $(VERSION)

test-image: image virtual-pi ## boot it in QEMU and pass its tests, T=NAME: only those (tests/image/README.md)
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/image/run.py $(T)
.PHONY: image test-image

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'
.PHONY: deps run test check check-layers check-rt soak figures listen golden-update virtual-pi test-virtual-pi bench bench-arm deb test-deb clean help
