import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { below, type Mount, mountOf, parseMountInfo, readMounts } from '../../src/collectors/mountinfo.ts'
import { useTempDir } from '../support/temp.ts'

const mountAt = (point: string, device = '8:1'): Mount => ({
  device,
  root: '/',
  point,
  type: 'ext4',
  source: '/dev/sda1',
  options: ['rw'],
})

describe('parseMountInfo', () => {
  const lines: readonly (readonly [string, string, readonly Mount[]])[] = [
    ['a line', '27 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw', [mountAt('/')]],
    ['one optional field', '27 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw', [mountAt('/')]],
    ['several optional fields', '27 1 8:1 / / rw shared:1 master:7 unbindable - ext4 /dev/sda1 rw', [mountAt('/')]],
    [
      'the controllers of a hierarchy',
      '33 31 0:30 / /cg rw - cgroup cgroup rw,cpu,cpuacct',
      [
        {
          device: '0:30',
          root: '/',
          point: '/cg',
          type: 'cgroup',
          source: 'cgroup',
          options: ['rw', 'cpu', 'cpuacct'],
        },
      ],
    ],
    [
      'blanks and backslashes',
      '1 2 0:3 /a\\040b /c\\134\\011d rw - nfs host:/e\\040f rw',
      [{ device: '0:3', root: '/a b', point: '/c\\\td', type: 'nfs', source: 'host:/e f', options: ['rw'] }],
    ],
    ['an empty source', '1 2 0:3 / / rw - tmpfs  rw', [{ ...mountAt('/', '0:3'), type: 'tmpfs', source: '' }]],
    ['an empty line', '', []],
    ['half a line', '27 1 8:1 / /', []],
    ['no options', '27 1 8:1 / / rw - ext4 /dev/sda1', []],
  ]
  for (const [name, line, expected] of lines) {
    it(`reads ${name}`, () => expect(parseMountInfo(`${line}\n`)).to.deep.equal(expected))
  }

  it('reads the mounts of this very system', () => {
    expect(readMounts('/proc').map(({ point }) => point)).to.include('/')
  })

  it('throws where there is no such file', () => expect(() => readMounts('/nonexistent')).to.throw('ENOENT'))
})

describe('readMounts', () => {
  const temp = useTempDir()
  it('reads self/mountinfo below the root that it is given', () => {
    mkdirSync(join(temp(), 'self'))
    writeFileSync(join(temp(), 'self/mountinfo'), '27 1 8:1 / / rw - ext4 /dev/sda1 rw\nbroken\n')
    expect(readMounts(temp())).to.deep.equal([mountAt('/')])
  })
})

describe('mountOf', () => {
  const mounts = [mountAt('/', '1:0'), mountAt('/srv', '2:0'), mountAt('/srv/a', '3:0'), mountAt('/srv', '4:0')]
  const paths: readonly (readonly [string, string])[] = [
    ['/', '1:0'],
    ['/home', '1:0'],
    ['/srvx', '1:0'],
    ['/srv', '4:0'],
    ['/srv/ab', '4:0'],
    ['/srv/a', '3:0'],
    ['/srv/a/b', '3:0'],
  ]
  for (const [path, device] of paths) {
    it(`finds ${path} on ${device}`, () => expect(mountOf(mounts, path)?.device).to.equal(device))
  }
  it('finds nothing without mounts', () => expect(mountOf([], '/srv')).to.equal(undefined))
})

describe('below', () => {
  it('tells the rest of a path, or that it lies elsewhere', () => {
    expect(below('/', '/a')).to.equal('/a')
    expect(below('/', '/')).to.equal('')
    expect(below('/a', '/a')).to.equal('')
    expect(below('/a', '/a/b/c')).to.equal('/b/c')
    expect(below('/a', '/ab')).to.equal(undefined)
  })
})
