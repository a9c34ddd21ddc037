'use strict'

// A headless Chromium, driven over the DevTools protocol through a pipe: what a person's browser would do with a recording.

const { spawn } = require('node:child_process')
const { mkdir, mkdtemp, rm, writeFile } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const WITHIN = 15_000
// A Chromium that was just installed makes its caches first.
const STARTS_WITHIN = 60_000
const STARTS = 3

class Browser {
  #process
  #profile
  #last = 0
  #waiting = new Map()
  #listeners = new Map()

  /** Starts a Chromium with a profile of its own. CHROMIUM names its executable. */
  static async start() {
    for (let attempt = 1; ; attempt++) {
      const browser = new Browser()
      try {
        await browser.#start()
        return browser
      } catch (error) {
        // One that is left running would keep the tests' process from its end.
        await browser.close('SIGKILL')
        if (attempt === STARTS) throw error
      }
    }
  }

  async #start() {
    this.#profile = await mkdtemp(join(tmpdir(), 'scalelite-chromium.'))
    // As Chrome comes: Debian's Chromium alone refuses the cookies of frames of other sites, and so every LMS that embeds recordings.
    await mkdir(join(this.#profile, 'Default'))
    await writeFile(join(this.#profile, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0, block_third_party_cookies: false } }))
    this.#process = spawn(process.env.CHROMIUM ?? 'chromium', [
      '--headless=new', '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`,
      '--no-first-run', '--no-default-browser-check', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
      '--disable-component-update', '--disable-extensions', '--disable-sync', '--no-proxy-server', '--mute-audio', '--lang=en',
      '--autoplay-policy=no-user-gesture-required',
      // A container gives Chromium no sandbox of its own; nothing is opened here but what the test itself runs.
      '--no-sandbox',
      'about:blank',
    ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] })
    this.#process.once('exit', () => this.#fail(new Error('Chromium has ended')))
    this.#process.once('error', error => this.#fail(error))
    // One that has ended takes no commands: each fails, and not the whole run.
    this.#process.stdio[3].on('error', error => this.#fail(error))
    this.#read(this.#process.stdio[4])
    await this.send('Browser.getVersion', {}, undefined, STARTS_WITHIN)
  }

  /** Opens an empty page. */
  async page() {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    const page = new Page(this)
    await page.attach(sessionId)
    return page
  }

  async close(signal = 'SIGTERM') {
    const ended = new Promise(resolve => this.#process.once('exit', resolve))
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill(signal)
      await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 5000))])
      this.#process.kill('SIGKILL')
    }
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }

  /** Sends a command and returns its result. */
  send(method, params = {}, sessionId = undefined, within = WITHIN) {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.#settle(id)?.reject(new Error(`Too late: ${method}`)), within)
      this.#waiting.set(id, { resolve, reject, late })
      this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    })
  }

  /** Has the events of a session told to the listener. */
  listen(sessionId, listener) {
    this.#listeners.set(sessionId, listener)
  }

  #read(pipe) {
    let rest = ''
    pipe.setEncoding('utf8')
    pipe.on('data', chunk => {
      const messages = (rest + chunk).split('\0')
      rest = messages.pop()
      for (const message of messages) this.#take(JSON.parse(message))
    })
  }

  #take({ id, result, error, method, params, sessionId }) {
    if (id === undefined) this.#listeners.get(sessionId)?.(method, params)
    else if (error) this.#settle(id)?.reject(new Error(error.message))
    else this.#settle(id)?.resolve(result)
  }

  #settle(id) {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    clearTimeout(waiting?.late)
    return waiting
  }

  #fail(error) {
    for (const id of [...this.#waiting.keys()]) this.#settle(id).reject(error)
  }
}

class Page {
  #browser
  #sessions = []
  #requests = new Map()

  constructor(browser) {
    this.#browser = browser
  }

  /** What the page and its frames asked for: {url, status, contentRange, contentType, location}. Status 0: no answer yet. */
  get requests() {
    return [...this.#requests.values()]
  }

  /** The requests whose URL ends so, its query apart. */
  requestsOf(path) {
    return this.requests.filter(request => new URL(request.url).pathname.endsWith(path))
  }

  /** Goes to a page and waits until it is loaded. */
  async open(url) {
    this.#requests.clear()
    const { errorText } = await this.#browser.send('Page.navigate', { url }, this.#sessions[0])
    if (errorText) throw new Error(`${url}: ${errorText}`)
    await this.until('the page is loaded', 'document.readyState === "complete"')
  }

  /** The value of an expression in the page; a promise is waited for. */
  evaluate(expression) {
    return this.#evaluate(this.#sessions[0], expression)
  }

  /** The value of an expression in the page's frame of another site. */
  evaluateInFrame(expression) {
    return this.#evaluate(this.#sessions.at(-1), expression)
  }

  /** Waits until an expression in the page (or in its frame) is true. */
  async until(what, expression, { inFrame = false } = {}) {
    const deadline = Date.now() + WITHIN
    for (;;) {
      const session = inFrame ? this.#sessions.at(-1) : this.#sessions[0]
      if ((!inFrame || this.#sessions.length > 1) && (await this.#evaluate(session, expression).catch(() => false))) return
      if (Date.now() > deadline) throw new Error(`Too late: ${what}; the page asked for ${JSON.stringify(this.requests, null, 1)}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  /** Follows a session: the page itself, or a frame of another site. */
  async attach(sessionId) {
    this.#sessions.push(sessionId)
    this.#browser.listen(sessionId, (method, params) => this.#take(method, params))
    for (const method of ['Network.enable', 'Page.enable', 'Runtime.enable']) await this.#browser.send(method, {}, sessionId)
    await this.#browser.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }, sessionId)
    await this.#browser.send('Runtime.runIfWaitingForDebugger', {}, sessionId)
  }

  async #evaluate(session, expression) {
    const { result, exceptionDetails } = await this.#browser.send(
      'Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, session)
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  #take(method, params) {
    if (method === 'Target.attachedToTarget') {
      this.attach(params.sessionId).catch(() => {})
    } else if (method === 'Network.requestWillBeSent') {
      // A redirect is told with the request that follows it, under the same id.
      if (params.redirectResponse) this.#requests.set(`${params.requestId} ${this.#requests.size}`, seen(params.redirectResponse))
      this.#requests.set(params.requestId, { url: params.request.url, status: 0 })
    } else if (method === 'Network.responseReceived') {
      this.#requests.set(params.requestId, seen(params.response))
    }
  }
}

function seen({ url, status, headers }) {
  const header = name => Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return { url, status, contentRange: header('content-range'), contentType: header('content-type'), location: header('location') }
}

module.exports = { Browser }
