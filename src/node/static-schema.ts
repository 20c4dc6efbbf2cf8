import {
  either,
  entry,
  type Infer,
  list,
  mapOf,
  optionalInteger,
  optionalText,
  requiredText,
} from '../config/schema.ts'
import { MAX_ID } from './passwd.ts'

const ABSOLUTE = /^\/[^\0]*$/
const WORD = /^[^\s\p{Cc}"'=]{1,128}$/u
const LABEL_VALUE = /^[^\p{Cc}\u2028\u2029]{1,256}$/u

const scriptSchema = either('an absolute path, or a map of path, args and cart', [
  requiredText({ doc: 'The executable.', pattern: ABSOLUTE }),
  entry({
    path: requiredText({ doc: 'The executable.', pattern: ABSOLUTE }),
    args: list(requiredText({ doc: 'An argument.', pattern: /^[^\0]*$/ }), { default: [], doc: 'Its arguments.' }),
    cart: optionalText({ doc: 'Label cart of what it prints.', pattern: WORD }),
  }),
])

/** One gear in a file of `gears.d`. Six lines make a service of systemd a gear: id, unit, user, scripts, labels. */
export const staticGearSchema = entry({
  id: requiredText({ doc: 'Label gear of all its metrics.', pattern: /^[A-Za-z0-9_][A-Za-z0-9_.@:-]{0,127}$/ }),
  unit: optionalText({
    doc: 'Unit of systemd that it is; gives the cgroup, and the uid when nothing else does.',
    pattern: WORD,
  }),
  user: optionalText({ doc: 'Login name under which its scripts run.', pattern: WORD }),
  uid: optionalInteger({ doc: 'The same as a number, instead of user.', min: 0, max: MAX_ID }),
  gid: optionalInteger({ doc: "Group; default: the user's own.", min: 0, max: MAX_ID }),
  home: optionalText({
    doc: 'Directory in which scripts start; cartridges in it are found as in any gear.',
    pattern: ABSOLUTE,
  }),
  cgroup: optionalText({ doc: 'Path of its cgroup below the root of a hierarchy.', pattern: ABSOLUTE }),
  metrics: optionalText({ doc: 'The one script, where one is enough.', pattern: ABSOLUTE }),
  scripts: list(scriptSchema, { default: [], doc: 'Executables that print metrics.' }),
  labels: mapOf(requiredText({ doc: 'Value.', pattern: LABEL_VALUE }), {
    default: {},
    doc: 'Labels of all its metrics; app, appName and ns are attribution.',
  }),
})
export type StaticGear = Infer<typeof staticGearSchema>
