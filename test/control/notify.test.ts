import { mock } from 'node:test'
import { expect } from 'chai'
import { createNotifier } from '../../src/control/notify.ts'

const record = (environment: NodeJS.ProcessEnv) => {
  const told: string[] = []
  return { told, notifier: createNotifier(environment, (...assignments) => told.push(...assignments)) }
}

describe('service manager', () => {
  it('is told how we are', () => {
    const { told, notifier } = record({ NOTIFY_SOCKET: '/run/x' })
    notifier.ready()
    notifier.reloading()
    notifier.stopping()
    expect(told).to.deep.equal(['READY=1', 'RELOADING=1', 'STOPPING=1'])
  })

  it('is told nothing where there is none', () => {
    const { told, notifier } = record({})
    notifier.ready()
    notifier.stopping()
    expect(told).to.deep.equal([])
  })

  describe('with a watchdog', () => {
    const watched = { NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '4000000' }
    beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
    afterEach(() => mock.timers.reset())

    it('hears from us twice in the time allowed, until that is ended', () => {
      const { told, notifier } = record(watched)
      const end = notifier.startWatchdog()
      mock.timers.tick(1999)
      expect(told).to.deep.equal([])
      mock.timers.tick(1)
      mock.timers.tick(2000)
      expect(told).to.deep.equal(['WATCHDOG=1', 'WATCHDOG=1'])
      end()
      mock.timers.tick(10_000)
      expect(told).to.have.lengthOf(2)
    })

    const unwatched: readonly [what: string, environment: NodeJS.ProcessEnv][] = [
      ['no time is set', { NOTIFY_SOCKET: '/run/x' }],
      ['another process is watched', { ...watched, WATCHDOG_PID: '1' }],
      ['the time is no number', { ...watched, WATCHDOG_USEC: 'soon' }],
      ['there is no manager', { WATCHDOG_USEC: '4000000' }],
    ]
    for (const [what, environment] of unwatched) {
      it(`is left alone when ${what}`, () => {
        const { told, notifier } = record(environment)
        notifier.startWatchdog()
        mock.timers.tick(10_000)
        expect(told).to.deep.equal([])
      })
    }
  })
})
