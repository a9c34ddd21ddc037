'use strict'

const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const path = require('node:path')
const { after, before, test } = require('node:test')
const bbb = require('bigbluebutton-js')
const { eventually, freePort, get, newDatabase, scalelite, scaleliteJson, serve, signed, sql, start, startNodes, stopAll } = require('../installation')
const { ScaleliteRedis } = require('./redis')

const redisAt = { port: process.env.REDIS_PORT, password: process.env.REDIS_PASSWORD }
const id = n => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const [school, uni, shouting] = [id(101), id(102), id(104)]
const strange = 'Räume; 7 %2F{x}:y'
const call = (node, link) => bbb.http(link(bbb.api(node.url.replace(/\/api\/?$/, ''), node.secret)))

/** /etc/default/scalelite as it is; only where PostgreSQL and Redis are is this machine's. */
const environmentFile = Object.fromEntries(
  readFileSync(path.join(__dirname, 'default-scalelite'), 'utf8').split('\n').filter(line => /^\w+=/.test(line)).map(line => line.match(/^(\w+)=(.*)$/).slice(1)))

let nodes, redis, database, env, dead

/** Scalelite's tables, in the database that DATABASE_URL names: the two programs share it. */
const theirTables = `
  create table recordings (
    id bigserial primary key, record_id varchar, meeting_id varchar, name varchar, published boolean not null default false, participants integer, state varchar,
    starttime timestamp, endtime timestamp, deleted_at timestamp, protected boolean not null default false, publish_updated boolean not null default false);
  create table metadata (id bigserial primary key, recording_id bigint, key varchar, value varchar);
  create table playback_formats (id bigserial primary key, recording_id bigint, format varchar, url varchar, length integer, processing_time integer);
  create table thumbnails (id bigserial primary key, playback_format_id bigint, width integer, height integer, alt varchar, url varchar, sequence integer);
  create table callback_data (
    id bigserial primary key, meeting_id varchar, recording_id integer, callback_attributes text,
    created_at timestamp not null default now(), updated_at timestamp not null default now());
  insert into recordings (record_id, meeting_id, name, published, state, starttime, endtime)
    values ('aaa-1700000000000', 'live-0', 'Of before', true, 'published', '2023-11-14 22:13:20', '2023-11-14 23:13:20');
  insert into metadata (recording_id, key, value) values (1, 'tenant-id', '${school}'), (1, 'course', 'Algebra');
  insert into playback_formats (recording_id, format, url, length) values (1, 'video', '/playback/video/aaa-1700000000000/', 60)`

const importing = (...options) => scalelite(env, 'import-scalelite', '--redis-url', redis.url, '--database-url', database, ...options)

async function imported(...options) {
  const ran = await importing('--json', ...options)
  assert.deepEqual(ran.err.split('\n').filter(line => line !== '' && !/ WRN Poll of \S+ failed, /.test(line)), [])
  assert.equal(ran.code, 0)
  return Object.fromEntries(JSON.parse(ran.out).map(({ kind, ...row }) => [kind, row]))
}

const events = () => sql(database, 'select id from mt_events order by 1')

/** All events but those of polls: a node that does not answer is asked again by each run. */
const decisions = () => sql(
  database,
  `select id from mt_events where stream_id not like 'polls-%'
   and type not in ('server_suspected', 'server_went_offline', 'server_came_online', 'server_version_seen') order by 1`)

before(async () => {
  [nodes, database, dead] = await Promise.all([startNodes(3), newDatabase('takeover'), freePort()])
  env = { ...environmentFile, DATABASE_URL: database, URL_HOST: 'bbb.example.org', MULTITENANCY_ENABLED: 'true' }
  redis = new ScaleliteRedis({ ...redisAt, database: 1 })
  await sql(database, theirTables)
  const away = `http://127.0.0.1:${dead}/bigbluebutton/api`
  redis.server(id(1), { url: nodes[0].url, secret: nodes[0].secret, state: 'enabled', load_multiplier: '1.0' })
  redis.server(id(2), { url: `${nodes[1].url}/`, secret: nodes[1].secret, state: 'cordoned', load_multiplier: '2.5', tag: 'gpu' })
  redis.server(id(3), { url: nodes[2].url, secret: nodes[2].secret, enabled: true })
  redis.server(id(4), { url: away, secret: 'away', state: 'enabled', online: false, load_multiplier: '0' })
  redis.server(id(5), { url: `${away.replace('/api', '5/api')}`, secret: 'old', enabled: false, online: false })
  redis.server('host.example.org', { url: `${away.replace('/api', '6/api')}`, secret: 'off', state: 'disabled', load_multiplier: '0.5' })
  redis.server(id(7), { url: nodes[0].url, secret: nodes[0].secret, state: 'enabled' })
  redis.server(id(8), { url: 'ftp://nowhere', secret: 'x', state: 'enabled' })
  redis.server(id(9), { url: `${away.replace('/api', '9/api')}`, secret: undefined, state: 'enabled' })
  redis.leftover('servers', id(10))

  redis.tenant(school, {
    name: 'school', secrets: 'school-1:school-2', lrs_endpoint: 'https://lrs.example.org/xapi', lrs_username: 'lrs-user', lrs_password: 'lrs-password',
  })
  redis.tenant(uni, {
    name: 'uni', secrets: 'uni-1', lrs_endpoint: 'https://lrs.example.org/uni', kc_token_url: 'https://id.example.org/token', kc_client_id: 'client',
    kc_client_secret: 'client-secret', kc_username: 'kc-user', kc_password: 'kc-password',
  })
  redis.tenant(id(100), { name: 'school', secrets: 'not-this-one' }, false)
  redis.tenant(shouting, { name: 'Not A Label', secrets: 'x' })
  redis.setting(id(201), school, 'welcome', 'Hello, all = you', 'false')
  redis.setting(id(202), school, 'record', 'false', 'true')
  redis.setting(id(203), uni, 'meta_server-tag', 'gpu!', 'true')

  const of = (tenant, name) => ({ 'meta_tenant-id': tenant, 'meta_tenant-name': name, moderatorPW: 'mod', attendeePW: 'att', voiceBridge: '715622307' })
  assert.equal((await call(nodes[0], api => api.administration.create('Live', 'live-0', of(school, 'school')))).returncode, 'SUCCESS')
  assert.equal((await call(nodes[2], api => api.administration.create('Strange', strange, { ...of(uni, 'uni'), voiceBridge: '394201124' }))).returncode, 'SUCCESS')
  redis.meeting('live-0', { server_id: id(1), voice_bridge: '715622307', tenant_id: school })
  redis.meeting(strange, { server_id: id(3), voice_bridge: '394201124', tenant_id: uni })
  assert.equal((await call(nodes[1], api => api.administration.create('Drained', 'on-a-cordoned-node', { ...of(school, 'school'), voiceBridge: '611003966' }))).returncode, 'SUCCESS')
  redis.meeting('on-a-cordoned-node', { server_id: id(2), voice_bridge: '611003966', tenant_id: school })
  redis.meeting('ended', { server_id: id(1), voice_bridge: '250615932', tenant_id: school })
  redis.meeting('on-a-dead-node', { server_id: id(4), tenant_id: school })
  redis.leftover('meetings', 'expired')
  await redis.flush()
})

after(stopAll)

test('The environment file starts serve unchanged, which says once what it ignores and what is felt', async () => {
  const running = await serve({ ...env, MULTITENANCY_ENABLED: environmentFile.MULTITENANCY_ENABLED })
  const lines = running.written().split('\n')
  for (const name of ['REDIS_URL', 'NGINX_SSL', 'SCALELITE_TAG', 'DEFAULT_MEETING_TTL', 'RAILS_ENV', 'WEB_CONCURRENCY'])
    assert.equal(lines.filter(line => line.includes(`${name} is ignored: `)).length, 1, name)
  assert.equal(lines.filter(line => line.includes('POLLER_THREADS is 5, raised to 32')).length, 1)
  for (const felt of ['placement', 'ends', 'links to protected recordings', 'HTTPS', 'the presentation player', 'SCALELITE_RECORDING_DIR'])
    assert.equal(lines.filter(line => line.includes(`Unlike Scalelite (${felt}): `)).length, 1, felt)
  assert.ok(!/redis-secret|first-secret|database-secret|dial-in-secret/.test(running.written()))

  const root = await get(running.port, '/bigbluebutton/api', 'bbb.example.org')
  assert.match(root.body, /<build>v1.8.5<\/build>/)
  for (const secret of ['first-secret', 'second-secret', 'third-secret'])
    assert.match((await get(running.port, signed('/bigbluebutton/api', 'getMeetings', {}, secret), 'bbb.example.org')).body, /noMeetings/)
  assert.equal(await running.stop(), 0)
})

test('A dry run tells what would come and changes nothing', async () => {
  const had = await events()
  await redis.cli(['CONFIG', 'RESETSTAT'])

  const [ran, would] = await Promise.all([importing('--dry-run'), imported('--dry-run')])

  assert.equal(ran.code, 0)
  assert.match(ran.out, /would be new/)
  assert.match(ran.out, /Nothing was changed: --dry-run/)
  assert.deepEqual([would.servers.new, would.tenants.new, would['tenant settings'].new, would.meetings.new, would.recordings.new], [6, 2, 3, 5, 1])
  assert.deepEqual(would.servers.problems.length, 3)
  assert.deepEqual(would.tenants.problems.length, 2)
  assert.deepEqual(await events(), had)
  assert.deepEqual(await sql(database, 'select (select count(*) from server) + (select count(*) from tenant) + (select count(*) from secret where kind <> \'canary\')'), ['0'])
  const commands = (await redis.cli(['INFO', 'commandstats'])).match(/cmdstat_[a-z|]+/g).map(name => name.slice(8))
  assert.deepEqual(commands.filter(name => !/^(auth|select|smembers|hgetall|info|config\|resetstat|ping|command\|?\w*|hello)$/.test(name)), [])
})

test('Servers, tenants, settings and live meetings are taken over, and what is not is told', async () => {
  const taken = await imported()

  assert.deepEqual([taken.servers.new, taken.servers.present], [6, 0])
  assert.match(taken.servers.problems.join('\n'), new RegExp(`server ${id(7)}: server ${id(1)} has its URL`))
  assert.match(taken.servers.problems.join('\n'), new RegExp(`server ${id(8)}: 'ftp://nowhere' is no URL of a node`))
  assert.match(taken.servers.problems.join('\n'), new RegExp(`server ${id(9)}: it has no URL or no secret`))
  const servers = await scaleliteJson(env, 'servers', 'list')
  const row = n => servers.find(server => server.id === n)
  assert.deepEqual(
    [id(1), id(2), id(3), id(4), id(5), 'host.example.org'].map(n => [row(n).state, Number(row(n).load_multiplier), row(n).tag ?? '']),
    [['enabled', 1, ''], ['cordoned', 2.5, 'gpu'], ['enabled', 1, ''], ['enabled', 1, ''], ['disabled', 1, ''], ['disabled', 0.5, '']])

  assert.deepEqual([taken.tenants.new, taken['tenant settings'].new], [2, 3])
  assert.match(taken.tenants.problems.join('\n'), new RegExp(`${id(100)}.*tenant ${school} has its name`))
  assert.match(taken.tenants.problems.join('\n'), /'Not A Label' is no name for a tenant/)
  assert.deepEqual(
    await sql(database, "select name || ' ' || lrs_endpoint || ' ' || coalesce(lrs_token_url, '-') from tenant order by name"),
    ['school https://lrs.example.org/xapi -', 'uni https://lrs.example.org/uni https://id.example.org/token'])
  assert.deepEqual(
    await sql(database, "select param || '=' || value || ' ' || override from tenant_setting order by param"),
    ['meta_server-tag=gpu! true', 'record=false true', 'welcome=Hello, all = you false'])

  assert.deepEqual([taken.recordings.new, taken.recordings.problems], [1, []])
  assert.deepEqual(await sql(database, 'select count(*) from recordings'), ['1'])
  assert.deepEqual([taken.meetings.new, taken.meetings.present], [3, 0])
  assert.deepEqual(taken.meetings.problems.length, 2)
  assert.match(taken.meetings.problems.join('\n'), new RegExp(`meeting ended: its server ${id(1)} does not have it`))
  assert.match(taken.meetings.problems.join('\n'), new RegExp(`meeting on-a-dead-node: its server ${id(4)} does not answer .*first poll`))
  assert.deepEqual(
    await sql(database, 'select meeting_id || \' \' || tenant_id || \' \' || server_id from meeting_location order by server_id'),
    [`live-0 ${school} ${id(1)}`, `on-a-cordoned-node ${school} ${id(2)}`, `${strange} ${uni} ${id(3)}`])
  assert.deepEqual(await sql(database, 'select number from voice_bridge order by 1'), ['394201124', '611003966', '715622307'])
})

test('No secret of theirs stands in an event', async () => {
  const secrets = ['school-1', 'uni-1', 'lrs-password', 'kc-password', 'client-secret', nodes[0].secret].map(secret => `data::text like '%${secret}%'`)
  assert.deepEqual(await sql(database, `select count(*) from mt_events where ${secrets.join(' or ')}`), ['0'])
})

test('A second run finds all here and changes nothing', async () => {
  const had = await decisions()
  const again = await imported()
  assert.deepEqual([again.servers.new, again.tenants.new, again['tenant settings'].new, again.meetings.new, again.recordings.new], [0, 0, 0, 0, 0])
  assert.deepEqual([again.servers.present, again.tenants.present, again['tenant settings'].present, again.meetings.present], [6, 2, 3, 3])
  assert.deepEqual(await decisions(), had)
})

test('Who joins a meeting that was taken over is led to its node, signed with the secret of before', async () => {
  const running = await serve(env)
  for (const [tenant, secret, meetingID, node] of [['school', 'school-2', 'live-0', nodes[0]], ['uni', 'uni-1', strange, nodes[2]]]) {
    const host = `${tenant}.bbb.example.org`
    const join = () => get(running.port, signed('/bigbluebutton/api', 'join', { meetingID, fullName: 'Ada', password: 'mod' }, secret), host)
    await eventually('the join', async () => (await join()).status === 302)
    const there = new URL((await join()).headers.location)
    assert.equal(there.origin, new URL(node.url).origin)
    assert.ok((await get(there.port, there.pathname + there.search)).status < 400)
    assert.match((await get(running.port, signed('/bigbluebutton/api', 'getMeetingInfo', { meetingID }, secret), host)).body, /<participantCount>1</)
  }
  const recordings = secret => signed('/bigbluebutton/api', 'getRecordings', { meetingID: 'live-0' }, secret)
  assert.match((await get(running.port, recordings('school-1'), 'school.bbb.example.org')).body, /<name>Of before<\/name>[^]*<course>(<!\[CDATA\[)?Algebra/)
  assert.match((await get(running.port, recordings('uni-1'), 'uni.bbb.example.org')).body, /noRecordings/)
  const other = await get(running.port, signed('/bigbluebutton/api', 'getMeetingInfo', { meetingID: 'live-0' }, 'uni-1'), 'uni.bbb.example.org')
  assert.match(other.body, /notFound/)
  await running.stop()
})

test('A run that was killed is completed by the next: another namespace, another database', async () => {
  const campus = new ScaleliteRedis({ ...redisAt, database: 3, namespace: 'campus' })
  const [servers, tenants] = [90, 24]
  for (let n = 0; n < servers; n++)
    campus.server(id(1000 + n), { url: `http://127.0.0.1:${dead}/${n}/api`, secret: `s${n}`, state: ['enabled', 'cordoned', 'disabled'][n % 3], load_multiplier: '1.5' })
  for (let n = 0; n < tenants; n++) {
    campus.tenant(id(2000 + n), { name: `t${n}`, secrets: `secret-${n}`, lrs_endpoint: 'https://lrs.example.org', lrs_username: 'u', lrs_password: 'p' })
    for (const param of ['welcome', 'record']) campus.setting(id(3000 + 2 * n + (param === 'record')), id(2000 + n), param, 'false', 'false')
  }
  await campus.flush()
  const url = await newDatabase('campus')
  const into = { ...env, DATABASE_URL: url }
  const options = ['import-scalelite', '--redis-url', campus.url, '--redis-namespace', 'campus', '--json']
  const count = async table => Number((await sql(url, `select count(*) from ${table}`).catch(() => [0]))[0])

  for (const [table, some] of [['server', 20], ['tenant', 5]]) {
    const killed = start(into, ...options)
    await eventually(`${some} of ${table}`, async () => killed.child.exitCode !== null || await count(table) >= some)
    assert.equal(await killed.stop('SIGKILL'), 'SIGKILL')
  }
  assert.ok(await count('tenant') < tenants)
  const last = await scaleliteJson(into, ...options.slice(0, -1))

  assert.deepEqual(last.flatMap(kind => kind.problems), [])
  assert.deepEqual(
    await sql(url, "select type || ' ' || count(*) from mt_events where stream_id not like 'polls-%' group by type order by 1"),
    ['server_cordoned 30', 'server_enabled 30', 'server_registered 90', 'tenant_added 24', 'tenant_lrs_set 24', 'tenant_setting_set 48'])
  assert.deepEqual(
    await sql(url, 'select state || \' \' || count(*) from server group by state order by 1'), ['cordoned 30', 'disabled 30', 'enabled 30'])
})

test('Why Redis cannot be read is said, and no password', async () => {
  const wrong = new ScaleliteRedis({ ...redisAt, password: 'hunter2', database: 1 })
  const cases = [
    [['--redis-url', wrong.url], /Redis refuses: WRONGPASS/],
    [['--redis-url', `redis://127.0.0.1:${redisAt.port}/1`], /Redis refuses: NOAUTH/],
    [['--redis-url', `redis://:hunter2@127.0.0.1:${dead}/1`], /Redis at 127.0.0.1:\d+ does not answer/],
    [['--redis-url', `redis://:hunter2@127.0.0.1:${new URL(nodes[0].url).port}`], /no Redis|broke off|does not answer/],
    [['--redis-url', redis.url.replace('/1', '/99')], /Redis refuses: ERR .*out of range/],
    [['--redis-url', redis.url, '--redis-namespace', 'other'], /holds nothing of a Scalelite's in database 1 with the namespace 'other'/],
    [['--redis-url', 'http://:hunter2@redis'], /--redis-url is not redis:/],
  ]
  const had = await events()
  await Promise.all(cases.map(async ([options, why]) => {
    const ran = await scalelite(env, 'import-scalelite', ...options)
    assert.equal(ran.code, 1, ran.out)
    assert.match(ran.err, why)
    assert.ok(!`${ran.err}${ran.out}`.includes('hunter2') && !ran.err.includes(redisAt.password))
  }))
  assert.deepEqual(await events(), had)
})
