import { expect } from 'chai'
import { type Hierarchies, hierarchiesIn } from '../../../src/collectors/cgroup/hierarchies.ts'
import { parseMountInfo } from '../../../src/collectors/mountinfo.ts'

const hierarchies = (...lines: readonly string[]): Hierarchies => hierarchiesIn(parseMountInfo(lines.join('\n')))
const v1 = (point: string, options: string, root = '/'): string =>
  `33 31 0:30 ${root} ${point} rw - cgroup cgroup rw,${options}`
const v2 = (point: string, root = '/'): string => `41 31 0:38 ${root} ${point} rw - cgroup2 cgroup2 rw`

describe('hierarchiesIn', () => {
  it('finds a controller wherever it is mounted', () => {
    const found = hierarchies(v1('/sys/fs/cgroup/memory', 'memory'), v1('/cgroup/blkio', 'blkio'))
    expect(found.v1.get('memory')?.('/openshift/aa11')).to.equal('/sys/fs/cgroup/memory/openshift/aa11')
    expect(found.v1.get('blkio')?.('/openshift/aa11')).to.equal('/cgroup/blkio/openshift/aa11')
    expect(found.v1.get('pids')).to.equal(undefined)
    expect(found.v2).to.equal(undefined)
  })

  it('finds controllers that are mounted together', () => {
    const found = hierarchies(v1('/cgroup/all', 'cpuset,cpu,cpuacct,memory'))
    for (const controller of ['cpu', 'cpuacct', 'memory']) {
      expect(found.v1.get(controller)?.('/aa11')).to.equal('/cgroup/all/aa11')
    }
  })

  it('finds the unified hierarchy, alone or beside others', () => {
    expect(hierarchies(v2('/sys/fs/cgroup')).v2?.('/aa11')).to.equal('/sys/fs/cgroup/aa11')
    const hybrid = hierarchies(v1('/sys/fs/cgroup/cpu', 'cpu'), v2('/sys/fs/cgroup/unified'))
    expect(hybrid.v2?.('/aa11')).to.equal('/sys/fs/cgroup/unified/aa11')
    expect(hybrid.v1.get('cpu')?.('/aa11')).to.equal('/sys/fs/cgroup/cpu/aa11')
  })

  it('prefers the mount of a whole hierarchy to that of a part', () => {
    for (const lines of [
      [v2('/part', '/docker'), v2('/whole')],
      [v2('/whole'), v2('/part', '/docker')],
    ]) {
      expect(hierarchies(...lines).v2?.('/docker/aa11')).to.equal('/whole/docker/aa11')
    }
    expect(hierarchies(v1('/part', 'cpu', '/docker'), v1('/whole', 'cpu')).v1.get('cpu')?.('/x')).to.equal('/whole/x')
  })

  it('shows of a part what is in it', () => {
    const { v2: part } = hierarchies(v2('/part', '/docker'))
    expect(part?.('/docker/aa11')).to.equal('/part/aa11')
    expect(part?.('/docker')).to.equal('/part')
    expect(part?.('/dockerx/aa11')).to.equal(undefined)
  })

  it('never leaves the hierarchy', () => {
    expect(hierarchies(v2('/sys/fs/cgroup')).v2?.('/../../etc')).to.equal('/sys/fs/cgroup/etc')
    expect(hierarchies(v2('/part', '/docker')).v2?.('/docker/../etc')).to.equal(undefined)
  })
})
