// Reads members.parquet and members.csv with DuckDB. Run where
// @duckdb/node-api is installed.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const { DuckDBInstance } = createRequire(process.cwd() + '/')('@duckdb/node-api')
const [parquet, csv, long, large] = process.argv.slice(2)
const db = await (await DuckDBInstance.create(':memory:')).connect()
const rows = async (sql) => (await db.runAndReadAll(sql)).getRowsJson()
const types = (await rows(`DESCRIBE SELECT * FROM read_parquet('${parquet}')`)).map((r) => [r[0], r[1]])
assert.deepEqual(types, [['state', 'VARCHAR'], ['year', 'INTEGER'], ['member', 'INTEGER'], ['allies', 'INTEGER'], ['balance', 'INTEGER'],
  ['code', 'INTEGER'], ['since', 'DATE'], ['name', 'VARCHAR'], ['remark', 'VARCHAR']])
const want = [
  ['aut', 1648, 0, -127, -32767, -2147483647, '1648-10-24', 'Österreich', JSON.parse(long)],
  ['bel', 1839, 1, 100, 32740, 2147483620, '1839-04-19', '"België", Belgique', ''],
  ['grc', 1952, null, null, null, null, null, 'Ελλάδα\nΕλληνική', null],
  ['jpn', 1959, null, null, null, null, null, '日本 <&>', 'x'],
  ['prk', 1960, null, null, null, null, null, ' 조선 ', '=1+1'],
  ['usa', 2100, null, 0, 0, 0, null, null, 'NA'],
]
assert.deepEqual(await rows(`FROM read_parquet('${parquet}')`), want)
const meta = Object.fromEntries((await rows(`SELECT decode(key), decode(value) FROM parquet_kv_metadata('${parquet}')`)))
assert.equal(meta['foedus.seq'], '4711')
assert.equal(meta['values.member'], '{"0":"no","1":"yes"}')
const seen = await rows(`FROM read_csv('${csv}', header=true, all_varchar=true, delim=',', quote='"', escape='"')`)
assert.deepEqual(seen.map((r) => r[7]), want.map((r) => r[7]))
assert.deepEqual(seen.map((r) => r[6]), want.map((r) => r[6]))
const sums = await rows(`SELECT count(*)::INT, sum(id)::VARCHAR, count(until)::INT, count(DISTINCT event)::INT, min(since)::VARCHAR, max(since)::VARCHAR FROM read_parquet('${large}')`)
assert.deepEqual(sums, [[150000, '11249925000', 50000, 512, '1860-06-26', '1863-03-22']])
const version = (await rows('SELECT version()'))[0][0]
console.log(`DuckDB ${version}`)
