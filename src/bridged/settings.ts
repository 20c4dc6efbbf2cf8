import { apiSchema } from '../api/settings.ts'
import { latestSchema } from '../backends/latest/latest.ts'
import { backendsSchema } from '../backends/registry.ts'
import { bridgeSchema } from '../bridge/settings.ts'
import { type Infer, section } from '../config/schema.ts'
import { logSchema } from '../logger.ts'
import { receiversSchema } from '../receivers/registry.ts'

/** Everything that oo-metrics-bridge can be told: one section per room, declared there. */
export const bridgedSchema = section({
  receivers: receiversSchema,
  backends: backendsSchema,
  latest: latestSchema,
  bridge: bridgeSchema,
  api: apiSchema,
  log: logSchema,
})
export type BridgedSettings = Infer<typeof bridgedSchema>
