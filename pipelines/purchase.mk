# SPDX-License-Identifier: MIT
# Who will buy?  Fitted on one date and judged on a later one, as it is used:
#
#	make -f purchase.mk DUMP=dump.csv.gz OUT=out
#
# A holdout of the same customers at the same date knows the season that it is
# judged in.  Here nothing that the judge looks at had happened when the model
# was fitted:
#
#	            FIT_AT             JUDGE_AT         last day
#	features ... | outcome of the fit | outcome judged |
#	               HORIZON days         HORIZON days
#
# FIT_AT and JUDGE_AT (YYYY-MM-DD) may be given; by default the two horizons are
# the last ones in the data.  HORIZON, FEATURES, LOGIT_OPTIONS, CLEAN_OPTIONS and
# RFM_OPTIONS may be set as well; what they decide is made anew when they change.
#
# metrics.tsv.gz, lift.tsv.gz and calibration.tsv.gz judge the later date;
# fit-metrics.tsv.gz is the fit's own word, for comparison, and both are side by
# side in purchase.txt.  scored.tsv.gz has the chances of today's customers, by
# the same fit made anew at JUDGE_AT, the last date whose outcome is known.
here := $(dir $(lastword $(MAKEFILE_LIST)))
include $(here)common.mk

DUMP ?= $(error DUMP=path of the dump is missing)
HORIZON ?= 90
FEATURES ?= recency_days,frequency,monetary,tenure_days
LOGIT_OPTIONS ?=
CLEAN_OPTIONS ?=
RFM_OPTIONS ?= --min-monetary 0
FIT_AT ?=
JUDGE_AT ?=

ifneq ($(words $(DUMP) $(OUT)),2)
$(error make cannot work with blanks in DUMP or OUT: link the file under another name)
endif

all: $(OUT)/purchase.txt $(OUT)/scored.tsv.gz

$(OUT)/clean.tsv.gz: $(DUMP) $(call kept,clean,$(CLEAN_OPTIONS)) | $(OUT)
	$(call made,seg-clean $(CLEAN_OPTIONS) --ledger $(OUT)/ledger.tsv.gz \
		--rejects $(OUT)/rejects.tsv.gz $<)

# How the frequency is counted: in invoices where the dump has them.
unit = $$(read -r header < <(zcat $(OUT)/clean.tsv.gz); \
	[[ $$'\t'$$header$$'\t' = *$$'\tinvoice\t'* ]] && echo invoices || echo lines)

$(OUT)/today.tsv.gz: $(OUT)/clean.tsv.gz $(call kept,rfm,$(RFM_OPTIONS))
	$(call made,seg-rfm --frequency $(unit) $(RFM_OPTIONS) $<)

# The two dates, a line each: FIT_AT, JUDGE_AT.
$(OUT)/dates: $(OUT)/today.tsv.gz $(call kept,dates,$(HORIZON) $(FIT_AT) $(JUDGE_AT))
	last=$$(zcat $(OUT)/today.tsv.gz | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) \
		if ($$i == "last_date") c = i; next } $$c > d { d = $$c } END { print d }'); \
	judge=$(or $(JUDGE_AT),$$(date -u -d "$$last - $$(($(HORIZON) - 1)) days" +%F)); \
	fit=$(or $(FIT_AT),$$(date -u -d "$$judge - $(HORIZON) days" +%F)); \
	end=$$(date -u -d "$$fit + $(HORIZON) days" +%F); \
	[[ ! $$end > $$judge ]] || { echo "the outcome of the fit ends on $$end, after $$judge" \
		"where the judge begins" >&2; exit 1; }; \
	printf '%s\n' "$$fit" "$$judge" > $@

at = seg-rfm --frequency $(unit) $(RFM_OPTIONS) --as-of "$$(sed -n $(1)p $(OUT)/dates)" \
	--horizon $(HORIZON) $(OUT)/clean.tsv.gz

$(OUT)/fit.tsv.gz: $(OUT)/dates
	$(call made,$(call at,1))

$(OUT)/judge.tsv.gz: $(OUT)/dates
	$(call made,$(call at,2))

fit = seg-logit -y bought -c $(FEATURES) $(LOGIT_OPTIONS)

$(OUT)/model.tsv.gz: $(OUT)/fit.tsv.gz $(call kept,model,$(FEATURES) $(LOGIT_OPTIONS))
	$(call made_3,$(fit) --metrics $(OUT)/fit-metrics.tsv.gz $<)

$(OUT)/judged.tsv.gz: $(OUT)/judge.tsv.gz $(OUT)/model.tsv.gz
	$(call made,seg-logit -m $(OUT)/model.tsv.gz --evaluate bought \
		--metrics $(OUT)/metrics.tsv.gz --lift $(OUT)/lift.tsv.gz \
		--calibration $(OUT)/calibration.tsv.gz $<)

$(OUT)/purchase.txt: $(OUT)/judged.tsv.gz
	{ { read -r fit; read -r judge; } < $(OUT)/dates; \
	printf 'Who buys within %s days?  Fitted at %s, judged at %s.\n\n' $(HORIZON) $$fit $$judge; \
	printf '%-22s %12s %12s\n' '' 'own rows' 'later date'; \
	paste <(zcat $(OUT)/fit-metrics.tsv.gz) <(zcat $(OUT)/metrics.tsv.gz) | \
		awk -F'\t' 'function figure(x) { x = sprintf(x ~ /^[0-9]+$$/ ? "%d" : "%.4f", x); \
			sub(/^-0\.0000$$/, "0.0000", x); return x } \
			NR > 1 { printf "%-22s %12s %12s\n", $$2, figure($$3), figure($$9) }'; \
	printf '\n%-22s %12s\n' 'best share of rows' 'of all sales'; \
	zcat $(OUT)/lift.tsv.gz | awk -F'\t' '$$2 ~ /^0\.(05|1|2|5)$$/ \
		{ printf "%20g %% %10.1f %%\n", 100 * $$2, 100 * $$5 }'; } > $@.part && mv $@.part $@

$(OUT)/latest.tsv.gz: $(OUT)/judge.tsv.gz $(OUT)/.model
	$(call made_3,$(fit) $<)

$(OUT)/scored.tsv.gz: $(OUT)/today.tsv.gz $(OUT)/latest.tsv.gz
	$(call made,seg-logit -m $(OUT)/latest.tsv.gz $<)
