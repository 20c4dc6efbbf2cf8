import { readFileSync } from 'node:fs'
import { arch, cpus, release } from 'node:os'
import { unlessRefused } from './proc.ts'

/** What does not change while the daemon runs. */
export interface HostIdentity {
  /** The distribution's own name for itself, or '' . */
  readonly os: string
  readonly kernel: string
  readonly arch: string
  readonly cpuModel: string
}

/** Starts no process and takes a millisecond; systeminformation knows more, but starts 37 and keeps 12 MB. */
export const readIdentity = (osRelease = '/etc/os-release'): HostIdentity => ({
  os: parsePrettyName(unlessRefused(() => readFileSync(osRelease, 'utf8')) ?? ''),
  kernel: release(),
  arch: arch(),
  cpuModel: cpus()[0]?.model.trim() ?? '',
})

/** PRETTY_NAME of os-release(5). */
export const parsePrettyName = (text: string): string => {
  const [, quoted = '', bare = ''] = /^PRETTY_NAME=(?:["'](.*)["']|(\S*))$/m.exec(text) ?? []
  return (quoted || bare).replace(/\\(["$`\\])/g, '$1')
}
