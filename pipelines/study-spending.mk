# SPDX-License-Identifier: MIT
# Study "Spending and channels": what customers buy and where.
#
#	make -f study-spending.mk DATA=folder OUT=out
#
# Data: marketing-campaign.tab.csv.  Three segments, as the study chose, on six
# categories of spending and four channels.  Beside the report, as SPSS shows:
#	initial.tsv       initial centres: of the customers in order of what they spend on
#	                  wine, the one in the middle of each of K equal parts
#	history.tsv.gz    iteration history from there, and of the random swaps
#	model.tsv.gz      final centres, scaled and in original units, and counts
#	distances.tsv     distances between the final centres
#	affinity.html     value by category and segment, with check sums
NEEDS := marketing-campaign.tab.csv
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

K ?= 3
SPENT := mnt_wines,mnt_fruits,mnt_meat_products,mnt_fish_products,mnt_sweet_products,mnt_gold_prods
CHANNELS := num_deals_purchases,num_web_purchases,num_catalog_purchases,num_store_purchases
FEATURES := $(SPENT),$(CHANNELS)

all: $(OUT)/report.html $(OUT)/affinity.html $(OUT)/distances.tsv

$(OUT)/made-up.csv: | $(OUT)
	$(call made,$(GEN)/study --kind campaign)

$(OUT)/clean.tsv.gz: $(DUMP) $(FROM)
	$(call made,seg-clean --table --derive 'spent=sum($(SPENT))' $<)

$(OUT)/scaled.tsv.gz: $(OUT)/clean.tsv.gz
	$(call made,seg-scale --key id --log1p $(SPENT) -c $(FEATURES) -w $(OUT)/scale.tsv.gz $<)

$(OUT)/sweep-model.tsv.gz: $(OUT)/scaled.tsv.gz
	$(call made_3,seg-kmeans --key id --tol 0 -k 1..10 --scaled-by $(OUT)/scale.tsv.gz \
		--sweep $(OUT)/sweep.tsv.gz $<)

$(OUT)/initial.tsv: $(OUT)/scaled.tsv.gz
	$(call made,{ zcat $< | head -1 | cut -f2-; \
		zcat $< | tail -n +2 | sort -t "$$(printf '\t')" -k2$(comma)2g -k1$(comma)1 | cut -f2- | awk -v k=$(K) \
		'{ x[NR] = $$0 } END { for (i = 0; i < k; i++) print x[int((i + 0.5) * NR / k) + 1] }'; })

$(OUT)/model.tsv.gz: $(OUT)/scaled.tsv.gz $(OUT)/initial.tsv
	$(call made,seg-kmeans --key id --tol 0 --init $(OUT)/initial.tsv --swaps 100 -k $(K) --order-by mnt_wines \
		--scaled-by $(OUT)/scale.tsv.gz --history $(OUT)/history.tsv.gz $<)

$(OUT)/segments.tsv.gz: $(OUT)/clean.tsv.gz $(OUT)/model.tsv.gz
	$(call made,seg-assign -m $(OUT)/model.tsv.gz $<)

# the centres as rows, labelled by their own model
$(OUT)/distances.tsv: $(OUT)/model.tsv.gz
	$(call made,zcat $< | awk -F'\t' -v OFS='\t' '$$1 == "centre" { \
		if (!($$3 in seen)) { seen[$$3]; name[++m] = $$3 } x[$$2$(comma) $$3] = $$4; if ($$2 > k) k = $$2 } \
		END { row = "centre"; for (j = 1; j <= m; j++) row = row OFS name[j]; print row; \
		for (i = 1; i <= k; i++) { row = i; for (j = 1; j <= m; j++) row = row OFS x[i$(comma) name[j]]; \
		print row } }' | seg-assign -q -p --distances -m $<)

# one row for each customer and category
$(OUT)/lines.tsv.gz: $(OUT)/segments.tsv.gz
	$(call made,zcat $< | awk -F'\t' -v OFS='\t' 'NR == 1 { for (i = 1; i <= NF; i++) { \
		if ($$i ~ /^mnt_/) { name[i] = $$i; sub(/^mnt_/$(comma) ""$(comma) name[i]) } \
		if ($$i == "segment") s = i } print "segment"$(comma) "category"$(comma) "amount"; next } \
		{ for (i = 1; i <= NF; i++) if (i in name) print $$s$(comma) name[i]$(comma) $$i }' | gzip -n)

$(OUT)/affinity.html: $(OUT)/lines.tsv.gz
	$(call made,seg-report --value amount --share category --section overview$(comma)shares \
		--title 'What each segment buys' $(NOTE) \
		--note 'Each row is one customer and one category.' --format html $<)

$(OUT)/report.html: $(OUT)/segments.tsv.gz $(OUT)/sweep-model.tsv.gz $(PLAYBOOK)
	$(call made,seg-report --playbook $(PLAYBOOK) -c $(FEATURES)$(comma)num_web_visits_month$(comma)income$(comma)year_birth \
		--value spent --share education$(comma)marital_status -m $(OUT)/model.tsv.gz \
		--from-sweep $(OUT)/sweep.tsv.gz --title 'Spending and channels' $(NOTE) --format html $<)
