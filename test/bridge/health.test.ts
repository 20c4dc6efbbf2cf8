import { expect } from 'chai'
import { changeOf, healthy, nextHealth } from '../../src/bridge/health.ts'
import { failed, written } from './fake-backend.ts'

const broken = { status: 'broken', error: new Error('bug') } as const
const down = nextHealth(healthy, failed())

describe('health of a backend', () => {
  it('is down after a failed write and up after one that was answered', () => {
    expect(down).to.deep.equal({ isUp: false, failedWrites: 1, lastError: 'no route' })
    expect(nextHealth(down, written)).to.deep.equal({ isUp: true, failedWrites: 1 })
    expect(nextHealth(down, { status: 'refused', refused: [] })).to.deep.equal({ isUp: true, failedWrites: 1 })
  })

  it('stays what it was when the backend throws', () => {
    expect(nextHealth(healthy, broken).isUp).to.equal(true)
    expect(nextHealth(down, broken).isUp).to.equal(false)
  })

  it('tells a change only when there is one', () => {
    expect(changeOf(healthy, down, failed())).to.equal('down')
    expect(changeOf(down, nextHealth(down, failed()), failed())).to.equal(undefined)
    expect(changeOf(down, healthy, written)).to.equal('up')
    expect(changeOf(healthy, healthy, written)).to.equal(undefined)
    expect(changeOf(down, down, broken)).to.equal('broken')
  })
})
