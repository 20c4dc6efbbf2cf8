import { boolean, type Infer, integer, section } from '../../config/schema.ts'

export const quotaSchema = section(
  {
    enabled: boolean({
      default: true,
      doc: 'Whether the disk usage of gears and its limits are read: from repquota, Btrfs qgroups, or the file system of a gear that has its own.',
    }),
    intervalSeconds: integer({
      default: 0,
      min: 0,
      max: 86_400,
      doc: 'Shortest time from one report to the next; 0 means every round.',
    }),
    timeoutMs: integer({
      default: 10_000,
      min: 1,
      max: 600_000,
      doc: 'Longest that a report may take, in milliseconds; after that this round has none.',
    }),
  },
  'How disk quota is measured.',
)
export type QuotaSettings = Infer<typeof quotaSchema>
