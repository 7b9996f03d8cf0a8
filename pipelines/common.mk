# SPDX-License-Identifier: MIT
# What every pipeline of seg shares.  Included first:
#
#	include $(dir $(lastword $(MAKEFILE_LIST)))common.mk
#
# DUMP  the dump to start from       OUT  where everything made goes
# SEG   a folder in front of PATH, for filters that are not installed
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

export LC_ALL := C
ifdef SEG
export PATH := $(SEG):$(PATH)
endif

OUT ?= out

# a comma inside an argument of $(call)
comma := ,

# $(call made,COMMAND): standard output of COMMAND becomes the target.
made = $(1) > $@.part && mv $@.part $@

# $(call made_3,COMMAND): likewise, status 3 (complete, but the fit has no
# knee or did not converge; said on standard error) is good enough.
made_3 = { $(1) > $@.part || [ $$? = 3 ]; } && mv $@.part $@
