# SPDX-License-Identifier: MIT
"""tests/clv.py ROWS PARAMS: seg-rfm's --clv against the papers' equations as they
stand there, with mpmath at 50 digits; the histories are taken from the columns
n_days, tenure_days, first_date, last_date, and what the purchases after the first
day are worth from `repeat_sum`, which the caller appends.

Prints a line for each figure: its name and the largest relative error."""
import sys
from collections import Counter
from datetime import date
from mpmath import mp, mpf, loggamma, log, beta, gamma, hyp2f1, psi, exp, sqrt

mp.dps = 50


def stream(path):
    lines = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


rows = stream(sys.argv[1])
param = {(p["kind"], p["name"], p["key"]): p["value"] for p in stream(sys.argv[2])}
days = int(param["model", "seg-rfm", "clv_days"])
r, alpha, a, b = (mpf(float(param["bgnbd", k, "estimate"])) for k in ("r", "alpha", "a", "b"))
p, q, g = (mpf(float(param["gamma_gamma", k, "estimate"])) for k in ("p", "q", "gamma"))


def bgnbd(x, t_x, T):
    """Fader, Hardie & Lee 2005, equation (6); its derivatives in r, alpha, a, b."""
    front = beta(a, b + x) / beta(a, b) * gamma(r + x) * alpha**r / gamma(r)
    living = front * (alpha + T) ** -(r + x)
    gone = front * a / (b + x - 1) * (alpha + t_x) ** -(r + x) if x else mpf(0)
    w = gone / (living + gone)
    d_r = psi(0, r + x) - psi(0, r) + log(alpha) - (1 - w) * log(alpha + T) - w * log(alpha + t_x)
    d_alpha = r / alpha - (r + x) * ((1 - w) / (alpha + T) + w / (alpha + t_x))
    d_a = psi(0, a + b) - psi(0, a + b + x) + w / a
    d_b = psi(0, b + x) - psi(0, b) - psi(0, a + b + x) + psi(0, a + b)
    if x:
        d_b -= w / (b + x - 1)
    return log(living + gone), (r * d_r, alpha * d_alpha, a * d_a, b * d_b)


def gamma_gamma(x, s):
    """Fader & Hardie 2013, equation (1a); its derivatives in p, q, gamma."""
    z = s / x
    value = (loggamma(p * x + q) - loggamma(p * x) - loggamma(q) + q * log(g)
             + (p * x - 1) * log(z) + p * x * log(x) - (p * x + q) * log(g + x * z))
    d_p = x * (psi(0, p * x + q) - psi(0, p * x) + log(x * z) - log(g + x * z))
    d_q = psi(0, p * x + q) - psi(0, q) + log(g) - log(g + x * z)
    d_g = q / g - (p * x + q) / (g + x * z)
    return value, (p * d_p, q * d_q, g * d_g)


def total(terms):
    value, slope, n = mpf(0), None, 0
    for (v, d), k in terms:
        value += k * v
        slope = [k * y + (slope[i] if slope else 0) for i, y in enumerate(d)]
        n += k
    return value, sqrt(sum(s * s for s in slope)) / n


def expected(x, t_x, T):
    """P(alive) and equation (10)."""
    odds = a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x else 0
    f = hyp2f1(r + x, b + x, a + b + x - 1, days / (alpha + T + days))
    e = (a + b + x - 1) / (a - 1) * (1 - ((alpha + T) / (alpha + T + days)) ** (r + x) * f)
    return 1 / (1 + odds), e / (1 + odds)


def day(text):
    return date.fromisoformat(text).toordinal()


cells, spend, error = Counter(), [], Counter()


def compare(name, got, want):
    error[name] = max(error[name], abs(mpf(float(got)) / want - 1))


for row in rows:
    x, T = int(row["n_days"]) - 1, int(row["tenure_days"])
    t_x, s = day(row["last_date"]) - day(row["first_date"]), mpf(float(row["repeat_sum"]))
    cells[x, t_x, T] += 1
    if x and s > 0:
        spend.append(((x, s), 1))
    alive, purchases = expected(x, t_x, T)
    value = p * (g + s) / (p * x + q - 1)
    compare("p_alive", row["p_alive"], alive)
    compare("expected_purchases", row["expected_purchases"], purchases)
    compare("expected_value", row["expected_value"], value)
    compare("clv", row["clv"], purchases * value)
for name, terms in (("bgnbd", [(bgnbd(*c), n) for c, n in cells.items()]),
                    ("gamma_gamma", [(gamma_gamma(*c), n) for c, n in spend])):
    value, slope = total(terms)
    compare(name + " log_likelihood", param["fit", name, "log_likelihood"], value)
    error[name + " gradient"] = slope
for name, e in error.items():
    print("%s\t%.1e" % (name, e))
