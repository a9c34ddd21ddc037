'use strict'

const assert = require('node:assert/strict')
const { createHash, randomUUID } = require('node:crypto')
const { mkdirSync, mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const path = require('node:path')
const { after, before, test } = require('node:test')
const { eventually, newDatabase, scalelite, serve, signed, sql, startNodes, stopAll } = require('../installation')
const { startNginx } = require('./nginx')

const work = mkdtempSync(path.join(tmpdir(), 'scalelite-behind.'))
const secret = 'behind-nginx'
const padding = 1 << 20
let nodes, database, instances, nginx, origin

before(async () => {
  for (const folder of ['spool', 'published', 'unpublished']) mkdirSync(path.join(work, folder))
  database = await newDatabase('behind_nginx')
  nodes = await startNodes(2, '--spool', path.join(work, 'spool'), '--video-padding', String(padding))
  const env = {
    DATABASE_URL: database, SECRET_KEY_BASE: 'only-for-these-tests-only-for-these-tests', LOADBALANCER_SECRET: secret, POLL_INTERVAL: '1',
    RECORDING_SPOOL_DIR: path.join(work, 'spool'), RECORDING_PUBLISH_DIR: path.join(work, 'published'),
    RECORDING_UNPUBLISH_DIR: path.join(work, 'unpublished'), RECORDING_IMPORT_POLL_INTERVAL: '1', TRUSTED_PROXIES: '127.0.0.1',
    PROTECTED_RECORDINGS_ENABLED: 'true', PLAYBACK_X_ACCEL_REDIRECT: '/static-resource',
  }
  // One after the other: the first makes the tables.
  instances = [await serve(env), await serve(env)]
  const yaml = nodes.map(({ url, secret: own }, i) => `  node-${i}: {url: ${JSON.stringify(url)}, secret: ${JSON.stringify(own)}, enabled: true}\n`)
  const { code, err } = await scalelite({ ...env, input: `servers:\n${yaml.join('')}` }, 'servers', 'sync', '-')
  assert.deepEqual([code, err], [0, ''])
  await eventually('two servers online', async () => (await sql(database, "select count(*) from server where state = 'enabled' and health = 'online'"))[0] === '2')
  nginx = await startNginx(path.join(work, 'nginx'), instances.map(instance => instance.port), path.join(work, 'published'))
  origin = `http://127.0.0.1:${nginx.port}`
})

after(async () => {
  await nginx?.stop()
  await stopAll()
  rmSync(work, { recursive: true, force: true })
})

const url = (call, params, of = secret) => origin + signed('/bigbluebutton/api', call, params, of)
const element = (xml, name) => new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]*)`).exec(xml)?.[1]
async function bbb(call, params, options = {}) {
  const answer = await fetch(url(call, params), options)
  const xml = await answer.text()
  assert.equal(element(xml, 'returncode'), 'SUCCESS', xml)
  return xml
}

/** A recording of a meeting, in a video; its id. */
async function recorded(name) {
  const meetingID = `room-${randomUUID()}`
  const created = await bbb('create', { name, meetingID, record: 'true', moderatorPW: 'mp' })
  await bbb('end', { meetingID, password: 'mp' })
  await eventually('the recording is listed in two formats', async () =>
    (await bbb('getRecordings', { meetingID })).split('<format>').length === 3)
  return element(created, 'internalMeetingID')
}

/** Waits until both instances, which are asked in turn, answer so: one learns of the other's change within a second. */
const everywhere = (what, file, status) => eventually(what, async () => {
  for (let i = 0; i < 4; i++) if ((await fetch(origin + file, { method: 'HEAD' })).status !== status) return false
  return true
})

test('A create with twenty megabytes of slides, a join and getMeetings pass', async () => {
  const meetingID = `room-${randomUUID()}`
  const slides = `<?xml version="1.0"?><modules><module name="presentation"><document name="a.pdf">${'A'.repeat(20 << 20)}</document></module></modules>`
  await bbb('create', { name: 'Ü & Co', meetingID, attendeePW: 'ap', meta_long: 'x'.repeat(7000) }, { method: 'POST', headers: { 'Content-Type': 'application/xml' }, body: slides })
  const join = await fetch(url('join', { fullName: 'Ada', meetingID, password: 'ap' }), { redirect: 'manual' })
  assert.equal(join.status, 302)
  assert.ok(nodes.some(node => join.headers.get('location').startsWith(node.url)))
  assert.ok((await bbb('getMeetings', {})).includes(meetingID))
})

test('nginx sends the files of a recording, and those only that the program lets it send', async () => {
  const recordID = await recorded('Film')
  const file = `/video/${recordID}/video-0.m4v`
  assert.equal((await fetch(origin + file)).status, 404, 'protected, and without its cookie')

  const link = /<url>([^<]*\/video\?token=[^<]*)<\/url>/.exec(await bbb('getRecordings', { recordID }))[1].replaceAll('&amp;', '&')
  assert.equal(new URL(link).origin, origin)
  const opened = await fetch(link, { redirect: 'manual' })
  assert.equal(opened.status, 307)
  const cookie = opened.headers.get('set-cookie').split(';')[0]
  assert.equal((await fetch(origin + file, { headers: { cookie } })).status, 200)

  await bbb('updateRecordings', { recordID, protect: 'false' })
  await everywhere('it is open', file, 200)
  const whole = await fetch(origin + file)
  const bytes = Buffer.from(await whole.arrayBuffer())
  assert.ok(bytes.length > padding)
  assert.match(whole.headers.get('server'), /nginx/)
  assert.equal(whole.headers.get('content-type'), 'video/mp4')
  assert.equal(whole.headers.get('x-accel-redirect'), null)

  const part = await fetch(origin + file, { headers: { range: `bytes=${padding}-${padding + 99}` } })
  assert.equal(part.status, 206)
  assert.equal(part.headers.get('content-range'), `bytes ${padding}-${padding + 99}/${bytes.length}`)
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(padding, padding + 100))
  const again = await fetch(origin + file, { headers: { 'if-none-match': whole.headers.get('etag') } })
  assert.equal(again.status, 304)

  for (const behind of [`/static-resource/video/${recordID}/video-0.m4v`, `/static-resource../unpublished/video/${recordID}/video-0.m4v`])
    assert.equal((await fetch(origin + behind)).status, 404, behind)

  await bbb('publishRecordings', { recordID, publish: 'false' })
  await everywhere('it is gone', file, 404)
  assert.equal((await fetch(origin + file, { headers: { cookie } })).status, 404)
})

test('An instance that dies is not noticed', async () => {
  await instances[1].stop('SIGKILL')
  for (let i = 0; i < 20; i++) await bbb('getMeetings', {})
  const checksum = createHash('sha256').update('getMeetings').digest('hex')
  assert.match(await (await fetch(`${origin}/bigbluebutton/api/getMeetings?checksum=${checksum}`)).text(), /checksumError/)
})
