#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Dump to RFM with pandas as the studies do it: read_csv, filter, groupby.

usage: studies.py DUMP OUT [ENCODING]
"""
import sys
import pandas as pd

df = pd.read_csv(sys.argv[1], encoding=sys.argv[3] if len(sys.argv) > 3 else "utf-8")
df["InvoiceDate"] = pd.to_datetime(df["InvoiceDate"])
df = df.dropna(subset=["CustomerID"])
df = df[(df["Quantity"] > 0) & (df["UnitPrice"] > 0)]
df["TotalPrice"] = df["Quantity"] * df["UnitPrice"]
now = df["InvoiceDate"].max() + pd.Timedelta(days=1)
rfm = df.groupby("CustomerID").agg(
    {
        "InvoiceDate": lambda x: (now - x.max()).days,
        "InvoiceNo": lambda x: x.nunique(),
        "TotalPrice": lambda x: x.sum(),
    }
)
rfm.columns = ["recency", "frequency", "monetary"]
rfm.to_csv(sys.argv[2], sep="\t")
