'use strict'

// An nginx on a loopback port, with the server of docker-compose.yml and the location of docs/playback.md, so that both are tried as they stand.

const { spawn } = require('node:child_process')
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const path = require('node:path')
const { eventually, freePort, get } = require('../installation')

const repository = path.join(__dirname, '..', '..', '..')

/** The proxy of docker-compose.yml. Compose doubles each dollar sign. */
function composed() {
  const compose = readFileSync(path.join(repository, 'docker-compose.yml'), 'utf8')
  const lines = compose.slice(compose.indexOf('    content: |\n')).split('\n').slice(1)
  const end = lines.findIndex(line => line !== '' && !line.startsWith('      '))
  return lines.slice(0, end).map(line => line.slice(6)).join('\n').replaceAll('$$', '$')
}

/** The location of docs/playback.md. */
const documented = () => /```nginx\n([\s\S]*?)```/.exec(readFileSync(path.join(repository, 'docs', 'playback.md'), 'utf8'))[1]

function replaced(text, what, by) {
  if (!text.includes(what)) throw new Error(`'${what}' is not in:\n${text}`)
  return text.replace(what, by)
}

/** Starts it in front of two processes. */
async function startNginx(folder, ports, published) {
  const port = await freePort()
  let server = composed()
  ports.forEach((backend, i) => { server = replaced(server, `api-${i + 1}:3000`, `127.0.0.1:${backend}`) })
  server = replaced(server, 'listen 80;', `listen 127.0.0.1:${port};\n${replaced(documented(), '/var/bigbluebutton/published', published)}`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `  ${name}_temp_path ${path.join(folder, name)};`).join('\n')
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, 'nginx.conf')
  writeFileSync(file, `${process.getuid() === 0 ? 'user root;\n' : ''}daemon off;
worker_processes 1;
pid ${path.join(folder, 'nginx.pid')};
error_log ${path.join(folder, 'error.log')} warn;
events { worker_connections 256; }
http {
  access_log off;
  types { video/mp4 m4v; }
${temporary}
${server}
}
`)
  const child = spawn('nginx', ['-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', data => { said += data })
  const ended = new Promise(resolve => child.on('exit', resolve))
  await eventually('nginx answers', async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${said}`)
    return (await get(port, '/health_check').catch(() => ({}))).status === 200
  })
  return { port, stop: () => { child.kill(); return ended } }
}

module.exports = { startNginx }
