# SPDX-License-Identifier: MIT
# kmeans.py make-SHAPE FILE.npy ROWS > FILE.tsv, or kmeans.py WHAT FILE.npy: seconds that
# scikit-learn takes; inertia-SEEDS: the inertia it finds, for k = 2..10 and each seed.
import sys
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")


def make(shape, n):
    r = np.random.default_rng(3)
    if shape == "wide":
        return r.normal(0, 1.5, (50, 16))[r.integers(50, size=n)] + r.standard_normal((n, 16))
    if shape == "cube":
        return r.random((n, 3))
    if shape == "heaps":
        return r.normal(0, 3, (50, 3))[r.integers(50, size=n)] + r.standard_normal((n, 3))
    f = r.standard_normal(n)
    return np.c_[-.5 * f + .8 * r.standard_normal(n), f, .85 * f + .5 * r.standard_normal(n)]


def main(what, path, *rows):
    if what.startswith("make-"):
        x = np.round(make(what[5:], int(rows[0])), 4)
        np.save(path, x)
        print("\t".join("a%d" % j for j in range(x.shape[1])))
        sys.stdout.writelines("\t".join(["%.4f"] * x.shape[1]) % tuple(v) + "\n" for v in x)
        return
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    x = np.load(path)
    if what.startswith("inertia-"):
        for seed in range(int(what[8:])):
            for k in range(2, 11):
                print(k, repr(float(KMeans(k, n_init=10, random_state=seed).fit(x).inertia_)))
        return
    label = KMeans(5, n_init=1, random_state=1).fit(x).labels_ if what == "silhouette" else None
    start = time.perf_counter()
    if what == "sweep":
        for k in range(2, 11):
            KMeans(k, n_init=10, random_state=1).fit(x)
    elif what == "fit":
        KMeans(64, init=x[:64], n_init=1, max_iter=30, tol=0, algorithm="lloyd").fit(x)
    else:
        silhouette_score(x, label)
    print(time.perf_counter() - start)


main(*sys.argv[1:])
