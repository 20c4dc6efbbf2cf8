import { type Figure, gauge } from '../figure.ts'
import { level } from '../level.ts'
import type { Trend } from '../trend.ts'
import type { Usage } from './usage.ts'

/** Usage under the names of the original, where a limit of 0 means none, and under names that are common elsewhere. */
export const quotaFigures = ({ bytes, files }: Usage, trend: Trend): readonly Figure[] => [
  gauge('quota.blocks.used', 'KiBy', Math.ceil(bytes.used / 1024)),
  gauge('quota.blocks.limit', 'KiBy', Math.floor((bytes.limit ?? 0) / 1024)),
  gauge('quota.files.used', '{file}', files?.used),
  gauge('quota.files.limit', '{file}', files && (files.limit ?? 0)),
  ...level('container.filesystem', 'By', { usage: bytes.used, limit: bytes.limit }),
  ...level('container.filesystem.inode', '{inode}', { usage: files?.used, limit: files?.limit }),
  gauge(
    'container.filesystem.time_to_full',
    's',
    bytes.limit === undefined ? undefined : trend.secondsUntil(bytes.limit - bytes.used),
  ),
]
