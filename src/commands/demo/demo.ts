import { chmodSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemClock } from '../../clock.ts'
import type { Output } from '../../config/program.ts'
import { GatherError } from '../../errors.ts'
import { type BridgeClient, BridgeError, bridgeClient } from '../bridge-client.ts'
import { packageDir, programPath } from '../program-path.ts'
import { type Child, runToEnd, startChild } from './children.ts'
import { type Installed, makeSampleNode, type SampleGear } from './sample-node.ts'
import { startTraffic } from './traffic.ts'
import { showArrivals } from './view.ts'

const GEARS: readonly Omit<SampleGear, 'port' | 'uid'>[] = [
  { id: 'shop01', appName: 'shop', namespace: 'acme', cartridges: ['nodejs', 'mock'], hook: true },
  { id: 'blog01', appName: 'blog', namespace: 'acme', cartridges: ['nodejs'], hook: false },
  { id: 'wiki01', appName: 'wiki', namespace: 'beta', cartridges: ['nodejs'], hook: true },
  { id: 'cron01', appName: 'cron', namespace: 'beta', cartridges: ['mock'], hook: false },
]

/** As root each gear gets its own uid; distributions give these to nobody. */
const FIRST_UID = 54_001
const INTERVAL_S = 10
const READY_WITHIN_MS = 10_000

export interface DemoOptions {
  readonly abort: AbortSignal
  readonly output: Output
  readonly isTerminal: boolean
}

/** A part of the demo did not start, or ended. */
class DemoError extends GatherError {
  readonly code = 'script'
}

/**
 * Makes a node with sample gears in a temporary directory, runs their servers and both daemons, and shows what arrives
 * until it is aborted. Leaves nothing behind.
 */
export const runDemo = async (options: DemoOptions): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'oo-metrics-demo-'))
  chmodSync(directory, 0o711)
  const cleanUps: CleanUp[] = [() => rmSync(directory, { recursive: true, force: true })]
  try {
    await play(directory, (cleanUp) => cleanUps.unshift(cleanUp), options)
  } finally {
    for (const cleanUp of cleanUps) await cleanUp()
  }
}

type CleanUp = () => Promise<void> | void

const play = async (directory: string, later: (cleanUp: CleanUp) => void, options: DemoOptions): Promise<void> => {
  const { abort, output, isTerminal } = options
  const [apiPort = 0, ...ports] = await freePorts(GEARS.length + 1)
  const baseDir = join(directory, 'gears')
  for (const cartridge of buildNode(directory, baseDir, ports)) {
    later(() => control(cartridge, 'stop'))
    await control(cartridge, 'start')
  }
  const traffic = startTraffic(ports)
  later(() => traffic.stop())

  const url = `http://127.0.0.1:${apiPort}`
  const bridge = bridgeClient({ url })
  const ended = new AbortController()
  for (const daemon of startDaemons({ directory, baseDir, apiPort })) {
    later(() => daemon.stop())
    void daemon.ended.then(() => ended.abort(new DemoError(`${daemon.name} ended: ${daemon.tail()}`)))
  }
  await untilReady(bridge, ended.signal)
  const title = [`gears in ${baseDir}`, `HTTP API: ${url}/v0/containers  ${url}/metrics  (Ctrl-C ends the demo)`]
  if (!isTerminal) for (const line of title) output.out(line)
  await showArrivals({ bridge, abort: AbortSignal.any([abort, ended.signal]), output, isTerminal, title })
  if (!abort.aborted) ended.signal.throwIfAborted()
}

const buildNode = (directory: string, baseDir: string, ports: readonly number[]): readonly Installed[] => {
  const isRoot = process.getuid?.() === 0
  const gears = GEARS.map((gear, at) => ({ ...gear, port: ports[at]!, uid: isRoot ? FIRST_UID + at : undefined }))
  const nodeProgram = isRoot && !isReachable(process.execPath) ? copyOfNode(directory) : process.execPath
  return makeSampleNode(baseDir, gears, { packageDir, nodeProgram })
}

const OTHERS_EXECUTE = 0o001

/** Whether any user may run a program at this path. */
const isReachable = (path: string): boolean =>
  (statSync(path).mode & OTHERS_EXECUTE) !== 0 && (path === '/' || isReachable(dirname(path)))

// the gears' users may not enter the home of whoever cloned the project
const copyOfNode = (directory: string): string => {
  const copy = join(directory, 'node')
  copyFileSync(process.execPath, copy)
  chmodSync(copy, 0o755)
  return copy
}

const control = ({ directory, environment, uid }: Installed, action: 'start' | 'stop'): Promise<void> =>
  runToEnd({ command: join(directory, 'bin/control'), args: [action], env: environment, cwd: directory, uid })

const startDaemons = ({
  directory,
  baseDir,
  apiPort,
}: {
  directory: string
  baseDir: string
  apiPort: number
}): Child[] => {
  const socket = join(directory, 'syslog.sock')
  const settings = {
    'oo-metrics-bridge': {
      receivers: { unix: { path: socket }, tcp: { enabled: false }, udp: { enabled: false } },
      api: { port: apiPort, open: true },
    },
    'oo-gather-metrics': {
      gears: { source: 'directory', baseDir },
      gather: { intervalSeconds: INTERVAL_S, spreadPercent: 20 },
      relay: { target: { kind: 'unix', path: socket } },
      control: { enabled: false },
    },
  }
  return Object.entries(settings).map(([name, content]) => {
    const file = join(directory, `${name}.yml`)
    writeFileSync(file, JSON.stringify(content)) // JSON is YAML
    const env = { ...process.env, OPENSHIFT_CONF_DIR: directory }
    return startChild(
      { command: process.execPath, args: [programPath(name), '--config', file], env, cwd: directory },
      name,
    )
  })
}

const untilReady = async (bridge: BridgeClient, ended: AbortSignal): Promise<void> => {
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    ended.throwIfAborted()
    try {
      await bridge.get('/v0/ping')
      return
    } catch (thrown) {
      if (!(thrown instanceof BridgeError) || Date.now() > deadline) throw thrown
    }
    await systemClock.sleep(100, ended)
  }
}

/** Ports that nobody listens on now; all are held until the last is known, so that no two are the same. */
const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer()
      return new Promise<typeof server>((resolve, reject) => {
        server.once('error', reject)
        server.listen(0, '127.0.0.1', () => resolve(server))
      })
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
