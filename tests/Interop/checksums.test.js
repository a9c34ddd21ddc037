'use strict'

const assert = require('node:assert/strict')
const { createHash } = require('node:crypto')
const { test } = require('node:test')
const { api, bbb, call, newMeetingID, secret, url } = require('./pool')

/** The client signs with SHA-1 alone: its URL, signed anew with another algorithm or secret. */
function sign(link, algorithm, key = secret) {
  const [path, query] = link.split('?')
  const signed = query.replace(/&?checksum=[0-9a-f]+$/, '')
  const name = path.split('/').pop()
  const checksum = createHash(algorithm).update(name + signed + key).digest('hex')
  return `${path}?${signed === '' ? '' : `${signed}&`}checksum=${checksum}`
}

test('The client signs with SHA-1, and that is taken', async () => {
  const link = api.monitoring.getMeetings()
  assert.equal(sign(link, 'sha1'), link)
  assert.equal((await call(link)).returncode, 'SUCCESS')
})

for (const algorithm of ['sha256', 'sha384', 'sha512']) {
  test(`A call signed with ${algorithm} is taken`, async () => {
    const id = newMeetingID()
    assert.equal((await call(sign(api.administration.create('Music & more', id), algorithm))).returncode, 'SUCCESS')
    assert.equal((await call(sign(api.monitoring.getMeetingInfo(id), algorithm))).meetingID, id)
    assert.equal((await call(sign(api.monitoring.getMeetings(), algorithm))).returncode, 'SUCCESS')
  })
}

test('Each of several secrets is taken, and sees the same meetings', async () => {
  const id = newMeetingID()
  await call(api.administration.create('Philosophy', id))
  for (const other of process.env.LOADBALANCER_SECRETS.split(':')) {
    assert.equal((await call(bbb.api(url, other).monitoring.getMeetingInfo(id))).meetingID, id)
    assert.equal((await call(sign(api.monitoring.getMeetingInfo(id), 'sha256', other))).meetingID, id)
  }
})

test('A wrong secret is a checksumError, for every call', async () => {
  const wrong = bbb.api(url, 'another-secret')
  const links = [
    wrong.administration.create('Physics', newMeetingID()),
    wrong.administration.join('Mallory', 'any', 'any'),
    wrong.administration.end('any', 'any'),
    wrong.monitoring.getMeetingInfo('any'),
    wrong.monitoring.isMeetingRunning('any'),
    wrong.monitoring.getMeetings(),
    wrong.recording.getRecordings(),
  ]
  for (const link of links) {
    const answer = await call(link)
    assert.equal(answer.returncode, 'FAILED')
    assert.equal(answer.messageKey, 'checksumError')
  }
})

test('A link that was changed after it was signed is a checksumError', async () => {
  const link = api.administration.create('Religion', newMeetingID(), { maxParticipants: 5 })
  assert.equal((await call(link.replace('maxParticipants=5', 'maxParticipants=500'))).messageKey, 'checksumError')
  assert.equal((await call(link.replace(/&checksum=.*/, ''))).messageKey, 'checksumError')
})

test('The root says which API it is, without a checksum', async () => {
  const root = await call(`${url}api`)
  assert.equal(root.returncode, 'SUCCESS')
  assert.equal(root.version, 2)
})
