'use strict'

// From a meeting to its recording in a browser: a node publishes, the archive is imported, the client lists it, Chromium plays it.

const assert = require('node:assert/strict')
const { after, before, test } = require('node:test')
const { api, call, eventually, listOf, newMeetingID, scalelite, url } = require('../pool')
const { Browser } = require('./browser')

const MEGABYTE = 1 << 20

let browser
before(async () => { browser = await Browser.start() })
after(() => browser?.close())

/** Holds a meeting that is recorded, and waits until its recording is listed in both formats: protected, as recordings come in here. */
async function protectedRecording(name, metas = {}) {
  const id = newMeetingID()
  const created = await call(api.administration.create(name, id, { record: true, ...metas }))
  assert.equal(created.returncode, 'SUCCESS')
  assert.equal((await call(api.administration.end(id, created.moderatorPW))).returncode, 'SUCCESS')
  let listed
  await eventually(`the recording of ${name} is listed in two formats`, async () => {
    listed = await recordingOf(id)
    return listed && formatsOf(listed).length === 2
  })
  assert.equal(listed.recordID, created.internalMeetingID)
  assert.equal(String(listed.protected), 'true')
  return listed
}

/** The same, opened to everybody. */
async function openRecording(name, metas = {}) {
  const { recordID, meetingID } = await protectedRecording(name, metas)
  assert.equal((await call(api.recording.updateRecordings(recordID, { protect: false }))).returncode, 'SUCCESS')
  const listed = await recordingOf(meetingID)
  assert.notEqual(String(listed.protected), 'true')
  return listed
}

async function recordingOf(meetingID, filter = {}) {
  const answer = await call(api.recording.getRecordings({ meetingID, ...filter }))
  assert.equal(answer.returncode, 'SUCCESS')
  return listOf(answer.recordings)[0]
}

const formatsOf = recording => listOf(recording.playback?.format)
const urlOf = (recording, type) => formatsOf(recording).find(format => format.type === type).url

/** The video of a page plays, and goes on where one clicks into its bar. */
async function playsAndSeeks(page, where = {}) {
  const evaluate = where.inFrame ? expression => page.evaluateInFrame(expression) : expression => page.evaluate(expression)
  await page.until('the video knows its length', 'document.querySelector("video")?.duration > 2', where)
  await evaluate('document.querySelector("video").play()')
  await page.until('the video plays', 'document.querySelector("video").currentTime > 0.2', where)
  await evaluate('document.querySelector("video").currentTime = 2')
  await page.until('the video plays on from there', '(v => !v.seeking && v.currentTime > 2)(document.querySelector("video"))', where)
  assert.equal(await evaluate('document.querySelector("video").videoWidth'), 128)
  assert.equal(await evaluate('document.querySelector("video").error'), null)
}

/** Every answer with media was a part, and one of them began far inside the file. */
function cameInParts(page) {
  const parts = page.requestsOf('/video-0.m4v').filter(request => request.status !== 307)
  assert.ok(parts.length > 1, JSON.stringify(parts))
  for (const part of parts) {
    assert.equal(part.status, 206)
    assert.equal(part.contentType, 'video/mp4')
  }
  assert.ok(parts.some(part => Number(/^bytes (\d+)-/.exec(part.contentRange)?.[1]) > MEGABYTE), JSON.stringify(parts))
}

test('A recorded meeting is listed, played, sought in, unpublished and gone', async () => {
  const recording = await openRecording('Film studies', { meta_course: 'Übung 1' })
  assert.equal(recording.state, 'published')
  assert.equal(recording.name, 'Film studies')
  assert.equal(recording.metadata.course, 'Übung 1')
  assert.equal(new URL(urlOf(recording, 'video')).origin, new URL(url).origin)

  const page = await browser.page()
  await page.open(urlOf(recording, 'video'))
  await playsAndSeeks(page)
  cameInParts(page)
  assert.equal(await page.evaluate('document.querySelector("track").track.mode = "showing"; new Promise(r => setTimeout(r, 200)).then(() => document.querySelector("track").readyState)'), 2)

  const unpublished = await call(api.recording.publishRecordings(recording.recordID, false))
  assert.equal(unpublished.returncode, 'SUCCESS')
  assert.equal((await recordingOf(recording.meetingID)).state, 'unpublished')
  await page.open(urlOf(recording, 'video'))
  assert.equal(page.requests.find(request => request.url.includes(recording.recordID)).status, 404)
  assert.match(await page.evaluate('document.body.innerText'), /recording/i)
  assert.equal(await page.evaluate('document.querySelector("video")'), null)
  assert.equal((await fetch(new URL(`/video/${recording.recordID}/video-0.m4v`, url))).status, 404)

  assert.equal((await call(api.recording.publishRecordings(recording.recordID, true))).returncode, 'SUCCESS')
  await page.open(urlOf(recording, 'video'))
  await playsAndSeeks(page)

  assert.equal((await call(api.recording.deleteRecordings(recording.recordID))).returncode, 'SUCCESS')
  assert.equal(await recordingOf(recording.meetingID), undefined)
  assert.equal((await fetch(urlOf(recording, 'video'))).status, 404)
})

test('Where there is no presentation player, a page says so, and its files are served', async () => {
  const recording = await openRecording('Geology')
  const page = await browser.page()
  await page.open(urlOf(recording, 'presentation'))
  assert.match(await page.evaluate('document.body.innerText'), /player/i)

  const image = listOf(formatsOf(recording).find(format => format.type === 'presentation').preview.images.image)[0]
  const picture = await fetch(image)
  assert.equal(picture.status, 200)
  assert.equal(picture.headers.get('content-type'), 'image/png')
})

test('A protected recording plays in a frame of an LMS, by its link alone', async () => {
  const recording = await protectedRecording('Harmony')

  const stranger = await browser.page()
  await stranger.open(new URL(`/video/${recording.recordID}/`, url).href)
  assert.equal(await stranger.evaluate('document.querySelector("video")'), null)
  assert.equal((await fetch(new URL(`/video/${recording.recordID}/video-0.m4v`, url))).status, 404)

  // The LMS is on 127.0.0.1, the recordings on localhost: another site to the browser, and one that it takes for secure.
  const link = new URL(urlOf(recording, 'video'))
  assert.match(link.search, /token=/)
  link.hostname = 'localhost'
  const lms = await browser.page()
  await lms.open(new URL('/health_check', url).href)
  await lms.evaluate(`document.body.innerHTML = '<iframe allow="autoplay"></iframe>'; document.querySelector('iframe').src = ${JSON.stringify(link.href)}; 0`)
  await playsAndSeeks(lms, { inFrame: true })
  cameInParts(lms)

  // A second click, or a prefetch before the first, does not lock anybody out.
  const again = await browser.page()
  await again.open(link.href)
  await playsAndSeeks(again)

  // The cookie of one recording opens no other.
  const other = await protectedRecording('Italian')
  await again.open(`http://localhost:${link.port}/video/${other.recordID}/`)
  assert.equal(await again.evaluate('document.querySelector("video")'), null)
  assert.equal(again.requestsOf(`/video/${other.recordID}/`)[0].status, 404)

  // Nor does it open its own once that is unpublished.
  await call(api.recording.publishRecordings(recording.recordID, false))
  await again.open(`http://localhost:${link.port}/video/${recording.recordID}/`)
  assert.equal(again.requestsOf(`/video/${recording.recordID}/`)[0].status, 404)
})

test('An operator sees what is recorded, and finds every file as it was imported', async () => {
  const recording = await openRecording('Jazz')
  const { recording: shown, formats } = await scalelite('recordings', 'show', recording.recordID)
  assert.equal(shown.record_id, recording.recordID)
  assert.deepEqual(formats.map(format => [format.format, format.place]), [['presentation', 'published'], ['video', 'published']])
  const verified = await scalelite('recordings', 'verify', '--content')
  assert.ok(verified.files > 0)
  assert.deepEqual(verified.findings, [])
})
