import { boolean, type Infer, integer, list, section, text } from '../../config/schema.ts'

const names = (options: { readonly default: readonly string[]; readonly doc: string }) =>
  list(text({ default: '', doc: '', pattern: /./ }), options)

export const systemSchema = section(
  {
    enabled: boolean({ default: true, doc: 'Whether the node itself is measured.' }),
    skipInterfaces: names({
      default: ['lo', 'veth*'],
      doc: 'Network interfaces that are left out; * stands for any letters.',
    }),
    skipDisks: names({
      default: ['loop*', 'ram*', 'zram*', 'sr*', 'fd*', 'dm-*', 'md*'],
      doc: 'Disks that are left out; * stands for any letters. Those made of other disks (dm-*, md*) would be counted twice in a sum.',
    }),
    skipFileSystems: names({
      default: ['squashfs', 'erofs', 'iso9660', 'udf'],
      doc: 'Types of file systems that are left out, such as images that are full by nature. Those of the network and in memory are never measured.',
    }),
    statfsTimeoutMs: integer({
      default: 1000,
      min: 10,
      max: 10_000,
      doc: 'Longest wait for the figures of one file system, in milliseconds. One that hangs is left out until it answers.',
    }),
  },
  'The node: CPU, load, memory, file systems, network, disks, pressure.',
)
export type SystemSettings = Infer<typeof systemSchema>

/** Whether a name is one of those left out; `*` stands for any characters. */
export const matcherOf = (patterns: readonly string[]): ((name: string) => boolean) => {
  const literally = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  const sources = patterns.map((pattern) => pattern.split('*').map(literally).join('.*'))
  const all = new RegExp(`^(?:${sources.join('|')})$`, 's')
  return (name) => patterns.length > 0 && all.test(name)
}
