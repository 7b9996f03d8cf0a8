# SPDX-License-Identifier: MIT
# What every pipeline of seg shares.  Included first:
#
#	include $(dir $(lastword $(MAKEFILE_LIST)))common.mk
#
# DUMP  the dump to start from       OUT  where everything made goes
# SEG   a folder in front of PATH, for filters that are not installed
#
# The studies take the file they need from the folder DATA; where it is not
# there, they make up data of the same shape with the programs in GEN (from
# tests/gen), and their reports say so.
#
# Every recipe runs under bash with pipefail, and every file is written under
# another name and renamed when its filter has ended well, so that what stands
# under its own name is whole, even after a power cut.
SHELL := /bin/bash
.SHELLFLAGS := -e -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all clean
.DEFAULT_GOAL := all

export LC_ALL := C
ifdef SEG
export PATH := $(SEG):$(PATH)
endif

OUT ?= out
GEN ?= $(if $(SEG),$(SEG)/../tests/gen,build/tests/gen)

# Only a folder that a pipeline has made is taken away again.
new_folder = [ -d '$(OUT)' ] || { mkdir -p '$(OUT)' && touch '$(OUT)/.made-by-seg'; }

$(OUT):
	$(new_folder)

clean:
	@[ ! -d '$(OUT)' ] || [ -e '$(OUT)/.made-by-seg' ] || \
		{ echo "$(OUT) was there before the pipeline: remove it by hand" >&2; exit 1; }
	rm -rf '$(OUT)'

# $(call kept,NAME,TEXT): a file that is as old as TEXT: what depends on it is
# made anew when a setting has changed since the last run.
kept = $(if $(call differ,$(file < $(OUT)/.$(1)),$(1): $(2)),$(shell $(new_folder))$(file \
	> $(OUT)/.$(1),$(1): $(2)))$(OUT)/.$(1)
differ = $(subst x$(1),,x$(2))$(subst x$(2),,x$(1))

# a comma inside an argument of $(call)
comma := ,

# $(call made,COMMAND): standard output of COMMAND becomes the target.
made = { $(1) > $@.part && mv $@.part $@; } || { rm -f $@.part; exit 1; }

# $(call made_3,COMMAND): likewise, status 3 (complete, but the fit has no
# knee or did not converge; said on standard error) is good enough.
made_3 = { { $(1) > $@.part || [ $$? = 3 ]; } && mv $@.part $@; } || { rm -f $@.part; exit 1; }

# A study's first file depends on $(FROM), so that everything is made anew when
# the next run takes real data after made-up data, or the other way round.
ifdef NEEDS
ifndef PLAYBOOK
PLAYBOOK := $(dir $(lastword $(MAKEFILE_LIST)))playbook.tsv
endif
REAL := $(if $(DATA),$(wildcard $(NEEDS:%=$(DATA)/%)))
REAL := $(if $(filter-out $(notdir $(REAL)),$(NEEDS)),,$(REAL))
FROM := $(OUT)/from-$(if $(REAL),real,made-up)
DUMP ?= $(or $(firstword $(NEEDS:%=$(if $(REAL),$(DATA)/%))),$(OUT)/made-up.csv)
NOTE := $(if $(REAL),,--note 'The data are made up: the figures show the method and say nothing about anybody.')

$(FROM): | $(OUT)
	rm -f $(OUT)/from-* && touch $@
ifeq ($(wildcard $(FROM)),)
.PHONY: $(FROM)
endif
endif
