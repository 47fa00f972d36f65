"""Reads members.dta with pandas and checks what it finds."""
import datetime
import json
import sys

import pandas as pd
from pandas.io.stata import StataMissingValue, StataReader

path, long_text = sys.argv[1], json.loads(sys.argv[2])


def same(what, got, want):
    assert got == want, f"{what}: {got!r}, want {want!r}"


def missing(v):
    return v.string if isinstance(v, StataMissingValue) else v


with StataReader(path, convert_missing=True, convert_categoricals=False, convert_dates=False) as r:
    df = r.read()
    labels = r.variable_labels()
    values = r.value_labels()
    same("data label", r.data_label, "Members of alliances, a row for each state and year")
    same("time stamp", r.time_stamp, "04 Mar 2026 05:06")

same("columns", list(df.columns), "state year member allies balance code since name remark".split())
same("state", list(df.state), ["aut", "bel", "grc", "jpn", "prk", "usa"])
same("year", list(df.year), [1648, 1839, 1952, 1959, 1960, 2100])
same("type of year", str(df.year.dtype), "int16")
same("member", [missing(v) for v in df.member], [0, 1, ".", ".a", ".b", ".c"])
same("allies", [missing(v) for v in df.allies], [-127, 100, ".", ".a", ".b", 0])
same("balance", [missing(v) for v in df.balance], [-32767, 32740, ".", ".a", ".b", 0])
same("code", [missing(v) for v in df.code], [-2147483647, 2147483620, ".", ".a", ".b", 0])
same("name", list(df.name), ["Österreich", '"België", Belgique', "Ελλάδα\nΕλληνική", "日本 <&>", " 조선 ", ""])
same("remark", list(df.remark), [long_text, "", "", "x", "=1+1", "NA"])
same("label", labels["name"], "Name in the language of the state")
same("length of the long label", len(labels["code"]), 80)
same("value labels", {int(k): v for k, v in values["member"].items()}, {
    0: "no", 1: "yes", 2147483622: "not covered", 2147483623: "no such state then", 2147483624: "date unknown"})

df = pd.read_stata(path)
same("dates", [None if pd.isnull(d) else pd.Timestamp(d).date() if not isinstance(d, datetime.datetime) else d.date() for d in df.since],
     [datetime.date(1648, 10, 24), datetime.date(1839, 4, 19), None, None, None, None])
same("categories", [None if pd.isnull(v) else v for v in df.member], ["no", "yes", None, None, None, None])

df = pd.read_stata(sys.argv[3], convert_dates=False)
same("large", [len(df), int(df.id.astype("int64").sum()), int(df.until.count()), df.event.nunique(), df.member.value_counts().to_dict()],
     [150000, 11249925000, 50000, 512, {"no": 75002, "yes": 74998}])
print("pandas", pd.__version__)
