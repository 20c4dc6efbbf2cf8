import { parseRubyInteger } from '../config/node-conf.ts'
import {
  either,
  type Infer,
  integer,
  list,
  mapOf,
  oneOf,
  optionalText,
  section,
  setting,
  text,
} from '../config/schema.ts'
import { ParseError } from '../errors.ts'
import { DEFAULT_METADATA, faultOfEntry, parseMetadata } from './metadata-spec.ts'

const readUid = (value: string): number => {
  const uid = parseRubyInteger(value)
  if (uid === undefined) throw new ParseError('a whole number')
  return uid
}

const readGecos = (value: string): readonly string[] => {
  // every system user without a comment would be a gear
  if (value === '') throw new ParseError('text that is not empty')
  return [value]
}

const metadataForms = either('a map of label: VARIABLE, or text label:VARIABLE,label:VARIABLE', [
  text({ default: '', doc: '' }),
  mapOf(text({ default: '', doc: '' }), { default: {}, doc: '' }),
])

// what an old node.conf may get wrong with a warning is an error where it is written anew
const metadata = metadataForms.transform((value, context) => {
  const fault = (message: string): void => context.addIssue({ code: 'custom', message: `label: VARIABLE; ${message}` })
  if (typeof value === 'string') return parseMetadata(value, fault)
  for (const [label, variable] of Object.entries(value)) {
    const wrong = faultOfEntry(label, variable)
    if (wrong !== undefined) fault(wrong)
  }
  return value
})

export const restReasons = ['stopped', 'idle', 'stop-lock', 'in-flux', 'frozen'] as const

const path = (options: { default: string; doc: string; nodeConf?: { key: string } }) =>
  text({ ...options, pattern: /^\// })

export const gearsSchema = section(
  {
    source: oneOf(['auto', 'passwd', 'directory', 'static', 'systemd'], {
      default: 'auto',
      doc: 'Where gears come from. passwd: users with the right GECOS. directory: each directory below baseDir. static: the files in staticDir. systemd: the units named in systemd. auto: passwd, static and systemd together, never directories.',
    }),
    baseDir: path({
      default: '/var/lib/openshift',
      doc: 'Directory that holds the homes of source directory.',
      nodeConf: { key: 'GEAR_BASE_DIR' },
    }),
    gecos: list(text({ default: '', doc: '', pattern: /./ }), {
      default: ['OpenShift guest', 'OO application container'],
      doc: 'A user is a gear when the GECOS field in /etc/passwd equals one of these. GEAR_GECOS, where it is set, is then the only one.',
      nodeConf: { key: 'GEAR_GECOS', read: readGecos },
    }),
    minUid: integer({
      default: 1000,
      min: 1,
      doc: 'As root no script is started for a uid below this. 0 is refused whatever stands here.',
      nodeConf: { key: 'GEAR_MIN_UID', read: readUid },
    }),
    cgroup: path({
      default: '/openshift',
      doc: 'Cgroup below which each gear has its own, as a path below the root of a hierarchy.',
      nodeConf: { key: 'OPENSHIFT_CGROUP_ROOT' },
    }),
    metadata: setting(metadata, {
      default: DEFAULT_METADATA,
      doc: 'Labels that stand before the pairs of each line, in this order: a map of label: VARIABLE, or text label:VARIABLE,label:VARIABLE. A variable is read where the gear cannot write, and one that looks like a secret is refused.',
      nodeConf: { key: 'METRICS_METADATA', read: parseMetadata },
    }),
    staticDir: optionalText({
      pattern: /^\//,
      doc: 'Directory of the YAML files that make services gears; default: gears.d beside node.conf.',
    }),
    envDir: optionalText({
      pattern: /^\//,
      doc: 'Directory of the environment that all gears share, one file per variable; default: env beside node.conf.',
    }),
    systemd: list(text({ default: '', doc: '', pattern: /./ }), {
      default: [],
      doc: 'Units that are gears, with * and ? as wildcards: nginx.service, app@*. They are measured from outside; scripts need a file in staticDir.',
    }),
    skip: list(oneOf(restReasons, { default: 'stopped', doc: '' }), {
      default: [...restReasons],
      doc: 'Gears that are left alone: by state (stopped, idle), by app-root/runtime/.stop_lock (stop-lock), while the platform changes them (in-flux), while their cgroup is frozen (frozen).',
    }),
    lockDir: path({
      default: '/var/lock',
      doc: 'Directory of the locks gear.ID that the platform holds while it changes a gear.',
    }),
    manifest: section(
      {
        minIntervalSeconds: integer({ default: 10, min: 1, max: 86_400, doc: 'Shortest Interval that is granted.' }),
        maxIntervalSeconds: integer({ default: 3600, min: 1, max: 86_400, doc: 'Longest Interval that is granted.' }),
        maxTimeoutMs: integer({ default: 3000, min: 1, doc: 'Longest Timeout that is granted, in milliseconds.' }),
        maxBytes: integer({ default: 65_536, min: 1, max: 16_777_216, doc: 'Largest manifest that is read.' }),
      },
      'Bounds for what a manifest may ask for in Metrics-Options.',
    ),
    environment: section(
      {
        maxFiles: integer({ default: 1000, min: 1, doc: 'Most variables that are read from one gear.' }),
        // execve(2) takes no longer string than 128 KiB
        maxFileBytes: integer({
          default: 65_536,
          min: 1,
          max: 131_000,
          doc: 'Longest value; a longer one is left out.',
        }),
        maxBytes: integer({ default: 524_288, min: 1, max: 1_048_576, doc: 'Most bytes of all values of one gear.' }),
      },
      'Bounds for the environment files of a gear.',
    ),
  },
  'Which gears there are, and how they are read.',
)
export type GearSettings = Infer<typeof gearsSchema>
