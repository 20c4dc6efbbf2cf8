import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import { parseCgroups, parseOpenFilesLimit, parseProcessStat, parseProcessStatus } from '../../src/host/process.ts'

const REST = '1 7 7 0 -1 4194304 100 0 0 0 150 50 7 8 20 0 3 0 900050 4096000 250 18446744073709551615 0 0'
const EXPECTED = {
  state: 'sleeping',
  threads: 3,
  virtualBytes: 4_096_000,
  userTicks: 150,
  systemTicks: 50,
  startTicks: 900_050,
}

describe('host/process', () => {
  describe('stat', () => {
    it('reads the figures of a process', () => {
      expect(parseProcessStat(`7 (sh) S ${REST}\n`)).to.deep.equal(EXPECTED)
    })

    it('is not led astray by any name', () => {
      const anyName = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(') R 1 2', '((', '))', '\n', ''))
      fc.assert(
        fc.property(anyName, (name) => {
          expect(parseProcessStat(`7 (${name}) S ${REST}\n`)).to.deep.equal(EXPECTED)
        }),
      )
    })

    const states = {
      running: ['R'],
      sleeping: ['S', 'I', 'P', 'K', 'W', '?'],
      disk: ['D'],
      stopped: ['T', 't'],
      zombie: ['Z', 'X', 'x'],
    }
    for (const [state, letters] of Object.entries(states)) {
      it(`calls ${letters.join(' ')} ${state}`, () => {
        for (const letter of letters) expect(parseProcessStat(`7 (sh) ${letter} ${REST}`)?.state).to.equal(state)
      })
    }

    it('reads nothing out of anything else', () => {
      for (const text of ['', '7 (sh) S', `7 (sh) S ${REST.replace('900050', 'x')}`, '7 (sh', ')']) {
        expect(parseProcessStat(text), text).to.equal(undefined)
      }
      fc.assert(
        fc.property(fc.string(), (text) => {
          expect(parseProcessStat(text)).to.equal(undefined)
        }),
      )
    })

    it('reads our own', () => {
      const stat = parseProcessStat(readFileSync('/proc/self/stat', 'utf8'))
      expect(stat?.state).to.equal('running')
      expect(stat?.threads).to.be.above(1)
    })
  })

  describe('status', () => {
    it('takes the real uid, not the effective one', () => {
      const text = 'Name:\tsudo\nUmask:\t0022\nUid:\t2001\t0\t0\t0\nFDSize:\t64\nVmRSS:\t     500 kB\n'
      expect(parseProcessStatus(text)).to.deep.equal({ uid: 2001, rssBytes: 512_000, descriptorSlots: 64 })
    })

    it('has no memory where the kernel tells none', () => {
      expect(parseProcessStatus('Name:\tkthreadd\nUid:\t0\t0\t0\t0\nFDSize:\t64\n')?.rssBytes).to.equal(0)
    })

    it('believes no heading inside the name, as the kernel escapes line ends there', () => {
      expect(parseProcessStatus('Name:\tx\\nUid:\t7\nUid:\t2001\t2001\t2001\t2001\n')?.uid).to.equal(2001)
    })

    it('knows nothing of a process without a uid', () => {
      for (const text of ['', 'Name:\tx\n', 'Name:\tx\nUid:\t\n']) expect(parseProcessStatus(text)).to.equal(undefined)
    })
  })

  describe('limits', () => {
    const limits = (soft: string): string =>
      `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft.padEnd(20)} 4096                 files     \n`
    const cases = { 1024: 1024, 1073741816: 1_073_741_816, unlimited: undefined }
    for (const [soft, expected] of Object.entries(cases)) {
      it(`reads a soft limit of ${soft}`, () => expect(parseOpenFilesLimit(limits(soft))).to.equal(expected))
    }
    it('knows none where none is told', () => expect(parseOpenFilesLimit('')).to.equal(undefined))
  })

  describe('cgroups', () => {
    it('reads all hierarchies of a hybrid host', () => {
      const text = '9:name=systemd:/system.slice/a.service\n3:cpu,cpuacct:/openshift/aa11\n0::/x:y\n'
      expect(parseCgroups(text)).to.deep.equal(['/system.slice/a.service', '/openshift/aa11', '/x:y'])
    })

    it('leaves out what is no path', () => expect(parseCgroups('\n0::\nx\n0::relative\n')).to.deep.equal([]))
  })
})
