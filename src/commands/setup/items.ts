import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file as it is to stand on the node. */
export interface WantedFile {
  /** Absolute, as seen from inside the tree that is set up. */
  readonly path: string
  readonly content: string
}

/** All that setup brings. Directories on the way to a file need not be named. */
export interface Wanted {
  readonly directories: readonly string[]
  readonly files: readonly WantedFile[]
}

/** Full command of each of our programs, as units and rules start it: the running Node.js and the script. */
export type ProgramCommands = Readonly<Record<'oo-gather-metrics' | 'oo-metrics-bridge', string>>

interface Item {
  /** Below the `etc` of this package. */
  readonly from: string
  readonly to: string
  /** Holds `@program@`, which becomes that program's full command. */
  readonly isTemplate?: true
}

const ITEMS: readonly Item[] = [
  { from: 'sysusers.d/oo-metrics.conf', to: '/etc/sysusers.d/oo-metrics.conf' },
  { from: 'tmpfiles.d/oo-metrics.conf', to: '/etc/tmpfiles.d/oo-metrics.conf' },
  { from: 'oo-gather-metrics.yml', to: '/etc/openshift/oo-gather-metrics.yml' },
  { from: 'oo-metrics-bridge.yml', to: '/etc/openshift/oo-metrics-bridge.yml' },
  { from: 'gears.d/web.yml.sample', to: '/etc/openshift/gears.d/web.yml.sample' },
  { from: 'rsyslog.d/60-oo-metrics.conf', to: '/etc/rsyslog.d/60-oo-metrics.conf', isTemplate: true },
  { from: 'logrotate.d/oo-metrics', to: '/etc/logrotate.d/oo-metrics' },
  {
    from: 'systemd/oo-gather-metrics.service',
    to: '/etc/systemd/system/oo-gather-metrics.service',
    isTemplate: true,
  },
  {
    from: 'systemd/oo-metrics-bridge.service',
    to: '/etc/systemd/system/oo-metrics-bridge.service',
    isTemplate: true,
  },
]

/**
 * Reads what this package ships for a node.
 * @param etc the package's directory `etc`
 */
export const wantedItems = (etc: string, commands: ProgramCommands): Wanted => ({
  directories: ['/etc/openshift/gears.d'],
  files: ITEMS.map(({ from, to, isTemplate }) => {
    const text = readFileSync(join(etc, from), 'utf8')
    return { path: to, content: isTemplate ? renderTemplate(text, commands) : text }
  }),
})

/** Writes the full command of each program where a shipped unit or rule says `@program@`. */
export const renderTemplate = (text: string, commands: ProgramCommands): string =>
  Object.entries(commands).reduce((rendered, [program, command]) => rendered.replaceAll(`@${program}@`, command), text)
