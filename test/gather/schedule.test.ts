import { expect } from 'chai'
import { dueRounds, startSchedule } from '../../src/gather/schedule.ts'
import { silentLogger } from '../../src/logger.ts'

describe('gather/schedule', () => {
  describe('dueRounds', () => {
    const cases: readonly (readonly [
      name: string,
      intervalMs: number,
      beats: readonly number[],
      due: readonly number[],
    ])[] = [
      ['once each interval, at its multiples', 90_000, [1000, 89_999, 90_000, 91_000, 180_500], [0, 0, 1, 0, 1]],
      ['every round that a blocked loop slept through is told once', 60_000, [1000, 200_000, 201_000], [0, 3, 0]],
      ['a clock set forward is told as a pause', 10_000, [1000, 3_600_000], [0, 360]],
      ['a clock set back begins one round of its new time', 10_000, [50_000, 12_000, 13_000, 20_000], [5, 1, 0, 1]],
    ]
    for (const [name, intervalMs, beats, due] of cases) {
      it(name, () => {
        const tell = dueRounds(intervalMs, 0)
        expect(beats.map(tell)).to.deep.equal(due)
      })
    }
  })

  it('beats by node-cron: a round is due in the second in which its interval begins', async function () {
    this.timeout(5000)
    // the injected clock jumps over one interval between two real beats
    let nowMs = 59_000
    const rounds = await new Promise<string[]>((resolve) => {
      const seen: string[] = []
      const schedule = startSchedule({
        settings: { enabled: true, intervalSeconds: 60, spreadPercent: 80, selfMetrics: true },
        now: () => nowMs,
        logger: silentLogger,
        onRound: () => {
          seen.push('round')
          schedule.stop()
          resolve(seen)
        },
        onMissed: (count) => seen.push(`missed ${count}`),
      })
      nowMs = 60_500
    })
    expect(rounds).to.deep.equal(['round'])
  })
})
