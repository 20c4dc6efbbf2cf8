import { isDeepStrictEqual } from 'node:util'
import type { Receiver, ReceiverCalls } from '../receivers/receiver.ts'
import { createReceivers, type ReceiversSettings } from '../receivers/registry.ts'

/** The receivers in use. */
export class Inlets {
  readonly #calls: ReceiverCalls
  #settings: ReceiversSettings | undefined
  #open: Receiver[] = []

  constructor(calls: ReceiverCalls) {
    this.#calls = calls
  }

  get addresses(): readonly string[] {
    return this.#open.map(({ address }) => address)
  }

  /** Opens what the settings ask for; what is the same as before stays open. @throws ReceiverError for the first that cannot be opened, after the others are */
  async change(settings: ReceiversSettings): Promise<void> {
    const before = this.#settings
    const isSame = ({ name }: Receiver): boolean =>
      before !== undefined &&
      isDeepStrictEqual(before[name as keyof ReceiversSettings], settings[name as keyof ReceiversSettings])
    const kept = this.#open.filter(isSame)
    await Promise.all(this.#open.filter((receiver) => !isSame(receiver)).map((receiver) => receiver.close()))
    this.#open = kept
    this.#settings = settings
    const faults: unknown[] = []
    for (const receiver of createReceivers(settings, this.#calls)) {
      if (!kept.some(({ name }) => name === receiver.name))
        await this.#add(receiver).catch((thrown) => faults.push(thrown))
    }
    if (faults.length > 0) throw faults[0]
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((receiver) => receiver.close()))
    this.#open = []
  }

  async #add(receiver: Receiver): Promise<void> {
    await receiver.open()
    this.#open.push(receiver)
  }
}
