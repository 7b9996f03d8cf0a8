# SPDX-License-Identifier: MIT
# Study "RFM segments": what a year of a shop's customers looks like by
# recency, frequency and monetary value; the countries compared.
#
#	make -f study-rfm.mk DATA=folder OUT=out
#
#	report.html     the segments; recency by frequency; the countries in each
#	words.html      what the segments buy, by the words of the descriptions
#	countries.html  the countries compared: what they are like, and how their
#	                customers spread over the segments
#
# Data: online-retail.csv.gz.  Five segments, as the study chose; 200 rounds of
# random swap, since restarts alone miss the best known inertia.
NEEDS := online-retail.csv.gz
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

K ?= 5
FEATURES := recency_days,frequency,monetary

all: $(OUT)/report.html $(OUT)/words.html $(OUT)/countries.html

$(OUT)/made-up.csv: | $(OUT)
	$(call made,$(GEN)/retail --lines 120000)

$(OUT)/clean.tsv.gz: $(DUMP) $(FROM)
	$(call made,seg-clean --returns drop --min-price 0 $<)

$(OUT)/rfm.tsv.gz: $(OUT)/clean.tsv.gz
	$(call made,seg-rfm --as-of max --monetary gross --carry country $<)

$(OUT)/scaled.tsv.gz: $(OUT)/rfm.tsv.gz
	$(call made,seg-scale --method robust -c $(FEATURES) -w $(OUT)/scale.tsv.gz $<)

$(OUT)/sweep-model.tsv.gz: $(OUT)/scaled.tsv.gz
	$(call made_3,seg-kmeans --tol 0 --swaps 200 -k 1..10 --scaled-by $(OUT)/scale.tsv.gz \
		--sweep $(OUT)/sweep.tsv.gz $<)

$(OUT)/model.tsv.gz: $(OUT)/scaled.tsv.gz
	$(call made,seg-kmeans --tol 0 --swaps 200 -k $(K) --scaled-by $(OUT)/scale.tsv.gz $<)

$(OUT)/segments.tsv.gz: $(OUT)/rfm.tsv.gz $(OUT)/model.tsv.gz
	$(call made,seg-assign -m $(OUT)/model.tsv.gz $<)

$(OUT)/report.html: $(OUT)/segments.tsv.gz $(OUT)/sweep-model.tsv.gz $(PLAYBOOK)
	$(call made,seg-report --playbook $(PLAYBOOK) -c $(FEATURES) --value monetary --share country$(comma)rfm_segment \
		-m $(OUT)/model.tsv.gz --from-sweep $(OUT)/sweep.tsv.gz \
		--title 'RFM segments' $(NOTE) \
		--note '$(K) segments$(comma) as the study chose; the rule of the elbow stands under "How many segments?".' \
		--format html $<)

$(OUT)/lines.tsv.gz: $(OUT)/clean.tsv.gz $(OUT)/segments.tsv.gz
	$(call made,seg-assign --join $(OUT)/segments.tsv.gz -c segment --strict $<)

$(OUT)/words.html: $(OUT)/lines.tsv.gz
	$(call made,seg-report --value amount --words description \
		--section overview$(comma)words$(comma)provenance$(comma)self-check \
		--title 'What the segments buy' $(NOTE) --note 'Each row is a line of a sale.' --format html $<)

$(OUT)/countries.html: $(OUT)/segments.tsv.gz
	$(call made,seg-report --by country -c $(FEATURES) --value monetary --share segment \
		--section overview$(comma)profiles$(comma)index$(comma)shares$(comma)anova$(comma)categories$(comma)provenance$(comma)self-check \
		--title 'The countries compared' $(NOTE) \
		--note 'The segments are those of all customers together. Most countries have few customers.' \
		--format html $<)
