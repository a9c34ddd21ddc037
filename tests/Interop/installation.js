'use strict'

// An installation of its own for a test: a database in the cluster that run started, simulated nodes, and processes of `scalelite`.

const { execFile, spawn } = require('node:child_process')
const { createHash } = require('node:crypto')
const http = require('node:http')
const net = require('node:net')

const started = []

/** A port that nothing listens on. */
const freePort = () => new Promise((resolve, reject) => {
  const server = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

/** Runs to the end; never throws for an exit code. */
const run = (file, args, options = {}) => new Promise(resolve => {
  const child = execFile(file, args, { maxBuffer: 64 << 20, ...options }, (error, out, err) =>
    resolve({ code: error ? (error.code ?? error.signal) : 0, out, err: err || (typeof error?.code === 'string' ? error.message : '') }))
  // A program that reads nothing may have ended.
  child.stdin.on('error', () => {}).end(options.input ?? '')
})

/** What every process of the program needs of this one's environment, and what the test gives it. */
const environment = given => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(PATH|HOME|LANG|TMPDIR|DOTNET_.*)$/.test(name))),
  ...given,
})

/** A subcommand of the executable; `input` among the environment is what it reads from standard input. */
const scalelite = ({ input, ...env }, ...args) => run(process.env.SCALELITE, args, { env: environment(env), input })

/** A subcommand that must succeed, and what it prints as JSON. */
async function scaleliteJson(env, ...args) {
  const ran = await scalelite(env, ...args, '--json')
  if (ran.code !== 0) throw new Error(`scalelite ${args[0]} ${args[1] ?? ''}: ${ran.code} ${ran.err}${ran.out}`)
  return JSON.parse(ran.out)
}

/** SQL in a database; the rows' first columns, as texts. */
async function sql(database, text) {
  const ran = await run(process.env.PSQL, ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', text])
  if (ran.code !== 0) throw new Error(ran.err)
  return ran.out.split('\n').filter(line => line !== '')
}

/** An empty database; its URL. */
async function newDatabase(name) {
  await sql(process.env.CLUSTER_URL, `create database ${name}`)
  return process.env.CLUSTER_URL.replace('/postgres?', `/${name}?`)
}

/** Waits until the condition is true; fails after 30 seconds. */
async function eventually(what, condition) {
  const deadline = Date.now() + 30_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Too late: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** A process of the program that stays; `written()` is what it has written. */
function start(env, ...args) {
  let text = ''
  let output = ''
  const child = spawn(process.env.SCALELITE, args, { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.on('data', data => { text += data; output += data })
  child.stderr.on('data', data => { text += data })
  const ended = new Promise(resolve => child.on('exit', (code, signal) => resolve(code ?? signal)))
  const stop = async (signal = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return ended
  }
  started.push(stop)
  return { child, stop, ended, written: () => text, output: () => output }
}

/** Simulated nodes: their url and secret. */
async function startNodes(count, ...options) {
  const simulated = start({}, 'simulate', '--nodes', String(count), '--port', '0', '--control-port', '0', '--json', ...options)
  let nodes
  await eventually('the simulated nodes', () => {
    try { nodes = JSON.parse(simulated.output()) } catch { return false }
    return true
  })
  return nodes
}

/** `scalelite serve` on a port of its own. */
async function serve(env) {
  const port = await freePort()
  const process = start({ ...env, BIND: `tcp://127.0.0.1:${port}` }, 'serve')
  await eventually('/health_check of serve', async () => {
    if (process.child.exitCode !== null) throw new Error(`serve ended: ${process.written()}`)
    return (await get(port, '/health_check').catch(() => ({}))).status === 200
  })
  return { ...process, port }
}

/** Stops what was started here, by process, and waits for it. */
const stopAll = () => Promise.all(started.splice(0).map(stop => stop()))

/** A GET with the host name that a client would send. */
const get = (port, path, host = '127.0.0.1') => new Promise((resolve, reject) => {
  http.get({ host: '127.0.0.1', port, path, headers: { host }, agent: false }, answer => {
    let body = ''
    answer.setEncoding('utf8').on('data', data => { body += data }).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }))
  }).on('error', reject)
})

/** The path of a call, signed as the API has it. */
function signed(base, call, params, secret) {
  const query = new URLSearchParams(params).toString()
  const checksum = createHash('sha256').update(call + query + secret).digest('hex')
  return `${base}/${call}?${query}${query ? '&' : ''}checksum=${checksum}`
}

module.exports = { environment, eventually, freePort, get, newDatabase, run, scalelite, scaleliteJson, serve, signed, sql, start, startNodes, stopAll }
