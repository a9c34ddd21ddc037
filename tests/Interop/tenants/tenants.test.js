'use strict'

// bbb-promise, a client that knows nothing of tenants, against the endpoints of two: one by its host name, one by its path.
// It signs with SHA-1 and encodes queries in its own way.

const assert = require('node:assert/strict')
const { randomUUID } = require('node:crypto')
const dns = require('node:dns')
const { mkdtempSync, mkdirSync, readFileSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const path = require('node:path')
const { after, before, test } = require('node:test')

process.env.NO_PROXY = process.env.no_proxy = '127.0.0.1,localhost,bbb.test,.bbb.test'
// What a wildcard in DNS does.
const lookup = dns.lookup
dns.lookup = (host, ...rest) => lookup(/(^|\.)bbb\.test$/.test(host) ? '127.0.0.1' : host, ...rest)

const bbb = require('bbb-promise')
const { eventually, get, newDatabase, scalelite, serve, sql, startNodes, stopAll } = require('../installation')

const work = mkdtempSync(path.join(tmpdir(), 'scalelite-tenants.'))
const newId = () => `room ${randomUUID()}`
let nodes, school, schoolsOther, uni, port

/** What an answer says, an element without children as its text. */
const read = async promise => {
  const { response } = await promise
  return Object.fromEntries(Object.entries(response).map(([name, [value]]) => [name, value]))
}
const listed = element => element?.meeting ?? element?.recording ?? []

before(async () => {
  for (const folder of ['spool', 'published', 'unpublished']) mkdirSync(path.join(work, folder))
  const database = await newDatabase('tenants')
  nodes = await startNodes(2, '--spool', path.join(work, 'spool'))
  const env = {
    DATABASE_URL: database, SECRET_KEY_BASE: 'only-for-these-tests-only-for-these-tests', LOADBALANCER_SECRET: 'of-no-tenant', MULTITENANCY_ENABLED: 'true',
    POLL_INTERVAL: '1', RECORDING_SPOOL_DIR: path.join(work, 'spool'), RECORDING_PUBLISH_DIR: path.join(work, 'published'),
    RECORDING_UNPUBLISH_DIR: path.join(work, 'unpublished'), RECORDING_IMPORT_POLL_INTERVAL: '1', URL_HOST: 'bbb.test',
  }
  const running = await serve(env)
  port = running.port
  const yaml = nodes.map(({ url, secret }, i) => `  node-${i}: {url: ${JSON.stringify(url)}, secret: ${JSON.stringify(secret)}, enabled: true}\n`)
  const ran = await Promise.all([
    scalelite(env, 'tenants', 'add', 'school', 'old-secret:new-secret'), scalelite(env, 'tenants', 'add', 'uni', 'unis-secret'),
    scalelite({ ...env, input: `servers:\n${yaml.join('')}` }, 'servers', 'sync', '-'),
  ])
  assert.deepEqual(ran.map(({ code, err }) => [code, err]), [[0, ''], [0, ''], [0, '']])
  school = bbb.server(`http://school.bbb.test:${port}/bigbluebutton`, 'old-secret')
  schoolsOther = bbb.server(`http://school.bbb.test:${port}/bigbluebutton`, 'new-secret')
  uni = bbb.server(`http://bbb.test:${port}/t/uni/bigbluebutton`, 'unis-secret')
  await eventually('two servers online', async () => (await sql(database, "select count(*) from server where state = 'enabled' and health = 'online'"))[0] === '2')
})

after(async () => {
  await stopAll()
  rmSync(work, { recursive: true, force: true })
})

test('A meeting is created, joined, looked at and ended, and only its tenant sees it', async () => {
  const id = newId()
  const created = await read(school.administration.create('Algebra & more; ä', id, { moderatorPW: 'mod', attendeePW: 'att', meta_course: 'a b+c' }))
  assert.deepEqual([created.returncode, created.meetingID], ['SUCCESS', id])

  const join = await fetch(school.administration.join('Ada L', id, 'mod', { userID: 'ada' }), { redirect: 'manual' })
  assert.equal(join.status, 302)
  const there = new URL(join.headers.get('location'))
  assert.ok(nodes.some(node => new URL(node.url).origin === there.origin))
  assert.ok((await get(there.port, there.pathname + there.search)).status < 400)

  assert.equal((await read(schoolsOther.monitoring.isMeetingRunning(id))).running, 'true')
  const info = await read(schoolsOther.monitoring.getMeetingInfo(id))
  assert.deepEqual([info.returncode, info.meetingName, info.participantCount], ['SUCCESS', 'Algebra & more; ä', '1'])
  assert.equal(info.metadata.course[0], 'a b+c')
  assert.deepEqual(listed((await read(school.monitoring.getMeetings())).meetings).map(meeting => meeting.meetingID[0]), [id])

  assert.deepEqual((await read(uni.monitoring.getMeetings())).messageKey, 'noMeetings')
  assert.equal((await read(uni.monitoring.getMeetingInfo(id))).messageKey, 'notFound')
  assert.equal((await read(uni.monitoring.isMeetingRunning(id))).running, 'false')
  assert.equal((await read(uni.administration.end(id, 'mod'))).returncode, 'FAILED')

  assert.equal((await read(school.administration.end(id, 'mod'))).returncode, 'SUCCESS')
  await eventually('the end', async () => (await read(school.monitoring.getMeetingInfo(id))).messageKey === 'notFound')
})

test('One meetingID in two tenants is two meetings on two nodes', async () => {
  const id = newId()
  const one = await read(school.administration.create('Room', id, { moderatorPW: 'mod' }))
  const other = await read(uni.administration.create('Room', id, { moderatorPW: 'mod' }))
  assert.deepEqual([one.returncode, other.returncode, other.messageKey], ['SUCCESS', 'SUCCESS', ''])
  assert.notEqual(one.internalMeetingID, other.internalMeetingID)
  assert.equal((await read(school.monitoring.getMeetingInfo(id))).internalMeetingID, one.internalMeetingID)
  assert.equal((await read(uni.monitoring.getMeetingInfo(id))).internalMeetingID, other.internalMeetingID)
  await read(uni.administration.end(id, 'mod'))
  await eventually('the end of one', async () => (await read(uni.monitoring.getMeetingInfo(id))).messageKey === 'notFound')
  assert.equal((await read(school.monitoring.getMeetingInfo(id))).returncode, 'SUCCESS')
  await read(school.administration.end(id, 'mod'))
})

test("Another's secret, nobody's and that of the load balancer sign nothing", async () => {
  for (const secret of ['unis-secret', 'wrong', 'of-no-tenant']) {
    const answer = await read(bbb.server(`http://school.bbb.test:${port}/bigbluebutton`, secret).monitoring.getMeetings())
    assert.deepEqual([answer.returncode, answer.messageKey], ['FAILED', 'checksumError'])
  }

  assert.equal((await read(bbb.server(`http://nobody.bbb.test:${port}/bigbluebutton`, 'old-secret').monitoring.getMeetings())).messageKey, 'checksumError')
})

test('A recording is listed, unpublished, renamed and deleted by its tenant alone', async () => {
  const id = newId()
  await read(school.administration.create('Recorded', id, { moderatorPW: 'mod', record: 'true', autoStartRecording: 'true', meta_bbb: 'x' }))
  const join = await fetch(school.administration.join('Ada', id, 'mod', {}), { redirect: 'manual' })
  const there = new URL(join.headers.get('location'))
  await get(there.port, there.pathname + there.search)
  assert.equal((await read(school.administration.end(id, 'mod'))).returncode, 'SUCCESS')
  const list = async (client, filter = { meetingID: id }) => listed((await read(client.recording.getRecordings(filter))).recordings)
  await eventually('the recording', async () => (await list(school)).length === 1)
  const [recording] = await list(school)
  const recordID = recording.recordID[0]
  assert.deepEqual([recording.name[0], recording.published[0], recording.state[0]], ['Recorded', 'true', 'published'])
  const formats = recording.playback[0].format.map(format => format.type[0])
  assert.ok(formats.length > 0)
  // What the way back to Scalelite makes an archive of.
  for (const format of formats) assert.match(readFileSync(path.join(work, 'published', format, recordID, 'metadata.xml'), 'utf8'), new RegExp(`<id>${recordID}</id>`))

  assert.deepEqual(await list(uni, { recordID }), [])
  assert.equal((await read(uni.recording.publishRecordings(recordID, false))).messageKey, 'notFound')
  assert.equal((await read(uni.recording.deleteRecordings(recordID))).messageKey, 'notFound')

  assert.equal((await read(school.recording.publishRecordings(recordID, false))).published, 'false')
  assert.equal((await read(school.recording.updateRecordings(recordID, { meta_name: 'Renamed & kept' }))).updated, 'true')
  const [changed] = await list(school, { recordID, state: 'unpublished' })
  assert.equal(changed.metadata[0].name[0], 'Renamed & kept')
  assert.equal((await read(school.recording.deleteRecordings(recordID))).deleted, 'true')
  assert.deepEqual(await list(school), [])
})
