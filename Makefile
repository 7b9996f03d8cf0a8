# SPDX-License-Identifier: MIT
# seg: seven Unix filters for customer segmentation and purchase prediction.
#
#   make setup demo       install what is missing, build, run the whole pipeline
#   make setup check      install what is missing, build, run every test; here with what
#                         only the tests of reports need (a browser): make setup-test
#   make                  build/bin/seg-*
#   make install PREFIX=/usr/local DESTDIR=
#   make SAN=1 check      the same under ASan and UBSan, in build/san
#
# Everything that is made goes below build/.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:

PREFIX ?= /usr/local
DESTDIR ?=
CC := gcc
AR := gcc-ar
SAN ?=
B := build$(if $(SAN),/san)

filters := $(patsubst cmd/seg-%.c,%,$(wildcard cmd/seg-*.c))
programs := $(filters:%=$(B)/bin/seg-%)

lib_src := $(wildcard lib/*/*.c)
lib_obj := $(lib_src:%.c=$(B)/obj/%.o)
test_src := $(wildcard tests/unit/*.c tests/property/*.c)
test_bin := $(test_src:tests/%.c=$(B)/tests/%)
gen_bin := $(patsubst tests/gen/%.c,$(B)/tests/gen/%,$(wildcard tests/gen/*.c))
fuzz_bin := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/*.c))
bench_bin := $(patsubst tests/bench/%.c,$(B)/tests/bench/%,$(wildcard tests/bench/*.c))

isal := $(shell pkg-config --exists libisal 2>/dev/null && echo yes)
libdir := /usr/lib/$(shell $(CC) -print-multiarch 2>/dev/null)
# The reference archives by name: the alternatives may point to OpenBLAS, whose
# kernels, and so whose bits, depend on the CPU.
lapack := $(libdir)/liblapacke.a $(libdir)/lapack/liblapack.a $(libdir)/blas/libblas.a -lgfortran

san := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
warn := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
# -ffp-contract=off and no -march: one build, the same bits on every x86-64.
CFLAGS ?= -O2 -g
# -fno-math-errno: a square root is one instruction, also eight at a time.
cflags := -std=c17 -D_GNU_SOURCE -Ilib -I. $(warn) $(CFLAGS) -ffp-contract=off -fno-math-errno -fopenmp \
	-fno-semantic-interposition $(if $(isal),-DHAVE_ISAL) \
	$(if $(SAN),$(san))
libs := $(if $(isal),-lisal) -lz -lcsv -lxlsxwriter -lsleef $(lapack) -lm -lpthread

# With `setup` among the goals, install first and then start anew: what the
# machine has is asked when this file is read.
setups := setup setup-test setup-bench
ifneq ($(filter $(setups),$(MAKECMDGOALS)),)
goals := $(filter-out $(setups),$(MAKECMDGOALS))

setup:
	@tests/setup build
	@$(if $(filter check,$(goals)),tests/setup test)

setup-test:
	@tests/setup test

setup-bench:
	@tests/setup bench

$(goals): $(filter $(setups),$(MAKECMDGOALS))
	@$(MAKE) --no-print-directory $@

.PHONY: $(setups) $(goals)
else

all: $(programs)

# Objects are made anew when the flags or the libraries found have changed.
$(B)/flags: force
	@mkdir -p $(@D)
	@echo '$(CC) $(cflags) $(libs)' | cmp -s - $@ || echo '$(CC) $(cflags) $(libs)' > $@


$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(cflags) -MMD -MP -c -o $@ $<

$(B)/libseg.a: $(lib_obj)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/bin/seg-%: $(B)/obj/cmd/seg-%.o $(B)/libseg.a
	@mkdir -p $(@D)
	$(CC) $(cflags) -o $@ $^ $(libs)

$(B)/tests/%: $(B)/obj/tests/%.o $(B)/libseg.a
	@mkdir -p $(@D)
	$(CC) $(cflags) -o $@ $^ $(libs)

tests: $(programs) $(test_bin) $(gen_bin) $(fuzz_bin)

# Every test, in one bats run that ends with its own summary.
check: tests
	SEG_BUILD=$(abspath $(B)) tests/run

fuzz: tests
	SEG_BUILD=$(abspath $(B)) tests/fuzz/run $(SECONDS_EACH)

# libFuzzer under ASan and UBSan over tests/fuzz/llvm, where clang has it.
fuzz-llvm:
	SEG_BUILD=$(abspath $(B)) tests/fuzz/llvm/run $(SECONDS_EACH)

# Each fault that is put into the splitter must be found.
mutants: all
	SEG_BUILD=$(abspath $(B)) tests/fuzz/mutants/run

# All three, ten minutes each and the mutants: before a release.
fuzz-all: fuzz fuzz-llvm mutants

# seg-rfm in a thousand random splits, orders, merges and ceilings: minutes;
# check takes twenty of them.
splits: all $(gen_bin)
	SEG_BUILD=$(abspath $(B)) tests/splits 1000

bench: all $(bench_bin) $(gen_bin)
	SEG_BUILD=$(abspath $(B)) tests/bench/run

# The whole pipeline on a made-up dump, or on the user's own: make DUMP=path demo
demo: all $(gen_bin)
	@SEG_BUILD=$(abspath $(B)) pipelines/demo.sh $(DUMP)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man7 \
		$(DESTDIR)$(PREFIX)/share/seg/pipelines
	install $(programs) $(DESTDIR)$(PREFIX)/bin
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 644 pipelines/*.mk pipelines/*.rules pipelines/*.tsv $(DESTDIR)$(PREFIX)/share/seg/pipelines
	install pipelines/*.sh $(DESTDIR)$(PREFIX)/share/seg/pipelines

clean:
	rm -rf build

-include $(lib_obj:.o=.d) $(wildcard $(B)/obj/cmd/*.d $(B)/obj/tests/*/*.d)

.PHONY: all tests check splits fuzz fuzz-llvm mutants fuzz-all bench demo install clean force
endif
