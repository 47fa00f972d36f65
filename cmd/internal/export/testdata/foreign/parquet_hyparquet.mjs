// Reads members.parquet with hyparquet. Run where hyparquet and
// hyparquet-compressors are installed.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const from = (name) => import(pathToFileURL(`${process.cwd()}/node_modules/${name}/src/index.js`))
const { parquetReadObjects, parquetMetadata } = await from('hyparquet')
const { compressors } = await from('hyparquet-compressors')
const [path, long] = process.argv.slice(2)
const b = readFileSync(path)
const file = b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength)
const rows = await parquetReadObjects({ file, compressors })
assert.deepEqual(rows.map((r) => r.code ?? null), [-2147483647, 2147483620, null, null, null, 0])
assert.deepEqual(rows.map((r) => r.remark ?? null), [JSON.parse(long), '', null, 'x', '=1+1', 'NA'])
assert.deepEqual(rows.map((r) => r.since?.toISOString().slice(0, 10) ?? null), ['1648-10-24', '1839-04-19', null, null, null, null])
assert.equal(parquetMetadata(file).key_value_metadata.find((m) => m.key === 'foedus.seq').value, '4711')
console.log('hyparquet')
