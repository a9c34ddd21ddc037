'use strict'

// What the tests share: the client as an application would set it up, the nodes behind the pool, and a way to wait.

const { execFile } = require('node:child_process')
const { randomUUID } = require('node:crypto')
const { promisify } = require('node:util')
const bbb = require('bigbluebutton-js')

const run = promisify(execFile)
const url = process.env.BBB_URL
const secret = process.env.LOADBALANCER_SECRET

/** The client with the pool's URL and secret, as Moodle would have them. */
const api = bbb.api(url, secret)

/** The client with each node's own URL and secret: what the pool did is looked up there. */
const nodes = JSON.parse(process.env.NODES).map(node => ({
  ...node,
  origin: new URL(node.url).origin,
  api: bbb.api(node.url.replace(/\/api\/?$/, ''), node.secret),
}))

const call = bbb.http

/** A meetingID that nobody else uses. */
const newMeetingID = () => `room-${randomUUID()}`

/** The nodes that have this meeting. */
async function nodesWith(meetingID) {
  const answers = await Promise.all(nodes.map(node => call(node.api.monitoring.getMeetingInfo(meetingID))))
  return nodes.filter((_, i) => answers[i].returncode === 'SUCCESS')
}

/** One element is parsed as an object, several as an array, none as an empty text. */
const listOf = parsed => (parsed === undefined || parsed === '' ? [] : Array.isArray(parsed) ? parsed : [parsed])

/** Waits until the condition is true; fails after ten seconds. */
async function eventually(what, condition) {
  const deadline = Date.now() + 10_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Too late: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** What a subcommand of the executable prints as JSON. */
async function scalelite(...args) {
  const { stdout } = await run(process.env.SCALELITE, [...args, '--json'])
  return JSON.parse(stdout)
}

module.exports = { api, bbb, call, eventually, listOf, newMeetingID, nodes, nodesWith, scalelite, secret, url }
