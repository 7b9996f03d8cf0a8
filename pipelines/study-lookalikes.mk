# SPDX-License-Identifier: MIT
# Study "Attributes and lookalikes": four segments, and the audience of those
# outside one of them who are most like it.
#
#	make -f study-lookalikes.mk DATA=folder OUT=out TARGET=Digital-Shoppers
#
# Data: lookalike-5000.csv.  The segment of TARGET is found by the data's own
# labels: the one that holds most of them.  (Clusters named by hand, by looking
# at their numbers, are how an audience comes to stand around the wrong one.)
# Beside the report:
#	audience.tsv.gz   the TOP nearest outsiders, with distance and match
#	audience.html     who they are, and who comes behind them
#	campaign.html     recency, frequency, value; projections; an A/B test: always
#	                  on made-up orders and answers, and it says so
#	components.tsv.gz the first two principal components
#	audience.csv      on request (make ... OUT/audience.csv): ids hashed for
#	                  advertising platforms; needs curl and jq
NEEDS := lookalike-5000.csv
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

EXPORT := $(dir $(firstword $(MAKEFILE_LIST)))export.sh
K ?= 4
TOP ?= 100
TARGET ?= Digital-Shoppers
FEATURES := annual_income,spending_score,credit_score,online_activity

all: $(OUT)/report.html $(OUT)/audience.html $(OUT)/campaign.html $(OUT)/components.tsv.gz

$(OUT)/made-up.csv: | $(OUT)
	$(call made,$(GEN)/study --kind lookalike --customers 5000)

$(OUT)/clean.tsv.gz: $(DUMP) $(FROM)
	$(call made,seg-clean --table $<)

$(OUT)/scaled.tsv.gz: $(OUT)/clean.tsv.gz
	$(call made,seg-scale -c $(FEATURES) -w $(OUT)/scale.tsv.gz $<)

$(OUT)/components.tsv.gz: $(OUT)/clean.tsv.gz
	$(call made,seg-scale -c $(FEATURES) --pca 2 $<)

$(OUT)/sweep-model.tsv.gz: $(OUT)/scaled.tsv.gz
	$(call made_3,seg-kmeans --tol 0 -k 2..8 --silhouette exact --scaled-by $(OUT)/scale.tsv.gz \
		--sweep $(OUT)/sweep.tsv.gz $<)

$(OUT)/model.tsv.gz: $(OUT)/scaled.tsv.gz
	$(call made,seg-kmeans --tol 0 -k $(K) --order-by spending_score \
		--scaled-by $(OUT)/scale.tsv.gz $<)

$(OUT)/segments.tsv.gz: $(OUT)/clean.tsv.gz $(OUT)/model.tsv.gz
	$(call made,seg-assign -m $(OUT)/model.tsv.gz $<)

# the number of the segment that holds most rows labelled TARGET
target = $$(zcat $(OUT)/segments.tsv.gz | awk -F'\t' -v t='$(TARGET)' 'NR == 1 { \
	for (i = 1; i <= NF; i++) { if ($$i == "true_segment") a = i; if ($$i == "segment") b = i } next } \
	$$a == t && ++n[$$b] > most { most = n[$$b]; best = $$b } \
	END { if (!best) { print "no row is labelled " t > "/dev/stderr"; exit 1 } print best }')

$(OUT)/audience.tsv.gz: $(OUT)/clean.tsv.gz $(OUT)/segments.tsv.gz
	target=$(target); \
	$(call made,seg-assign -m $(OUT)/model.tsv.gz --lookalike "$$target" --top $(TOP) $<)

# all outsiders, the nearest first
$(OUT)/ranked.tsv.gz: $(OUT)/clean.tsv.gz $(OUT)/segments.tsv.gz
	target=$(target); \
	$(call made,seg-assign -m $(OUT)/model.tsv.gz --lookalike "$$target" --top 1000000 $<)

$(OUT)/audience.html: $(OUT)/audience.tsv.gz $(OUT)/ranked.tsv.gz
	$(call made,seg-report -c lookalike_distance$(comma)lookalike_score$(comma)'match_*'$(comma)$(FEATURES)$(comma)age$(comma)tenure \
		--from-lookalike $(OUT)/ranked.tsv.gz --top $(TOP) \
		--share true_segment --section overview$(comma)profiles$(comma)lookalike$(comma)shares$(comma)provenance$(comma)self-check \
		--title 'The $(TOP) most like $(TARGET)' $(NOTE) \
		--note 'Chosen by distance to the centre$(comma) ties by id. A score of 0 says that the row lies farther out than every member: the score reports$(comma) it does not choose. There is no recall: how many members such a search finds again would be circular for a segment of this very k-means.' \
		--format html $<)

# What the study leaves for later needs orders and answers, which these people have not.
$(OUT)/orders.csv $(OUT)/trial.csv: $(OUT)/%.csv: | $(OUT)
	$(call made,$(GEN)/study --kind $* --customers 5000)

$(OUT)/orders-rfm.tsv.gz: $(OUT)/orders.csv
	$(call made,seg-clean $< | seg-rfm)

$(OUT)/trial.tsv.gz: $(OUT)/trial.csv
	$(call made,seg-clean --table $<)

$(OUT)/campaign.tsv.gz: $(OUT)/segments.tsv.gz $(OUT)/orders-rfm.tsv.gz $(OUT)/trial.tsv.gz
	$(call made,seg-assign --strict --join $(OUT)/orders-rfm.tsv.gz \
		-c recency_days$(comma)frequency$(comma)monetary$(comma)r_score$(comma)f_score$(comma)rfm_segment $< | \
		seg-assign --strict --join $(OUT)/trial.tsv.gz -c arm$(comma)bought)

$(OUT)/campaign.html: $(OUT)/campaign.tsv.gz $(PLAYBOOK)
	$(call made,seg-report -c recency_days$(comma)frequency$(comma)monetary$(comma)$(FEATURES) --fitted $(FEATURES) \
		--value monetary --share rfm_segment --ab arm$(comma)bought --playbook $(PLAYBOOK) \
		--section overview$(comma)profiles$(comma)rf-grid$(comma)shares$(comma)anova$(comma)ab$(comma)playbook$(comma)provenance$(comma)self-check \
		--title 'A campaign to four kinds of customers: made-up orders' \
		--note 'Orders$(comma) offers and answers are made up and joined by customer_id$(comma) because the file has none: the figures show the method and say nothing about anybody.' \
		--format html $<)

$(OUT)/audience.csv: $(OUT)/audience.tsv.gz
	$(call made,$(EXPORT) csv customer_id=external_id_sha256 $<)

$(OUT)/report.html: $(OUT)/segments.tsv.gz $(OUT)/sweep-model.tsv.gz $(PLAYBOOK)
	$(call made,seg-report --playbook $(PLAYBOOK) -c $(FEATURES)$(comma)age$(comma)tenure --share true_segment$(comma)gender \
		-m $(OUT)/model.tsv.gz --from-sweep $(OUT)/sweep.tsv.gz \
		--title 'Four kinds of customers' $(NOTE) --format html $<)
