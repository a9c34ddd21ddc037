'use strict'

// What Scalelite 1.8 writes to Redis, key by key: see its app/models. Every value is a text.

const { run } = require('../installation')

/** A Redis database, and the namespace below which Scalelite writes. */
class ScaleliteRedis {
  constructor({ port, password, database = 0, namespace = 'scalelite' }) {
    Object.assign(this, { port, password, database, namespace, commands: [] })
  }

  get url() { return `redis://:${encodeURIComponent(this.password)}@127.0.0.1:${this.port}/${this.database}` }

  #write(command, key, ...values) { this.commands.push([command, `${this.namespace}:${key}`, ...values]) }

  #hash(key, fields) {
    for (const [field, value] of Object.entries(fields)) if (value !== undefined) this.#write('HSET', key, field, String(value))
  }

  /** A server; without a state it is one from before Scalelite had states. */
  server(id, { url, secret, state, enabled = state === 'enabled', online = true, load, load_multiplier, tag }) {
    this.#hash(`server:${id}`, { url, secret, tag, online, load_multiplier, state, meetings: 1, users: 2, largest_meeting: 2, videos: 0, bbb_version: '3.0.19' })
    this.#write('SADD', 'servers', id)
    if (enabled) this.#write('SADD', 'server_enabled', id)
    if (enabled && online) this.#write('ZADD', 'server_load', String(load ?? 1), id)
    if (state === 'cordoned') this.#write('ZADD', 'cordoned_server_load', String(load ?? 1), id)
    this.#hash(id, { healthy_counter: 0, unhealthy_counter: online ? 0 : 2 })
  }

  /** An id in the set whose hash is gone. */
  leftover(set, id) { this.#write('SADD', set, id) }

  tenant(id, { name, secrets, ...lrs }, indexed = true) {
    if (indexed) this.#hash(`tenant_name:${name}`, { id })
    this.#hash(`tenant:${id}`, { name, secrets, ...lrs })
    this.#write('SADD', 'tenants', id)
  }

  setting(id, tenant_id, param, value, override) {
    this.#hash(`tenant_setting:${id}`, { param, value, override, tenant_id })
    this.#write('SADD', `tenant_settings:${tenant_id}`, id)
  }

  meeting(id, { server_id, moderator_pw = 'made-up', voice_bridge, tenant_id = '' }) {
    this.#hash(`meeting:${id}`, { server_id, moderator_pw, voice_bridge, tenant_id })
    this.#write('EXPIRE', `meeting:${id}`, '86400')
    this.#write('SADD', 'meetings', id)
    if (voice_bridge) this.#write('HSET', 'voice_bridges', voice_bridge, id)
  }

  /** Sends all that was written above. */
  async flush() {
    const input = this.commands.map(command =>
      `*${command.length}\r\n${command.map(part => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`).join('')
    const sent = await this.cli(['--pipe'], input)
    if (!sent.includes('errors: 0,')) throw new Error(sent)
    this.commands = []
  }

  /** redis-cli with these arguments. */
  async cli(args, input) {
    const ran = await run('redis-cli', ['-h', '127.0.0.1', '-p', String(this.port), '-n', String(this.database), ...args], {
      env: { ...process.env, REDISCLI_AUTH: this.password }, input,
    })
    if (ran.code !== 0) throw new Error(ran.err + ran.out)
    return ran.out
  }
}

module.exports = { ScaleliteRedis }
