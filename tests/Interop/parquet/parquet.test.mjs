import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const { SCALELITE, PSQL, DATABASE_URL } = process.env
const folder = mkdtempSync(join(tmpdir(), 'scalelite-parquet-'))
after(() => rmSync(folder, { recursive: true }))

const scalelite = (...args) => execFileSync(SCALELITE, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
const psql = (sql) => execFileSync(PSQL, ['-X', '-q', '-v', 'ON_ERROR_STOP=1', DATABASE_URL, '-c', sql])

/** The rows of a view, as Parquet and as JSON lines tell them. */
async function both(view) {
  const [parquet, jsonl] = [join(folder, `${view}.parquet`), join(folder, `${view}.jsonl`)]
  scalelite('export', view, '--format', 'parquet', '--output', parquet)
  scalelite('export', view, '--format', 'jsonl', '--output', jsonl)
  const file = await asyncBufferFromFile(parquet)
  return {
    metadata: await parquetMetadataAsync(file),
    rows: await parquetReadObjects({ file, compressors }),
    expected: readFileSync(jsonl, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)),
  }
}

/** A value as JSON lines would tell it; a Date has no microseconds. */
const told = (value) => (typeof value === 'bigint' ? Number(value) : value instanceof Date ? value.toISOString() : value ?? null)
const toldTime = (value) => (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? new Date(value).toISOString() : value)

before(() => {
  scalelite('export', 'servers')
  psql(`
    insert into server (id, url, host, secret_fingerprint, load_multiplier, registered_at) values ('a', 'https://a.example/api', 'a.example', 'f', 1.5, now());
    insert into tenant (id, name, secret_fingerprints, added_at) values ('t', 'Zoë', '{f}', now());
    insert into meeting_instance (instance, tenant_id, meeting_id, server_id, state, record, placed_at, started_at, ended_at, how, peak_users, mean_users)
    select md5(n::text)::uuid, case when n % 2 = 0 then 't' else '' end, (array['plain', 'a,b "c"', e'two\\nlines', '', 'Ω 😀'])[1 + n % 5], 'a',
      case when n % 3 = 0 then 'live' else 'ended' end, n % 2 = 0, '2026-03-02T08:00:00.123456Z'::timestamptz + interval '1 second' * n,
      case when n % 7 <> 0 then '2026-03-02T08:00:01Z'::timestamptz + interval '1 second' * n end,
      case when n % 3 <> 0 then '2026-03-02T09:00:00Z'::timestamptz + interval '1 second' * n end, 'Polls', n % 300, n / 7.0
    from generate_series(1, 2000) n;
    insert into server_minute select 'a', '2026-01-01T00:00:00Z'::timestamptz + interval '1 minute' * n, 6, n % 7, nullif(n, 5), 1, n % 300, 2 from generate_series(1, 120000) n;`)
})

test('every value of a view with all types is read as it was', async () => {
  const { rows, expected } = await both('meetings')
  assert.equal(rows.length, 2000)
  assert.deepEqual(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, told(value)]))),
    expected.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toldTime(value)]))))
})

test('row groups follow one another, and tell their least and largest values', async () => {
  const { metadata, rows, expected } = await both('server_minutes')
  assert.deepEqual(metadata.row_groups.map((group) => Number(group.num_rows)), [100000, 20000])
  const minute = metadata.row_groups[1].columns.find((column) => column.meta_data.path_in_schema[0] === 'minute').meta_data.statistics
  assert.equal(new Date(minute.min_value).toISOString(), toldTime(expected[100000].minute))
  assert.equal(new Date(minute.max_value).toISOString(), toldTime(expected.at(-1).minute))
  for (let i = 0; i < rows.length; i += 997) {
    for (const [name, value] of Object.entries(expected[i])) assert.equal(told(rows[i][name]), toldTime(value), `${name} of row ${i}`)
  }
})

test('a view without rows is a file too', async () => {
  const { rows, metadata } = await both('admin_changes')
  assert.equal(rows.length, 0)
  assert.deepEqual(metadata.schema.slice(1, 3).map((column) => column.name), ['event_id', 'at'])
})
