import { expect } from 'chai'
import type { Backend } from '../../src/backends/backend.ts'
import { makeMetric } from './make-metric.ts'

/** What a backend under test must offer. */
export interface BackendUnderTest {
  readonly backend: Backend
  /** Everything that has arrived at the target so far, at least `count` metrics, as text that holds their names. */
  arrived(count: number): Promise<string>
  close(): Promise<void>
}

const never = new AbortController().signal
const hostile = [
  makeMetric({ name: '__proto__', labels: { __proto__: 'x', constructor: 'y', gear: 'g"\\\n|#:,@ {}' } }),
  makeMetric({ name: 'constructor', labels: {} }),
  makeMetric({ name: 'huge', value: Number.MAX_VALUE, timeMs: Number.MAX_SAFE_INTEGER }),
  makeMetric({ name: 'tiny', value: -Number.MIN_VALUE, timeMs: -Number.MAX_SAFE_INTEGER }),
  makeMetric({ name: 'timer', kind: 'timer', unit: 's', value: 0.25 }),
  makeMetric({ name: 'counter', kind: 'counter', value: 3, startMs: 1 }),
]

/** What every backend promises (`src/backends/backend.ts`); each runs this in its own test. */
export const behavesLikeABackend = (make: () => Promise<BackendUnderTest>): void => {
  describe('behaves like a backend', () => {
    let tested: BackendUnderTest
    beforeEach(async () => {
      tested = await make()
    })
    afterEach(() => tested.close())

    it('tells its name and target', () => {
      expect(tested.backend.name).to.match(/./)
      expect(tested.backend.target).to.match(/./)
      expect(tested.backend.counters).to.be.oneOf(['totals', 'increases'])
    })

    it('writes an empty batch', async () => {
      expect(await tested.backend.write([], never)).to.deep.equal({ status: 'written' })
    })

    it('writes every metric of one batch after the other', async () => {
      const names = Array.from({ length: 300 }, (_, index) => `metric.number.${index}.`)
      for (const part of [names.slice(0, 1), names.slice(1, 200), names.slice(200)]) {
        const result = await tested.backend.write(
          part.map((name) => makeMetric({ name })),
          never,
        )
        expect(result).to.deep.equal({ status: 'written' })
      }
      const text = await tested.arrived(names.length)
      for (const name of names) expect(text).to.include(name)
    })

    it('takes whatever names, labels, numbers and times there are, or refuses them one by one', async () => {
      const result = await tested.backend.write(hostile, never)
      expect(result.status).to.be.oneOf(['written', 'refused'])
      const refused = result.status === 'refused' ? result.refused : []
      for (const { metric, reason } of refused) {
        expect(hostile).to.include(metric)
        expect(reason).to.match(/^[a-z]+(-[a-z]+)*$/)
      }
      const text = await tested.arrived(hostile.length - refused.length)
      for (const metric of hostile) {
        if (!refused.some((refusal) => refusal.metric === metric)) expect(text).to.include(metric.name)
      }
    })

    it('leaves the batch as it was', async () => {
      const batch = [makeMetric()]
      const before = structuredClone(batch)
      await tested.backend.write(batch, never)
      expect(batch).to.deep.equal(before)
    })

    it('closes without a write before', async () => {
      await tested.backend.close()
    })
  })
}
