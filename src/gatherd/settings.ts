import { hostname } from 'node:os'
import { type Infer, optionalText, section } from '../config/schema.ts'
import { gatherSchema } from '../gather/settings.ts'
import { logSchema } from '../logger.ts'
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
  relay: relaySchema,
  log: logSchema,
})
export type GatherdSettings = Infer<typeof gatherdSchema>

export const nodeNameOf = ({ node }: GatherdSettings): string => node.name ?? hostname()

/** OPENSHIFT_CONF_DIR moves the directory of node.conf, env/ and gears.d/. */
export const confDirOf = (environment: NodeJS.ProcessEnv): string => environment.OPENSHIFT_CONF_DIR || '/etc/openshift'
