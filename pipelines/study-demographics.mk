# SPDX-License-Identifier: MIT
# Study "Demographics and purchase probability": who the customers are, and
# what the price does to their buying.
#
#	make -f study-demographics.mk DATA=folder OUT=out [NEW=trips.csv]
#
# Data: segmentation-365.csv and purchase-365.csv.gz, whose ids do not join.
#	report.html  the segments by demographics (z-scores, three components)
#	price.html   purchase against the mean price: probability and elasticity
#	             over a range of prices, coefficients, lift, calibration by cross-validation
#	scores.tsv.gz the probability that each of the trips in NEW ends in a purchase;
#	             without NEW those of the data
#	joint.html   revenue by brand and segment: always on made-up people and
#	             trips that do join, and it says so
NEEDS := segmentation-365.csv purchase-365.csv.gz
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

K ?= 4
SEED ?= 1
FEATURES := sex,marital_status,age,education,income,occupation,settlement_size
TRIPS := $(if $(REAL),$(DATA)/purchase-365.csv.gz,$(OUT)/made-up-trips.csv)
NEW ?= $(TRIPS)
PRICE := 'price=mean(price_1,price_2,price_3,price_4,price_5)'
PAID := 'revenue=quantity*pick(price_,brand)'

all: $(OUT)/report.html $(OUT)/price.html $(OUT)/scores.tsv.gz $(OUT)/joint.html

$(OUT)/made-up.csv: | $(OUT)
	$(call made,$(GEN)/study --kind demographics)

$(OUT)/made-up-trips.csv: | $(OUT)
	$(call made,$(GEN)/study --kind purchases)

# From people to segments, once for the data and once for the made-up people.
$(OUT)/people-clean.tsv.gz: $(DUMP) $(FROM)
$(OUT)/joint-clean.tsv.gz: $(OUT)/made-up.csv
$(OUT)/people-clean.tsv.gz $(OUT)/joint-clean.tsv.gz:
	$(call made,seg-clean --table $<)

$(OUT)/%-components.tsv.gz: $(OUT)/%-clean.tsv.gz
	$(call made,seg-scale --key id -c $(FEATURES) --pca 3 -w $(OUT)/$*-scale.tsv.gz $<)

$(OUT)/%-sweep-model.tsv.gz: $(OUT)/%-components.tsv.gz
	$(call made_3,seg-kmeans --key id --tol 0 -c pc1$(comma)pc2$(comma)pc3 -k 1..10 --seed $(SEED) \
		--scaled-by $(OUT)/$*-scale.tsv.gz --sweep $(OUT)/$*-sweep.tsv.gz $<)

$(OUT)/%-model.tsv.gz: $(OUT)/%-components.tsv.gz
	$(call made,seg-kmeans --key id --tol 0 -c pc1$(comma)pc2$(comma)pc3 -k $(K) --seed $(SEED) \
		--scaled-by $(OUT)/$*-scale.tsv.gz $<)

$(OUT)/%-segments.tsv.gz: $(OUT)/%-clean.tsv.gz $(OUT)/%-model.tsv.gz
	$(call made,seg-assign -m $(OUT)/$*-model.tsv.gz $<)

$(OUT)/report.html: $(OUT)/people-segments.tsv.gz $(OUT)/people-sweep-model.tsv.gz $(PLAYBOOK)
	$(call made,seg-report --playbook $(PLAYBOOK) -c $(FEATURES) --fitted $(FEATURES) \
		--share sex$(comma)marital_status$(comma)education$(comma)occupation$(comma)settlement_size \
		--from-sweep $(OUT)/people-sweep.tsv.gz --title 'Customers by demographics' $(NOTE) \
		--note 'The segments were made on three principal components of the z-scores. The purchases of these data have other ids and do not join: price.html holds what they say$(comma) joint.html the joint part on made-up data.' \
		--format html $<)

# What the mean price of the five brands does to buying.
$(OUT)/trips.tsv.gz: $(TRIPS) $(FROM)
	$(call made,seg-clean --table --derive $(PRICE) $<)

$(OUT)/price.tsv.gz: $(OUT)/trips.tsv.gz
	$(call made,seg-logit -y incidence -c price --cv 5 --seed $(SEED) \
		--metrics $(OUT)/metrics.tsv.gz --lift $(OUT)/lift.tsv.gz --calibration $(OUT)/calibration.tsv.gz $<)

$(OUT)/scores.tsv.gz: $(NEW) $(OUT)/price.tsv.gz $(call kept,new,$(filter-out $(TRIPS),$(NEW)))
	$(call made,seg-clean --table --derive $(PRICE) $(NEW) | seg-logit -m $(OUT)/price.tsv.gz)

$(OUT)/elasticity.tsv.gz: $(OUT)/price.tsv.gz
	$(call made,awk 'BEGIN { print "band\tprice"; for (i = 50; i < 350; i++) \
		printf "%.2f to %.2f\t%.2f\n"$(comma) int(i / 50) / 2$(comma) int(i / 50) / 2 + 0.49$(comma) i / 100 }' | \
		seg-logit -m $< --elasticity price)

$(OUT)/price.html: $(OUT)/elasticity.tsv.gz
	$(call made,seg-report --by band -c price$(comma)probability$(comma)elasticity_price \
		--section profiles$(comma)logit$(comma)lift$(comma)calibration$(comma)provenance$(comma)self-check \
		--from-logit $(OUT)/price.tsv.gz --from-lift $(OUT)/lift.tsv.gz --from-calibration $(OUT)/calibration.tsv.gz \
		--title 'Purchase against price' $(NOTE) \
		--note 'A logistic regression of purchase on the mean price of the five brands; probability and own-price elasticity over a range of prices. Demand is elastic where the elasticity is below -1.' \
		--format html $<)

# Segments, purchases and products together, on ids that join.
$(OUT)/joint-lines.tsv.gz: $(OUT)/made-up-trips.csv $(OUT)/joint-segments.tsv.gz
	$(call made,seg-clean --table --derive $(PRICE) --derive $(PAID) $< | \
		seg-assign --join $(OUT)/joint-segments.tsv.gz --key id --strict)

$(OUT)/joint-purchase.tsv.gz: $(OUT)/joint-lines.tsv.gz
	$(call made,seg-logit -y incidence -c price --onehot segment --cv 5 --seed $(SEED) \
		--lift $(OUT)/joint-lift.tsv.gz $<)

$(OUT)/joint-scored.tsv.gz: $(OUT)/joint-purchase.tsv.gz $(OUT)/joint-lines.tsv.gz
	$(call made,seg-logit -m $< --elasticity price $(OUT)/joint-lines.tsv.gz)

$(OUT)/joint.html: $(OUT)/joint-scored.tsv.gz
	$(call made,seg-report -c price$(comma)probability$(comma)elasticity_price \
		--section overview$(comma)profiles$(comma)index$(comma)shares$(comma)logit$(comma)lift$(comma)provenance$(comma)self-check \
		--value revenue --share brand --from-logit $(OUT)/joint-purchase.tsv.gz --from-lift $(OUT)/joint-lift.tsv.gz \
		--title 'What each segment buys: made-up data' \
		--note 'People and trips are made up$(comma) because the real files do not join: the figures show the method and say nothing about anybody. Each row is a trip to the shop; brand 0 is no purchase.' \
		--format html $<)
