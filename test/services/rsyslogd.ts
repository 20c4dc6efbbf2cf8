import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { need } from './packages.ts'

const START_LIMIT_MS = 10_000
const STOP_LIMIT_MS = 15_000
const POLL_MS = 20

/** Files of one rsyslogd, all in a temporary directory of its own; Unix socket paths stay short. */
export interface RsyslogPaths {
  readonly directory: string
  /** For `imptcp`: what oo-gather-metrics sends to. */
  readonly trusted: string
  /** For `imuxsock`: a datagram socket as /dev/log, for `logger -u`. */
  readonly local: string
  /** What a catch-all rule may write ordinary messages to. */
  readonly log: string
}

export interface Rsyslogd {
  readonly pid: number
  readonly sockets: RsyslogPaths
  /** All that rsyslogd said on its standard streams. */
  said(): string
  /** Ends rsyslogd by pid and removes its directory. */
  stop(): Promise<void>
  /** SIGKILL, as a crash; the directory stays, `restart` goes on in it. */
  kill(): Promise<void>
  restart(): Promise<void>
}

/** `missing` tells why there is no rsyslogd here: skip the test. */
export type StartedRsyslogd = { readonly missing: string } | ({ readonly missing?: never } & Rsyslogd)

/**
 * Starts a real rsyslogd with the given rules and waits until both its sockets are there.
 * @param options.conf makes the whole configuration; load imuxsock with SysSock.Use="off" and an input on `paths.local`
 * @throws when rsyslogd ends, or is not ready in ten seconds; the message holds what it said
 */
export const startRsyslogd = async (options: { conf: (paths: RsyslogPaths) => string }): Promise<StartedRsyslogd> => {
  const program = await need('rsyslog', 'rsyslogd', ['libestr0', 'libfastjson4'])
  if (!program.found) return { missing: program.why }
  const directory = mkdtempSync(join(tmpdir(), 'oo-rsyslog-'))
  const at = (name: string): string => join(directory, name)
  const paths = { directory, trusted: at('trusted.sock'), local: at('local.sock'), log: at('log') }
  writeFileSync(at('conf'), options.conf(paths))
  const start = (): Promise<Running> => startProgram(program.path, program.root, paths)
  let running: Running
  try {
    running = await start()
  } catch (thrown) {
    rmSync(directory, { recursive: true, force: true })
    throw thrown
  }
  return {
    get pid() {
      return running.pid
    },
    sockets: paths,
    said: () => running.said(),
    async stop() {
      await endProgram(running, 'SIGTERM')
      rmSync(directory, { recursive: true, force: true })
    },
    kill: () => endProgram(running, 'SIGKILL'),
    async restart() {
      await endProgram(running, 'SIGTERM')
      running = await start()
    },
  }
}

interface Running {
  readonly child: ChildProcess
  readonly pid: number
  readonly ended: Promise<unknown>
  said(): string
}

const startProgram = async (path: string, root: string, paths: RsyslogPaths): Promise<Running> => {
  // a datagram socket that a killed predecessor left must not be taken for ready
  rmSync(paths.local, { force: true })
  const modules = modulesBelow(root)
  const args = ['-n', '-f', join(paths.directory, 'conf'), '-i', join(paths.directory, 'pid')]
  const child = spawn(path, [...args, ...(modules ? ['-M', modules] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(root === '/' ? {} : { LD_LIBRARY_PATH: librariesBelow(root) }) },
  })
  let said = ''
  const hear = (chunk: Buffer): void => {
    said = (said + chunk).slice(-8192)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  let hasEnded = false
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      hasEnded = true
      resolve()
    }
    child.once('exit', end)
    child.once('error', end)
  })
  for (let waited = 0; !existsSync(paths.local) || !(await answers(paths.trusted)); waited += POLL_MS) {
    if (hasEnded || waited > START_LIMIT_MS) {
      child.kill('SIGKILL')
      await ended
      throw new Error(`rsyslogd is not ready: ${said}`)
    }
    await wait(POLL_MS)
  }
  return { child, pid: child.pid!, ended, said: () => said }
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

const endProgram = async ({ child, ended }: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  await ended
  clearTimeout(timer)
}

// Debian keeps modules and libraries in a directory named for the architecture
const architectureDirectories = (root: string): string[] =>
  ['usr/lib', 'lib'].flatMap((directory) => {
    const place = join(root, directory)
    return existsSync(place)
      ? readdirSync(place)
          .filter((name) => name.includes('-linux-'))
          .map((name) => join(place, name))
      : []
  })

const modulesBelow = (root: string): string | undefined =>
  root === '/'
    ? undefined
    : architectureDirectories(root)
        .map((place) => join(place, 'rsyslog'))
        .find(existsSync)

const librariesBelow = (root: string): string => architectureDirectories(root).join(':')
