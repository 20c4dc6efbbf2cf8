import { type Infer, section } from '../config/schema.ts'
import type { Receiver, ReceiverCalls } from './receiver.ts'
import { tcp } from './tcp.ts'
import { udp } from './udp.ts'
import { unix } from './unix.ts'

/** Every way into the bridge. To add one: its file, its line here, its test. */
const receiverKinds = { unix, tcp, udp } as const

export const receiversSchema = section(
  { unix: unix.schema, tcp: tcp.schema, udp: udp.schema },
  'Ways in. Each is a section of its own.',
)
export type ReceiversSettings = Infer<typeof receiversSchema>

/** The receivers that are switched on, none of them open yet. */
export const createReceivers = (settings: ReceiversSettings, calls: ReceiverCalls): Receiver[] =>
  Object.values(receiverKinds).flatMap((receiver) => {
    const own = settings[receiver.kind as keyof ReceiversSettings]
    return own.enabled ? [receiver.create(own as never, calls)] : []
  })
