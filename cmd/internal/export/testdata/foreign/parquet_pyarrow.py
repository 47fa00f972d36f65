"""Reads members.parquet with pyarrow."""
import datetime
import json
import sys

import pyarrow
import pyarrow.parquet as pq

t = pq.read_table(sys.argv[1])
long_text = json.loads(sys.argv[2])
assert t.column_names == "state year member allies balance code since name remark".split(), t.column_names
assert t.column("code").to_pylist() == [-2147483647, 2147483620, None, None, None, 0]
assert t.column("since").to_pylist()[:3] == [datetime.date(1648, 10, 24), datetime.date(1839, 4, 19), None]
assert t.column("remark").to_pylist() == [long_text, "", None, "x", "=1+1", "NA"]
assert t.schema.metadata[b"foedus.seq"] == b"4711"
print("pyarrow", pyarrow.__version__)
