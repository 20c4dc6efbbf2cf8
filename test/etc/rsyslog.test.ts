import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { renderTemplate } from '../../src/commands/setup/items.ts'
import { decodeFrame } from '../../src/message/decode.ts'
import { octetCounted } from '../../src/message/framing.ts'
import { need } from '../services/packages.ts'
import { type Rsyslogd, type RsyslogPaths, startRsyslogd } from '../services/rsyslogd.ts'

const RULES = 'etc/rsyslog.d/60-oo-metrics.conf'
const LIMIT_MS = 15_000
const POLL_MS = 20

const OUR_DATA =
  '[oo@32473 id="u:1" t="1763703000123" c="cartridge" k="gc" u="- By"][gear@32473 gear="a\\"b\\\\\\]" app="é"]'
const FRAME = `<30>1 2026-11-21T05:30:00.123Z host oo-gather-metrics 42 metric ${OUR_DATA} type=metric cart="x\\ty" a=5 c=7`

/**
 * Stands for `oo-metrics-bridge omprog`: writes down each line, then confirms it. With a file `away` beside it, it ends
 * without confirming, as when it is killed; with a file `refuse` it answers that it could not take the line.
 */
const HELPER = `#!/bin/sh
directory=$(dirname "$0")
echo OK
while IFS= read -r line; do
  echo >>"$directory/attempts"
  [ -e "$directory/away" ] && exit 1
  [ -e "$directory/refuse" ] && { echo 'bridge is away'; continue; }
  printf '%s\\n' "$line" >>"$directory/lines"
  echo OK
done
`

describe('the rsyslog rules that we ship', () => {
  let rsyslogd: Rsyslogd
  let at: (name: string) => string

  before(async function () {
    this.timeout(300_000)
    const started = await startRsyslogd({ conf: shippedRules })
    if (started.missing !== undefined) return this.skip()
    rsyslogd = started
    at = (name) => join(rsyslogd.sockets.directory, name)
  })
  after(() => rsyslogd?.stop())
  beforeEach(() => {
    for (const name of ['away', 'refuse', 'lines', 'attempts']) rmSync(at(name), { force: true })
  })

  const lines = (): string[] => readLines(at('lines'))
  const arrived = (count: number): Promise<string[]> => until(() => (lines().length >= count ? lines() : undefined))

  it('hand a frame of the gatherer on byte for byte', async () => {
    await send(rsyslogd, [FRAME])
    expect(await arrived(1)).to.deep.equal([FRAME])
    const decoded = decodeFrame(Buffer.from(lines()[0]!), { mayAttribute: true, nowMs: 0 })
    expect(decoded.status).to.equal('signals')
    if (decoded.status !== 'signals') return
    expect(decoded.id).to.equal('u:1')
    expect(decoded.signals).to.have.lengthOf(2)
    expect(decoded.signals[0]!.labels.get('gear')).to.equal('a"b\\]')
  })

  it('hand on frames of the greatest size whole, in their order', async () => {
    const frames = [1, 2, 3].map((number) => `${FRAME} n=${number} `.padEnd(8000, 'x'))
    await send(rsyslogd, frames)
    expect(await arrived(3)).to.deep.equal(frames)
  })

  it('keep one message on one line, whatever is in it', async () => {
    await send(rsyslogd, [`${FRAME} d="\n\0\t"`])
    expect(await arrived(1)).to.deep.equal([`${FRAME} d="#012#000#011"`])
  })

  it('take old RFC 3164 lines of the gatherer as well', async () => {
    const line = '<30>Nov 21 05:30:00 host oo-gather-metrics[42]: type=metric cart=php a=5'
    await send(rsyslogd, [line])
    expect(await arrived(1)).to.deep.equal([line])
  })

  it('let nobody but root open the socket of the gatherer', () => {
    expect(statSync(rsyslogd.sockets.trusted).mode & 0o777).to.equal(0o600)
  })

  const attempted = (): Promise<true> => until(() => readLines(at('attempts')).length > 1 || undefined)

  it('offer a message again, as long as the helper does not confirm it', async () => {
    for (const [state, frame] of [
      ['away', FRAME],
      ['refuse', `${FRAME} d=1`],
    ] as const) {
      rmSync(at('attempts'), { force: true })
      writeFileSync(at(state), '')
      const sent = send(rsyslogd, [frame])
      await attempted()
      rmSync(at(state))
      await sent
      await until(() => lines().at(-1) === frame || undefined)
    }
  })

  describe('for what programs push themselves', () => {
    before(async function () {
      this.timeout(300_000)
      if (!(await need('bsdutils', 'logger')).found) this.skip()
    })

    it('write a header of our own around the text', async () => {
      await log(rsyslogd, ['-t', 'app', 'type=metric a=5 gear=forged'])
      const [line] = await arrived(1)
      expect(line).to.match(
        /^<30>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00 \S+ pushed - - - type=metric a=5 gear=forged$/,
      )
      expect(line!.split(' ')[2]).to.equal(hostname().split('.')[0])
    })

    it('let nothing survive that the sender wrote as header or structured data', async () => {
      const forged = ['--sd-id', 'oo@32473', '--sd-param', 'k="g"', '--sd-param', 'u="b=1"']
      await log(rsyslogd, ['--rfc5424', ...forged, '-t', 'oo-gather-metrics', '--msgid', 'metric', 'type=metric a=5'])
      const [line] = await arrived(1)
      expect(line).to.match(/ pushed - - - type=metric a=5$/)
      const decoded = decodeFrame(Buffer.from(line!), { mayAttribute: true, nowMs: 0 })
      expect(
        decoded.status === 'signals' && decoded.signals.map((signal) => signal.type === 'metric' && signal.name),
      ).to.deep.equal(['a'])
    })

    it('leave ordinary messages alone, and keep metric lines in the logs of the admin too', async () => {
      await log(rsyslogd, ['-t', 'app', 'hello'])
      await log(rsyslogd, ['-t', 'app', 'type=metric last=1'])
      await arrived(1)
      const logged = await until(() => {
        const found = readLines(rsyslogd.sockets.log).slice(-2)
        return found.at(-1)?.includes('last=1') ? found : undefined
      })
      expect(logged[0]).to.match(/ app: hello$/)
      expect(lines()).to.have.lengthOf(1)
    })

    it('do not hold up the log of the node while the bridge is away', async () => {
      writeFileSync(at('refuse'), '')
      await log(rsyslogd, ['-t', 'app', 'type=metric a=1'])
      for (let number = 0; number < 20; number += 1) await log(rsyslogd, ['-t', 'app', `ordinary ${number}`])
      await until(() => readLines(rsyslogd.sockets.log).at(-1)?.endsWith('ordinary 19') || undefined)
      expect(lines()).to.deep.equal([])
      rmSync(at('refuse'))
      await arrived(1)
    })
  })

  it('work again after rsyslogd was killed', async () => {
    await rsyslogd.kill()
    expect(existsSync(rsyslogd.sockets.trusted)).to.equal(true)
    await rsyslogd.restart()
    await send(rsyslogd, [FRAME])
    expect(await arrived(1)).to.deep.equal([FRAME])
  })
})

/** The shipped file below a usual main configuration, with the paths of the test. */
const shippedRules = (paths: RsyslogPaths): string => {
  const helper = join(paths.directory, 'helper')
  writeFileSync(helper, HELPER)
  chmodSync(helper, 0o755)
  const commands = { 'oo-metrics-bridge': helper, 'oo-gather-metrics': 'unused' }
  const rules = renderTemplate(readFileSync(RULES, 'utf8'), commands)
  return `
global(workDirectory="${paths.directory}")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${paths.local}")
${rules.replaceAll('/run/oo-gather-metrics/syslog.sock', paths.trusted)}
action(type="omfile" file="${paths.log}")
`
}

/** Sends frames as the gatherer does; resolves when rsyslogd has taken all of them. */
const send = ({ sockets }: Rsyslogd, frames: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(sockets.trusted)
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.resume()
    socket.end(Buffer.concat(frames.map((frame) => octetCounted(Buffer.from(frame)))))
  })

const log = ({ sockets }: Rsyslogd, args: readonly string[]): Promise<unknown> =>
  promisify(execFile)('logger', ['--socket-errors=off', '-u', sockets.local, ...args], { timeout: LIMIT_MS })

const readLines = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []

const until = async <T>(probe: () => T | undefined): Promise<T> => {
  for (let waited = 0; waited < LIMIT_MS; waited += POLL_MS) {
    const found = probe()
    if (found !== undefined) return found
    await wait(POLL_MS)
  }
  throw new Error(`not within ${LIMIT_MS} ms`)
}
