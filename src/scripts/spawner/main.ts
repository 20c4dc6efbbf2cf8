import { Socket } from 'node:net'
import { setPriority } from 'node:os'
import { messageOf } from '../../errors.ts'
import { NICENESS } from '../command.ts'
import { createFifos } from './fifos.ts'
import { frameReader } from './frames.ts'
import { createGroupBook } from './groups.ts'
import { createLeaves, type Leaves } from './leaves.ts'
import type { SpawnerOptions } from './messages.ts'
import { createOutbox } from './outbox.ts'
import { createServer } from './serve.ts'

/**
 * The spawner: a small process that starts scripts, because a start costs time that grows with the memory of who starts, and
 * blocks it. Requests come on standard input, answers go to standard output, as frames. It ends with its input, and ends what
 * runs. It gives up on any surprise: the daemon starts another one and clears away what this one leaves.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as SpawnerOptions
const ownUid = process.getuid?.() ?? -1

const contain = async (): Promise<{ readonly leaves?: Leaves; readonly why?: string }> => {
  if (options.cgroup === undefined) return { why: 'no cgroup v2 hierarchy is to be used' }
  try {
    return { leaves: await createLeaves(options.cgroup, options.maxProcesses) }
  } catch (thrown) {
    return { why: messageOf(thrown) }
  }
}

const { leaves, why } = await contain()
process.umask(0o077)
setPriority(0, NICENESS)

const input = new Socket({ fd: 0, readable: true, writable: false })
const output = new Socket({ fd: 1, readable: false, writable: true })
const outbox = createOutbox((bytes) => void output.write(bytes))
const fifos = createFifos()
const groups = createGroupBook()
const { minUid } = options
const server = createServer({ asRoot: ownUid === 0, minUid, ownUid, fifos, groups, leaves, outbox })

const end = async (): Promise<void> => {
  await server.end()
  await leaves?.close()
  process.exit()
}
input.on('data', frameReader(server.take))
input.on('error', () => {}) // 'close' follows
input.once('close', () => void end())
output.on('error', () => input.destroy())
outbox.ready({ contained: leaves !== undefined, limited: leaves?.limited ?? false, ...(why !== undefined && { why }) })
