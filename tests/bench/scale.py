# SPDX-License-Identifier: MIT
# scale.py agree BIN DATA WORK: seg-scale against scikit-learn, method by method, on the
#   tables whose files are in DATA and on a made-up one; status 1 where they differ.
# scale.py make ROWS FILE: a table to time on.
# scale.py fit|apply IN OUT: the seconds pandas and scikit-learn take from text to text.
import os
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
LIMIT = 1e-12
bad = []


def made_up():
    r = np.random.default_rng(4)
    n = 3000
    return "made-up", pd.DataFrame({
        "spent": np.round(r.lognormal(5, 1.3, n), 2), "net": np.round(r.normal(20, 90, n), 2),
        "visits": r.poisson(4, n).astype(float), "born": 2003 - np.floor(r.gamma(3, 9, n)),
        "since": 1.7e9 + np.floor(r.exponential(3e6, n)), "city": r.choice(list("ABCÄ é"), n)})


def rfm(bins, data, work):
    path = data + "/online-retail.csv.gz"
    if not os.path.exists(path):
        return None
    cmd = '"$0"/seg-clean -q "$1" | "$0"/seg-rfm -q -p --carry country > "$2"/rfm'
    subprocess.run(["bash", "-o", "pipefail", "-c", cmd, bins, path, work], check=True)
    t = pd.read_csv(work + "/rfm", sep="\t", usecols=["recency_days", "frequency", "monetary",
                    "aov", "n_lines", "quantity", "tenure_days", "gap_days", "country"])
    return "rfm of Online Retail", t


def table(name, path, columns, **how):
    return (name, pd.read_csv(path, **how)[columns]) if os.path.exists(path) else None


def tables(bins, data, work):
    yield made_up()
    yield rfm(bins, data, work) or "Online Retail"
    yield table("lookalike-5000", data + "/lookalike-5000.csv",
                ["Age", "Annual_Income", "Spending_Score", "Credit_Score", "Online_Activity"]
                ) or "lookalike-5000"
    yield table("marketing campaign", data + "/marketing-campaign.tab.csv",
                ["Year_Birth", "Income", "Recency", "MntWines", "MntFruits", "NumWebPurchases",
                 "Education", "Marital_Status"], sep="\t") or "marketing campaign"


class Table:
    def __init__(self, name, frame, bins, work):
        self.name, self.bins, self.work = name, bins, work
        self.words = [c for c in frame if frame[c].dtype == object]
        self.holes = frame
        self.frame = frame.fillna(frame.median(numeric_only=True))
        self.numbers = [c for c in frame if c not in self.words]
        if not self.holes[self.numbers].isna().any().any():
            self.holes = frame.copy()
            self.holes.loc[::7, self.numbers[0]] = np.nan
        self.write("rows", self.frame)
        self.write("holes", self.holes)

    def write(self, name, frame):
        frame.to_csv(f"{self.work}/{name}", sep="\t", index=False, float_format="%.17g")

    def scale(self, options, rows="rows"):
        out = subprocess.run([self.bins + "/seg-scale", "-q", "-p", "-w", self.work + "/p",
                              *options, f"{self.work}/{rows}"], check=True, stdout=subprocess.PIPE)
        names, *lines = out.stdout.decode().splitlines()
        return names.split("\t"), np.array([l.split("\t") for l in lines]).astype(float)

    def parameter(self, kind, key):
        with open(self.work + "/p", encoding="utf-8") as f:
            rows = [line.rstrip("\n").split("\t") for line in f]
        return {r[1]: float(r[3]) for r in rows if r[0] == kind and r[2] == key}

    def same(self, what, got, want, limit=LIMIT):
        want = np.asarray(want, dtype=np.longdouble)
        worst = float((abs(got - want) / np.maximum(1, abs(want))).max())
        if not worst <= limit:
            bad.append(what)
        print(f"{self.name:22} {what:34} {worst:.1e}" + ("" if worst <= limit else "  DIFFERS"))


def columns(names):
    return ["-c", ",".join(names)]


def linear(t):
    from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
    x = t.frame[t.numbers].values.astype(float)
    q = np.quantile(x, [.05, .95], axis=0)
    # in a narrow column far from 0 the last place of log1p, where libraries differ, is too much
    logs = [c for c in t.numbers if t.frame[c].min() > -1 and
            np.log1p(t.frame[c]).std() > .01 * np.log1p(t.frame[c]).max()]
    for peer, name in ((StandardScaler(), "zscore"), (MinMaxScaler(), "minmax"),
                       (MaxAbsScaler(), "maxabs"), (RobustScaler(), "robust")):
        how = [*columns(t.numbers), "--method", name]
        t.same(name, t.scale(how)[1], peer.fit_transform(x))
        t.same(name + " --winsor", t.scale([*how, "--winsor", "0.05"])[1],
               peer.fit_transform(np.clip(x, *q)))
        t.same(name + " --log1p", t.scale([*columns(logs), "--method", name, "--log1p",
                                           ",".join(logs)])[1],
               peer.fit_transform(np.log1p(t.frame[logs].values)))
    t.scale(columns(t.numbers))
    back = subprocess.run(f'"{t.bins}/seg-scale" -q -m "{t.work}/p" "{t.work}/rows" | '
                          f'"{t.bins}/seg-scale" -q -p --inverse -m "{t.work}/p"', shell=True,
                          check=True, stdout=subprocess.PIPE).stdout.decode().splitlines()[1:]
    back = np.array([l.split("\t") for l in back]).astype(float)
    t.same("inverse", back / abs(x).max(axis=0), x / abs(x).max(axis=0))


def impute(t):
    from sklearn.impute import SimpleImputer
    x = t.holes[t.numbers].values.astype(float)
    for ours, theirs in ("mean", "mean"), ("median", "median"), ("mode", "most_frequent"):
        how = [*columns(t.numbers), "--method", "none", "--impute", ours]
        t.same("--impute " + ours, t.scale(how, "holes")[1],
               SimpleImputer(strategy=theirs).fit_transform(x))


def encode(t):
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
    for c in t.words:
        x = t.frame[[c]].values
        for drop in (None, "first"):
            names, got = t.scale(["--onehot", c, *(["--drop-first"] if drop else [])])
            own = [i for i, name in enumerate(names) if name.startswith(c + "=")]
            names, got = [names[i] for i in own], got[:, own]
            peer = OneHotEncoder(drop=drop)
            want = peer.fit_transform(x).toarray()
            if names != [f"{c}={l}" for l in peer.categories_[0][bool(drop):]]:
                bad.append("names of " + c)
            t.same("--onehot " + c + (" --drop-first" if drop else ""), got, want)
        levels = sorted(set(x[:, 0]), reverse=True)
        names, got = t.scale(["--ordinal", f"{c}={'<'.join(levels)}", "--method", "none"])
        got = got[:, [names.index(c + "_scaled")]]
        t.same("--ordinal " + c, got, OrdinalEncoder(categories=[levels]).fit_transform(x))


def pca(t):
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler
    z = StandardScaler().fit_transform(t.frame[t.numbers].values.astype(float))
    peer = PCA(svd_solver="full").fit(z)
    at = abs(peer.components_).argmax(axis=1)
    sign = np.sign(peer.components_[range(len(at)), at])
    got = t.scale([*columns(t.numbers), "--pca", "999"])[1]
    t.same("--pca", got, peer.transform(z) * sign)
    share = t.parameter("component", "share")
    t.same("shares of variance", np.array([share[f"pc{i + 1}"] for i in range(len(at))]),
           peer.explained_variance_ratio_)


def powers(x, lam):
    """Logarithms and powers about a point, in 64-bit mantissas; the plain ones for both signs."""
    x, lam = x.astype(np.longdouble), np.longdouble(lam)
    if (x < 0).any():
        l = np.log1p(abs(x))
        p = np.where(x < 0, 2 - lam, lam)
        s = np.where(x < 0, -1, 1)
    else:
        c = np.floor(x.mean())
        l, p, s = np.log1p((x - c) / (1 + c)), lam, 1
    return s * l, s * np.expm1(p * l) / p, (p * l * np.exp(p * l) - np.expm1(p * l)) / p ** 2


def gradient(x, lam):
    l, z, d = powers(x, lam)
    z = z - z.mean()
    return float(l.mean() - (z * d).mean() / (z * z).mean())


def yeo_johnson(t):
    from sklearn.preprocessing import PowerTransformer
    x = t.frame[t.numbers].values.astype(float)
    got = t.scale([*columns(t.numbers), "--yeo-johnson", ",".join(t.numbers)])[1]
    ours = t.parameter("scale", "lambda")
    theirs = PowerTransformer().fit(x).lambdas_
    z = np.array([powers(x[:, i], ours[c])[1] for i, c in enumerate(t.numbers)]).T
    t.same("--yeo-johnson", got, (z - z.mean(axis=0)) / z.std(axis=0))
    for i, c in enumerate(t.numbers):
        g, other = gradient(x[:, i], ours[c]), gradient(x[:, i], theirs[i])
        t.same(f"derivative at lambda of {c}", np.array([g]), [0])
        near = abs(ours[c] - theirs[i]) <= 1e-6 * max(1, abs(ours[c]))
        # where it is farther, scikit-learn's own derivative says whose lambda is the maximum
        if not near and not abs(other) > 1e6 * max(abs(g), 1e-17):
            bad.append(f"lambda of {c}")
        print(f"{t.name:22} lambda of {c}: {ours[c]:.9g}, scikit-learn's {theirs[i]:.9g}, where "
              f"the derivative is {other:.1e}")


def agree(bins, data, work):
    for found in tables(bins, data, work):
        if isinstance(found, str):
            print(f"{found}: no real data, left out")
            continue
        t = Table(*found, bins, work)
        for check in linear, impute, encode, pca, yeo_johnson:
            check(t)
    if bad:
        sys.exit("scikit-learn differs: " + ", ".join(bad))


def make(rows, path):
    r, n = np.random.default_rng(5), int(rows)
    pd.DataFrame({"id": np.arange(n), "a": r.lognormal(4, 1.2, n), "b": r.normal(1e3, 50, n),
                  "c": r.gamma(2, 3, n), "d": r.standard_normal(n), "e": r.integers(1, 374, n),
                  "f": np.round(r.lognormal(5, 1, n), 2)}).to_csv(path, sep="\t", index=False)


def peer(what, source, to):
    from sklearn.preprocessing import StandardScaler
    names = list("abcdef")
    model = StandardScaler().fit(pd.read_csv(source, sep="\t")[names]) if what == "apply" else None
    start = time.perf_counter()
    t = pd.read_csv(source, sep="\t")
    z = (model or StandardScaler().fit(t[names])).transform(t[names])
    pd.concat([t.id, pd.DataFrame(z, columns=[c + "_scaled" for c in names])], axis=1).to_csv(
        to, sep="\t", index=False)
    print(time.perf_counter() - start)


if sys.argv[1] == "agree":
    agree(*sys.argv[2:])
elif sys.argv[1] == "make":
    make(*sys.argv[2:])
else:
    peer(*sys.argv[1:])
