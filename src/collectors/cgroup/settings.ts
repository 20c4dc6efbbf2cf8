import { boolean, type Infer, list, section, text } from '../../config/schema.ts'

/** Everything that there is, as `cgget -a` gave it. */
export const ALL_KEYS = 'all'

// a name of a file and nothing else: no slash, no dots in front
const KEY = /^(all|[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+)$/

// the original handed these words to a root shell
const readKeys = (value: string, warn: (message: string) => void): readonly string[] => {
  const words = value.split(',').map((word) => word.trim())
  return words.filter((word) => {
    if (word !== '' && !KEY.test(word)) warn(`${JSON.stringify(word)} is no name of a cgroup file and is left out`)
    return KEY.test(word)
  })
}

export const cgroupSchema = section(
  {
    enabled: boolean({ default: true, doc: 'Whether the cgroups of gears are read.' }),
    normalised: boolean({
      default: true,
      doc: 'Whether container.cpu.time, container.memory.usage and their like are measured, the same on cgroup v1 and v2.',
    }),
    classicKeys: list(text({ default: '', doc: '', pattern: KEY }), {
      default: [],
      doc: 'Files whose content is told under their own names besides, as the original did: cpu.stat gives cpu.stat.nr_periods and so on. all means every file, which is what the original did without this key; here that has to be asked for.',
      nodeConf: { key: 'CGROUPS_METRICS_KEYS', read: readKeys },
    }),
  },
  'What is read from the cgroups of gears.',
)
export type CgroupSettings = Infer<typeof cgroupSchema>
