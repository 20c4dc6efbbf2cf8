import { isDeepStrictEqual } from 'node:util'
import type { Backend } from '../backends/backend.ts'
import type { Latest } from '../backends/latest/latest.ts'
import { type BackendSettings, createBackend } from '../backends/registry.ts'
import type { Outlet } from '../bridge/fan-out.ts'
import { type BackendState, Pump, type PumpParts } from '../bridge/pump.ts'
import { compileOnly } from '../bridge/route.ts'
import type { BridgeSettings } from '../bridge/settings.ts'

export interface OutletSettings {
  readonly backends: Readonly<Record<string, BackendSettings>>
  readonly bridge: BridgeSettings
}

export type OutletParts = Pick<PumpParts, 'ledger' | 'clock' | 'onChange'> & { readonly latest: Latest }

interface Open {
  readonly settings: BackendSettings
  readonly bridge: BridgeSettings
  readonly outlet: Outlet
}

/** The backends in use: those of the settings, and `latest`, which always is. */
export class Outlets {
  readonly #parts: OutletParts
  readonly #latest: Outlet
  readonly #open = new Map<string, Open>()
  #all: readonly Outlet[] = []

  constructor(settings: OutletSettings, parts: OutletParts) {
    this.#parts = parts
    this.#latest = { pump: this.#pump(parts.latest, { ...settings.bridge, batchDelayMs: 0 }), fits: () => true }
    this.#openNew(settings)
  }

  get all(): readonly Outlet[] {
    return this.#all
  }

  get states(): readonly BackendState[] {
    return this.#all.map(({ pump }) => pump.state)
  }

  /** Replaces the backends whose settings are not the same any more; the others do not notice. */
  async change(settings: OutletSettings): Promise<void> {
    const old = [...this.#open].filter(([name, { settings: own, bridge }]) => {
      return !isDeepStrictEqual([own, bridge], [settings.backends[name], settings.bridge])
    })
    for (const [name] of old) this.#open.delete(name)
    this.#openNew(settings)
    await end(
      old.map(([, { outlet }]) => outlet),
      settings.bridge.drainMs,
    )
  }

  /** Hands over what waits, as far as that goes in time. */
  async close(drainMs: number): Promise<void> {
    await end(this.#all, drainMs)
  }

  #openNew({ backends, bridge }: OutletSettings): void {
    for (const [name, settings] of Object.entries(backends)) {
      if (this.#open.has(name)) continue
      const backend = createBackend(name, settings, { clock: this.#parts.clock })
      this.#open.set(name, {
        settings,
        bridge,
        outlet: { pump: this.#pump(backend, bridge), fits: compileOnly(settings.only) },
      })
    }
    this.#all = [this.#latest, ...[...this.#open.values()].map(({ outlet }) => outlet)]
  }

  #pump(backend: Backend, settings: BridgeSettings): Pump {
    const { ledger, clock, onChange } = this.#parts
    return new Pump({ backend, settings, ledger, clock, onChange })
  }
}

const end = async (outlets: readonly Outlet[], drainMs: number): Promise<void> => {
  await Promise.all(
    outlets.map(async ({ pump }) => {
      await pump.drain(drainMs)
      await pump.close()
    }),
  )
}
