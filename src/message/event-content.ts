import { type Event, eventReasons } from '../event.ts'
import type { Content } from './content.ts'
import { isName } from './name.ts'

/** Keys of details that would be taken for words of the event itself. */
const OWN_KEYS: ReadonlySet<string> = new Set(['type', 'reason', 'message'])
const MAX_KEY_BYTES = 64

/** Whether a detail can be written; others are left out. */
export const isDetailKey = (key: string): boolean => isName(key, MAX_KEY_BYTES) && !OWN_KEYS.has(key)

/** `reason=script-failed exit=1 … message="…"` */
export const contentOfEvent = ({ reason, message, details }: Event): Content => [
  ['reason', reason],
  ...[...details].filter(([key]) => isDetailKey(key)),
  ['message', message],
]

/** What `contentOfEvent` wrote; undefined when the reason is none of ours. */
export const readEvent = (pairs: ReadonlyMap<string, string>): Omit<Event, 'timeMs' | 'labels'> | undefined => {
  const reason = eventReasons.find((known) => known === pairs.get('reason'))
  if (!reason) return undefined
  const details = new Map([...pairs].filter(([key]) => isDetailKey(key)))
  return { type: 'event', reason, message: pairs.get('message') ?? '', details }
}
