'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { api, bbb, call, eventually, listOf, newMeetingID, nodes, nodesWith, scalelite } = require('./pool')

const passwords = { attendeePW: 'for-attendees', moderatorPW: 'for-moderators' }

test('A meeting is created on one node of the pool', async () => {
  const id = newMeetingID()
  const created = await call(api.administration.create('Algebra', id, passwords))
  assert.equal(created.returncode, 'SUCCESS')
  assert.equal(created.meetingID, id)
  assert.equal(created.attendeePW, passwords.attendeePW)
  assert.equal(created.moderatorPW, passwords.moderatorPW)
  assert.match(String(created.internalMeetingID), /^[0-9a-f]{40}-\d{13}$/)
  assert.equal((await nodesWith(id)).length, 1)
})

test('A meeting that is created again stays the one it is', async () => {
  const id = newMeetingID()
  const first = await call(api.administration.create('Biology', id))
  const second = await call(api.administration.create('Biology', id))
  assert.equal(first.returncode, 'SUCCESS')
  assert.equal(second.returncode, 'SUCCESS')
  assert.equal(second.messageKey, 'duplicateWarning')
  assert.equal(second.internalMeetingID, first.internalMeetingID)
  assert.equal(second.createTime, first.createTime)
  assert.equal(second.moderatorPW, first.moderatorPW)
  assert.equal((await nodesWith(id)).length, 1)
})

test('Many creates at once of one meeting make one meeting', async () => {
  const id = newMeetingID()
  const answers = await Promise.all(Array.from({ length: 20 }, () => call(api.administration.create('Chemistry', id))))
  assert.deepEqual(new Set(answers.map(a => a.returncode)), new Set(['SUCCESS']))
  assert.equal(new Set(answers.map(a => a.internalMeetingID)).size, 1)
  assert.equal(answers.filter(a => a.messageKey !== 'duplicateWarning').length, 1)
  assert.equal((await nodesWith(id)).length, 1)
})

test('A meeting is created by POST with slides', async () => {
  const id = newMeetingID()
  const slides = Buffer.from('no real slides').toString('base64')
  const answer = await fetch(api.administration.create('Drawing', id, passwords), {
    method: 'POST',
    headers: { 'Content-Type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><modules><module name="presentation"><document name="slides.pdf">${slides}</document></module></modules>`,
  })
  assert.equal(answer.status, 200)
  const created = bbb.util.parseXml(await answer.text())
  assert.equal(created.returncode, 'SUCCESS')
  assert.equal(created.meetingID, id)
  assert.equal((await nodesWith(id)).length, 1)
})

test('A meeting is created by POST with an empty form', async () => {
  const id = newMeetingID()
  const answer = await fetch(api.administration.create('English', id), {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: '',
  })
  assert.equal(bbb.util.parseXml(await answer.text()).returncode, 'SUCCESS')
})

test('Name, metadata and limits come to the node as they were given', async () => {
  const id = newMeetingID()
  const name = 'Französisch & Ελληνικά + 100 % (日本語)'
  await call(api.administration.create(name, id, { maxParticipants: 30, duration: 90, meta_course: 'Übung "3" <b>' }))
  const info = await call(api.monitoring.getMeetingInfo(id))
  const [node] = await nodesWith(id)
  const onNode = await call(node.api.monitoring.getMeetingInfo(id))
  assert.equal(info.meetingName, onNode.meetingName)
  assert.equal(decode(info.meetingName), name)
  assert.equal(info.maxUsers, 30)
  assert.equal(info.duration, 90)
  assert.equal(decode(info.metadata.course), 'Übung "3" <b>')
})

test('A meeting is inspected', async () => {
  const id = newMeetingID()
  const created = await call(api.administration.create('Geography', id, passwords))
  const info = await call(api.monitoring.getMeetingInfo(id))
  assert.equal(info.returncode, 'SUCCESS')
  assert.equal(info.internalMeetingID, created.internalMeetingID)
  assert.equal(info.createTime, created.createTime)
  assert.equal(info.participantCount, 0)
  const running = await call(api.monitoring.isMeetingRunning(id))
  assert.equal(running.returncode, 'SUCCESS')
  assert.equal(running.running, false)
  const all = await call(api.monitoring.getMeetings())
  assert.equal(all.returncode, 'SUCCESS')
  const listed = all.meetings.find(meeting => meeting.meetingID === id)
  assert.equal(listed.internalMeetingID, created.internalMeetingID)
  assert.equal(listed.meetingName, 'Geography')
})

test('Who follows a join link is in the meeting', async () => {
  const id = newMeetingID()
  const { createTime } = await call(api.administration.create('History', id, passwords))
  await follow(api.administration.join('Ada Lovelace', id, passwords.moderatorPW, { userID: 'ada', createTime }), id)
  await follow(api.administration.join('Émilie du Châtelet', id, passwords.attendeePW, { userID: 'emilie' }), id)

  const info = await call(api.monitoring.getMeetingInfo(id))
  assert.equal(info.participantCount, 2)
  assert.equal(info.moderatorCount, 1)
  const attendees = listOf(info.attendees.attendee).map(a => [a.userID, decode(a.fullName), a.role])
  assert.deepEqual(attendees.sort(), [['ada', 'Ada Lovelace', 'MODERATOR'], ['emilie', 'Émilie du Châtelet', 'VIEWER']])
  assert.equal((await call(api.monitoring.isMeetingRunning(id))).running, true)
  const listed = (await call(api.monitoring.getMeetings())).meetings.find(meeting => meeting.meetingID === id)
  assert.equal(listed.participantCount, 2)
})

test('A meeting ends, everywhere', async () => {
  const id = newMeetingID()
  await call(api.administration.create('Informatics', id, passwords))
  await follow(api.administration.join('Grace Hopper', id, passwords.moderatorPW), id)
  const ended = await call(api.administration.end(id, passwords.moderatorPW))
  assert.equal(ended.returncode, 'SUCCESS')
  assert.equal(ended.messageKey, 'sentEndMeetingRequest')
  assert.equal((await call(api.monitoring.isMeetingRunning(id))).running, false)
  assert.deepEqual(await nodesWith(id), [])
  await eventually('the meeting is not found any more', async () => (await call(api.monitoring.getMeetingInfo(id))).messageKey === 'notFound')
  // Whom the pool still sends to the node is sent away there.
  const late = () => call(api.administration.join('Late', id, passwords.attendeePW)).catch(error => error.response)
  await eventually('nobody can join any more', async () => (await late()).messageKey === 'notFound')
  const all = await call(api.monitoring.getMeetings())
  assert.equal(listOf(all.meetings).some(meeting => meeting.meetingID === id), false)
})

test('What is not there is said to be not there', async () => {
  const id = newMeetingID()
  for (const wrong of [api.monitoring.getMeetingInfo(id), api.administration.end(id, 'any'), api.administration.join('Nobody', id, 'any')]) {
    const answer = await call(wrong)
    assert.equal(answer.returncode, 'FAILED')
    assert.equal(answer.messageKey, 'notFound')
  }
  const running = await call(api.monitoring.isMeetingRunning(id))
  assert.equal(running.returncode, 'SUCCESS')
  assert.equal(running.running, false)
})

test('Meetings are spread over the pool', async () => {
  const ids = Array.from({ length: 12 }, newMeetingID)
  const answers = await Promise.all(ids.map((id, i) => call(api.administration.create(`Class ${i}`, id))))
  assert.deepEqual(new Set(answers.map(a => a.returncode)), new Set(['SUCCESS']))
  const places = await Promise.all(ids.map(nodesWith))
  assert.ok(places.every(place => place.length === 1))
  assert.equal(new Set(places.map(([node]) => node.url)).size, nodes.length)
})

test('What the client did is in the events', async () => {
  const id = newMeetingID()
  const { internalMeetingID } = await call(api.administration.create('Latin', id, passwords))
  await call(api.administration.end(id, passwords.moderatorPW))
  await eventually('MeetingEnded is written', async () => {
    const story = await scalelite('meetings', 'info', id)
    return story.state === 'ended' && story.internal_meeting_id === internalMeetingID
  })
  const { events } = await scalelite('meetings', 'info', id)
  // What the node and the client were told of the end may stand between and behind them.
  const told = ['meeting_end_called', 'meeting_end_told']
  assert.deepEqual(events.map(e => e.type).filter(type => !told.includes(type)), ['meeting_placed', 'meeting_started', 'meeting_ended'])
})

/** Follows a link as a browser does: to the node, and from there into its client. */
async function follow(link, meetingID) {
  const toNode = await fetch(link, { redirect: 'manual' })
  assert.equal(toNode.status, 302)
  const [node] = await nodesWith(meetingID)
  const nodeLink = toNode.headers.get('location')
  assert.ok(nodeLink.startsWith(`${node.origin}/bigbluebutton/api/join?`), nodeLink)
  const toClient = await fetch(nodeLink, { redirect: 'manual' })
  assert.equal(toClient.status, 302)
  assert.match(toClient.headers.get('location'), /sessionToken=/)
}

/** bigbluebutton-js leaves XML's entities as they are. */
function decode(text) {
  const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (all, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(Number(decimal)) : entities[name] ?? all)
}
