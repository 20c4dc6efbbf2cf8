import { expect } from 'chai'
import { createSlots } from '../../src/scripts/slots.ts'
import { settle } from '../support/clock.ts'

const never = new AbortController().signal

/** Tasks that note when they begin and end when they are told to. */
const makeTasks = () => {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const task = (name: string) => (): Promise<string> => {
    begun.push(name)
    return new Promise((resolve) => ends.set(name, () => resolve(name)))
  }
  return { begun, task, end: (name: string) => ends.get(name)?.() }
}

describe('scripts/slots', () => {
  it('begins no more tasks than there are slots, and the waiting ones in order', async () => {
    const slots = createSlots(2)
    const { begun, task, end } = makeTasks()
    const done = ['a', 'b', 'c', 'd'].map((name) => slots.run(task(name), never))
    await settle()
    expect(begun).to.deep.equal(['a', 'b'])
    end('b')
    await settle()
    expect(begun).to.deep.equal(['a', 'b', 'c'])
    end('a')
    await settle()
    end('c')
    end('d')
    expect(await Promise.all(done)).to.deep.equal(['a', 'b', 'c', 'd'])
  })

  it('lets nobody who comes later overtake who waits', async () => {
    const slots = createSlots(1)
    const { begun, task, end } = makeTasks()
    const first = slots.run(task('first'), never)
    const waiting = slots.run(task('waiting'), never)
    await settle()
    end('first')
    await first
    const late = slots.run(task('late'), never)
    await settle()
    expect(begun).to.deep.equal(['first', 'waiting'])
    end('waiting')
    await settle()
    end('late')
    expect(await Promise.all([waiting, late])).to.deep.equal(['waiting', 'late'])
  })

  it('gives the slot of a task that fails to the next one', async () => {
    const slots = createSlots(1)
    const failing = slots.run(() => Promise.reject(new Error('broken')), never)
    const next = slots.run(async () => 'ran', never)
    expect(await failing.catch((error: Error) => error.message)).to.equal('broken')
    expect(await next).to.equal('ran')
  })

  it('lets a waiting task go when it is aborted, without losing the slot', async () => {
    const slots = createSlots(1)
    const { begun, task, end } = makeTasks()
    const abort = new AbortController()
    const first = slots.run(task('first'), never)
    const aborted = slots.run(task('aborted'), abort.signal)
    const last = slots.run(async () => 'last', never)
    abort.abort()
    expect(await aborted).to.equal(undefined)
    end('first')
    expect(await Promise.all([first, last])).to.deep.equal(['first', 'last'])
    expect(begun).to.deep.equal(['first'])
  })

  it('begins nothing for what was aborted before', async () => {
    expect(await createSlots(1).run(async () => 'ran', AbortSignal.abort())).to.equal(undefined)
  })
})
