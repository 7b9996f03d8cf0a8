# SPDX-License-Identifier: MIT
# Study "Revenue, frequency, order value": frequent buyers and casual shoppers.
#
#	make -f study-revenue.mk DATA=folder OUT=out
#
# Data: online-retail.csv.gz, all lines with a customer, returns included;
# per customer the net revenue, the number of lines, the revenue per line.  The
# elbow is shown, and the two segments that the study chose by eye.
NEEDS := online-retail.csv.gz
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

K ?= 2
FEATURES := monetary,n_lines,line_value

all: $(OUT)/report.html

$(OUT)/made-up.csv: | $(OUT)
	$(call made,$(GEN)/retail --lines 120000)

$(OUT)/clean.tsv.gz: $(DUMP) $(FROM)
	$(call made,seg-clean --min-price none $<)

$(OUT)/rfm.tsv.gz: $(OUT)/clean.tsv.gz
	$(call made,seg-rfm --count all --frequency lines --carry country $<)

$(OUT)/scaled.tsv.gz: $(OUT)/rfm.tsv.gz
	$(call made,seg-scale -c $(FEATURES) -w $(OUT)/scale.tsv.gz $<)

$(OUT)/sweep-model.tsv.gz: $(OUT)/scaled.tsv.gz
	$(call made_3,seg-kmeans --tol 0 --swaps 200 -k 1..10 --scaled-by $(OUT)/scale.tsv.gz \
		--sweep $(OUT)/sweep.tsv.gz $<)

$(OUT)/model.tsv.gz: $(OUT)/scaled.tsv.gz
	$(call made,seg-kmeans --tol 0 -k $(K) --scaled-by $(OUT)/scale.tsv.gz $<)

$(OUT)/segments.tsv.gz: $(OUT)/rfm.tsv.gz $(OUT)/model.tsv.gz
	$(call made,seg-assign -m $(OUT)/model.tsv.gz $<)

$(OUT)/report.html: $(OUT)/segments.tsv.gz $(OUT)/sweep-model.tsv.gz $(PLAYBOOK)
	$(call made,seg-report --playbook $(PLAYBOOK) -c $(FEATURES) --value monetary --share country \
		-m $(OUT)/model.tsv.gz --from-sweep $(OUT)/sweep.tsv.gz \
		--title 'Frequent buyers and casual shoppers' $(NOTE) \
		--note '$(K) segments$(comma) as the study chose by eye; the rule of the elbow stands under "How many segments?". Frequency is the number of lines$(comma) returns included.' \
		--format html $<)
