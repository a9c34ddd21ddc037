'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { api, call } = require('./pool')

test('Where there are no recordings, getRecordings lists none', async () => {
  for (const filter of [{ meetingID: 'any' }, { recordID: 'any', state: 'any' }]) {
    const answer = await call(api.recording.getRecordings(filter))
    assert.equal(answer.returncode, 'SUCCESS')
    assert.equal(answer.messageKey, 'noRecordings')
    assert.equal(answer.recordings, '')
  }
})

test('A recording that is not there is not changed', async () => {
  for (const link of [api.recording.publishRecordings('any', true), api.recording.deleteRecordings('any')]) {
    const answer = await call(link)
    assert.equal(answer.returncode, 'FAILED')
    assert.equal(answer.messageKey, 'notFound')
  }

  const updated = await call(api.recording.updateRecordings('any', { meta_name: 'x' }))
  assert.equal(updated.returncode, 'SUCCESS')
  assert.equal(String(updated.updated), 'false')
})

test('Where there are no web hooks, hooks/list lists none', async () => {
  const answer = await call(api.hooks.list())
  assert.equal(answer.returncode, 'SUCCESS')
  assert.equal(answer.hooks, '')
})
