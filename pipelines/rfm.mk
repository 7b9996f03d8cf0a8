# SPDX-License-Identifier: MIT
# From a dump of transactions to segments, a purchase forecast and a report:
#
#	make -f rfm.mk DUMP=dump.csv.gz OUT=out
#
# K, HORIZON, SEED, NAMES, CLEAN_OPTIONS, RFM_OPTIONS and TITLE may be set as well; what
# they decide is made anew when they change.
#
# dump -> clean -> rfm -> scale -> kmeans -> assign -> score -> report
#              \-> rfm as of HORIZON days before the end -> logit /
here := $(dir $(lastword $(MAKEFILE_LIST)))
include $(here)common.mk

DUMP ?= $(error DUMP=path of the dump is missing)
K ?= 2..10
HORIZON ?= 90
SEED ?= 1
NAMES ?= $(here)names.rules
CLEAN_OPTIONS ?=
RFM_OPTIONS ?= --min-monetary 0
TITLE ?= Customer segments
FEATURES := recency_days,frequency,monetary
export TITLE

ifneq ($(words $(DUMP) $(OUT)),2)
$(error make cannot work with blanks in DUMP or OUT: link the file under another name)
endif

all: $(OUT)/report.html $(OUT)/report.txt

$(OUT)/clean.tsv.gz: $(DUMP) $(call kept,clean,$(CLEAN_OPTIONS)) | $(OUT)
	$(call made,seg-clean $(CLEAN_OPTIONS) --ledger $(OUT)/ledger.tsv.gz \
		--rejects $(OUT)/rejects.tsv.gz $<)

# How the frequency is counted: in invoices where the dump has them.
unit = $$(read -r header < <(zcat $(OUT)/clean.tsv.gz); \
	[[ $$'\t'$$header$$'\t' = *$$'\tinvoice\t'* ]] && echo invoices || echo lines)

# log1p has no value at -1 and below, and some real customers net less
$(OUT)/rfm.tsv.gz: $(OUT)/clean.tsv.gz $(call kept,rfm,$(RFM_OPTIONS))
	$(call made,seg-rfm --frequency $(unit) $(RFM_OPTIONS) $<)

$(OUT)/scaled.tsv.gz: $(OUT)/rfm.tsv.gz
	$(call made,seg-scale -c $(FEATURES) --log1p frequency$(comma)monetary \
		-w $(OUT)/scale.tsv.gz $<)

$(OUT)/model.tsv.gz: $(OUT)/scaled.tsv.gz $(call kept,model,$(K) $(SEED))
	$(call made_3,seg-kmeans --scaled-by $(OUT)/scale.tsv.gz -k $(K) --seed $(SEED) \
		--sweep $(OUT)/sweep.tsv.gz $<)

# beside the segments the model with their names, for the report
$(OUT)/segments.tsv.gz: $(OUT)/rfm.tsv.gz $(OUT)/model.tsv.gz $(NAMES) $(call kept,names,$(NAMES))
	$(call made,seg-assign -m $(OUT)/model.tsv.gz --names $(NAMES) -w $(OUT)/named.tsv.gz $<)

# Who buys within HORIZON days?  Features up to the cut, outcome after it.
$(OUT)/train.tsv.gz: $(OUT)/clean.tsv.gz $(OUT)/rfm.tsv.gz $(call kept,train,$(HORIZON))
	last=$$(zcat $(OUT)/rfm.tsv.gz | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) \
		if ($$i == "last_date") c = i; next } $$c > d { d = $$c } END { print d }'); \
	cut=$$(date -u -d "$$last - $$(($(HORIZON) - 1)) days" +%F); \
	$(call made,seg-rfm --frequency $(unit) $(RFM_OPTIONS) --as-of "$$cut" --horizon $(HORIZON) $<)

$(OUT)/purchase.tsv.gz: $(OUT)/train.tsv.gz $(call kept,purchase,$(SEED))
	$(call made_3,seg-logit -y bought -c $(FEATURES) --holdout 0.3 --seed $(SEED) \
		--metrics $(OUT)/metrics.tsv.gz --lift $(OUT)/lift.tsv.gz --calibration $(OUT)/calibration.tsv.gz $<)

$(OUT)/scored.tsv.gz: $(OUT)/segments.tsv.gz $(OUT)/purchase.tsv.gz
	$(call made,seg-logit -m $(OUT)/purchase.tsv.gz $<)

report = seg-report --by segment -c $(FEATURES)$(comma)probability --value monetary \
	-m $(OUT)/named.tsv.gz --fitted $(FEATURES)$(comma)probability --from-sweep $(OUT)/sweep.tsv.gz \
	--from-logit $(OUT)/purchase.tsv.gz --from-lift $(OUT)/lift.tsv.gz \
	--from-calibration $(OUT)/calibration.tsv.gz --title "$$TITLE"

$(OUT)/report.html: $(OUT)/scored.tsv.gz $(call kept,report,$(TITLE))
	$(call made,$(report) --format html $<)

$(OUT)/report.txt: $(OUT)/scored.tsv.gz $(OUT)/.report
	$(call made,$(report) --format text --section overview $<)
