# SPDX-License-Identifier: MIT
# Tests of segments against R, to 1e-10, on data that R reads from the same file.
load common

setup_file() {
	export S=$BATS_FILE_TMPDIR
	awk 'BEGIN { OFS = "\t"; srand(11); print "segment", "x", "y", "z", "g", "h", "arm", "bought"
		for (i = 0; i < 900; i++) { s = i % 5 + 1; n = rand() + rand() + rand() - 1.5
			print s, n + s / 20, n * s + 3, int(rand() * 12 + s / 4), "g" int(rand() * 4 + (s > 3) / 3), "h" int(rand() * 3),
				rand() < 0.45 ? "b" : "a", (rand() < 0.2 + s / 25) } }' > "$S/rows"
}

# section NAME OPTION...: as R reads it, to $T/NAME
section() {
	"$B/seg-report" -p --format tsv --section "$@" "$S/rows" > "$T/$1"
}

# in_r: the R program on standard input, which has x (the rows) and near(got, want).
in_r() {
	need_command Rscript
	cat > "$T/own.R"
	cat > "$T/all.R" <<-'E'
	a <- commandArgs(TRUE)
	own <- function(name) suppressWarnings(read.delim(file.path(a[2], name), colClasses = c(segment = "character")))
	x <- read.delim(a[1])
	x$segment <- factor(x$segment)
	near <- function(got, want, size = abs(want)) if (length(got) != length(want) || !all(is.finite(got)) ||
		any(abs(got - want) > 1e-10 * size)) stop(paste(got, "is not", want, collapse = "; "))
	E
	cat "$T/own.R" >> "$T/all.R"
	run Rscript --vanilla "$T/all.R" "$S/rows" "$T"
	assert_output ""
	assert_success
}

@test "R: ANOVA, Welch, Kruskal-Wallis, Holm" {
	section anova -c x,y,z
	in_r <<-'E'
	o <- own("anova")
	p <- w <- k <- c()
	for (c in o$column) {
		v <- x[[c]]
		f <- anova(lm(v ~ x$segment))
		t <- oneway.test(v ~ x$segment)
		h <- kruskal.test(v ~ x$segment)
		i <- o[o$column == c, ]
		near(i$f, f[1, 4]); near(i$p, f[1, 5]); near(i$eta_squared, f[1, 2] / sum(f[, 2]))
		near(i$welch_f, t$statistic); near(i$welch_p, t$p.value); near(i$welch_df_within, t$parameter[2])
		near(i$kruskal_h, h$statistic); near(i$kruskal_p, h$p.value)
		p <- c(p, f[1, 5]); w <- c(w, t$p.value); k <- c(k, h$p.value)
	}
	near(o$p_holm, p.adjust(p, "holm")); near(o$welch_p_holm, p.adjust(w, "holm"))
	near(o$kruskal_p_holm, p.adjust(k, "holm"))
	E
}

@test "R: TukeyHSD, and Games and Howell by ptukey" {
	section pairs -c x,y,z
	in_r <<-'E'
	o <- own("pairs")
	for (r in seq_len(nrow(o))) {
		v <- x[[o$column[r]]]; s <- as.character(x$segment)
		u <- v[s == o$segment[r]]; w <- v[s == o$other[r]]
		near(o$difference[r], mean(u) - mean(w))
		t <- TukeyHSD(aov(v ~ x$segment))[[1]]
		near(o$tukey_p[r], t[paste(o$other[r], o$segment[r], sep = "-"), 4], 1) # ptukey itself errs by some 1e-11
		e <- var(u) / length(u) + var(w) / length(w)
		df <- e^2 / (var(u)^2 / length(u)^2 / (length(u) - 1) + var(w)^2 / length(w)^2 / (length(w) - 1))
		q <- abs(mean(u) - mean(w)) / sqrt(e / 2)
		near(o$games_howell_q[r], q); near(o$games_howell_df[r], df)
		near(o$games_howell_p[r], ptukey(q, 5, df, lower.tail = FALSE), 1)
	}
	E
}

@test "R: chi-square, Cramer's V" {
	section categories --share g,h,z
	in_r <<-'E'
	o <- own("categories")
	for (r in seq_len(nrow(o))) {
		t <- suppressWarnings(chisq.test(table(x[[o$column[r]]], x$segment), correct = FALSE))
		near(o$chi_squared[r], t$statistic); near(o$p[r], t$p.value); near(o$df[r], t$parameter)
		near(o$cramers_v[r], sqrt(t$statistic / nrow(x) / min(dim(t$observed) - 1)))
		near(o$least_expected[r], min(t$expected))
	}
	near(o$p_holm, p.adjust(o$p, "holm"))
	E
}

@test "R: Wilson, Newcombe (his method 10 from R's own Wilson limits), pooled z, power" {
	section ab --ab arm,bought
	in_r <<-'E'
	o <- own("ab")
	wilson <- function(k, n) as.numeric(prop.test(k, n, correct = FALSE)$conf.int)
	for (s in unique(o$segment)) {
		i <- o[is.na(o$segment) == is.na(s) & (is.na(s) | o$segment == s), ]
		d <- if (is.na(s) || s == "") x else x[x$segment == s, ]
		n <- table(d$arm); k <- tapply(d$bought, d$arm, sum)
		near(i$n, as.numeric(n)); near(i$events, as.numeric(k))
		a <- wilson(k[1], n[1]); b <- wilson(k[2], n[2]); p <- as.numeric(k / n); e <- p[2] - p[1]
		near(i$rate_low, c(a[1], b[1])); near(i$rate_high, c(a[2], b[2]))
		near(i$ci_low[2], e - sqrt((p[2] - b[1])^2 + (a[2] - p[1])^2))
		near(i$ci_high[2], e + sqrt((b[2] - p[2])^2 + (p[1] - a[1])^2))
		near(i$p[2], prop.test(as.numeric(k), as.numeric(n), correct = FALSE)$p.value)
	}
	E
}
