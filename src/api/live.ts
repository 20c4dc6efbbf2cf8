import type { Signal } from '../signal.ts'
import { eventToJson, metricToJson } from './signal-json.ts'

export interface Subscriber {
  /** Undefined: everything. */
  readonly gear: string | undefined
  /** Takes one message; false when there is no room for it, so that it is missed. */
  readonly send: (message: string) => boolean
}

/** Hands on what arrives to whoever listens, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class Live {
  readonly #subscribers = new Set<Subscriber>()
  #missed = 0

  get count(): number {
    return this.#subscribers.size
  }

  /** Messages that had no room. */
  get missed(): number {
    return this.#missed
  }

  /** @returns what ends the subscription */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber)
    return () => this.#subscribers.delete(subscriber)
  }

  /** Signals of one frame, which are of one gear. Nothing is encoded while nobody listens. */
  publish(signals: readonly Signal[]): void {
    if (this.#subscribers.size === 0) return
    const gear = signals[0]?.labels.get('gear')
    let message: string | undefined
    for (const subscriber of this.#subscribers) {
      if (subscriber.gear !== undefined && subscriber.gear !== gear) continue
      message ??= encodeSignals(signals)
      if (message !== '' && !subscriber.send(message)) this.#missed += 1
    }
  }
}

const encodeSignals = (signals: readonly Signal[]): string => {
  const metrics = signals.flatMap((signal) => (signal.type === 'metric' ? [metricToJson(signal)] : []))
  const events = signals.flatMap((signal) => (signal.type === 'event' ? [eventToJson(signal)] : []))
  return encodeMessage('metrics', metrics) + encodeMessage('events', events)
}

const encodeMessage = (name: string, items: readonly unknown[]): string =>
  items.length === 0 ? '' : `event: ${name}\ndata: ${JSON.stringify(items)}\n\n`
