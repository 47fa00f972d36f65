"""Reads members.csv with Python's csv module and with pandas."""
import csv
import json
import sys

import pandas as pd

path, long_text = sys.argv[1], json.loads(sys.argv[2])
with open(path, newline="", encoding="utf-8") as f:
    rows = list(csv.DictReader(f, strict=True))
assert [r["name"] for r in rows] == ["Österreich", '"België", Belgique', "Ελλάδα\nΕλληνική", "日本 <&>", " 조선 ", ""], rows
assert [r["since"] for r in rows] == ["1648-10-24", "1839-04-19", "", "", "", ""], rows
assert rows[0]["remark"] == long_text
df = pd.read_csv(path, dtype={"member": "Int64", "code": "Int64"})
assert df.shape == (6, 9), df.shape
assert list(df.code.isna()) == [False, False, True, True, True, False], df.code
assert df.code[0] == -2147483647 and df.code[1] == 2147483620, df.code
print("pandas", pd.__version__)
