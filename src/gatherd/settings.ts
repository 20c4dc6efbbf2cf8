import { hostname } from 'node:os'
import { backoffSchema, budgetsSchema } from '../collectors/budget-settings.ts'
import { cgroupSchema } from '../collectors/cgroup/settings.ts'
import { processSchema } from '../collectors/process.ts'
import { quotaSchema } from '../collectors/quota/settings.ts'
import { systemSchema } from '../collectors/system/settings.ts'
import { type Infer, optionalText, section } from '../config/schema.ts'
import { controlSchema } from '../control/settings.ts'
import { gatherSchema } from '../gather/settings.ts'
import { logSchema } from '../logger.ts'
import type { Labels } from '../metric.ts'
import { gearsSchema } from '../node/settings.ts'
import { relaySchema } from '../relay/settings.ts'
import { scriptsSchema } from '../scripts/settings.ts'

/** Everything that oo-gather-metrics can be told: one section per room, declared there. */
export const gatherdSchema = section({
  node: section(
    {
      name: optionalText({
        doc: 'Label node of every metric, and host name in syslog; default: the name of the host.',
      }),
    },
    'The node itself.',
  ),
  gears: gearsSchema,
  gather: gatherSchema,
  scripts: scriptsSchema,
  backoff: backoffSchema,
  budgets: budgetsSchema,
  cgroup: cgroupSchema,
  quota: quotaSchema,
  process: processSchema,
  system: systemSchema,
  relay: relaySchema,
  control: controlSchema,
  log: logSchema,
})
export type GatherdSettings = Infer<typeof gatherdSchema>

export const nodeNameOf = ({ node }: GatherdSettings): string => node.name ?? hostname()

/** Labels of what is said about the node itself. */
export const nodeLabelsOf = (settings: GatherdSettings): Labels => new Map([['node', nodeNameOf(settings)]])

/** OPENSHIFT_CONF_DIR moves the directory of node.conf, env/ and gears.d/. */
export const confDirOf = (environment: NodeJS.ProcessEnv): string => environment.OPENSHIFT_CONF_DIR || '/etc/openshift'
