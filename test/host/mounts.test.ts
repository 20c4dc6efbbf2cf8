import { expect } from 'chai'
import { parseDeviceTypes, parseMounts, physicalMounts } from '../../src/host/mounts.ts'

const ext4 = (device: string, mountPoint: string) => ({ device, mountPoint, type: 'ext4' })
const TYPES = new Set(['ext4'])

describe('host/mounts', () => {
  it('reads blanks, line ends and backslashes in names', () => {
    expect(parseMounts('/dev/a\\040b /mnt/x\\011\\012\\134\\0431 ext4 rw 0 0\n')).to.deep.equal([
      { device: '/dev/a b', mountPoint: '/mnt/x\t\n\\#1', type: 'ext4' },
    ])
  })

  it('leaves names in other alphabets as they are', () => {
    expect(parseMounts('/dev/sda1 /mnt/Gerät ext4 rw 0 0\n')[0]?.mountPoint).to.equal('/mnt/Gerät')
  })

  it('leaves out a line that is none', () => expect(parseMounts('\nrootfs /\n')).to.deep.equal([]))

  it('knows types with a device, and ZFS', () => {
    expect(parseDeviceTypes('nodev\tproc\n\text4\n\tfuseblk\n')).to.deep.equal(new Set(['zfs', 'ext4', 'fuseblk']))
  })

  it('leaves out the network, memory and layers', () => {
    const mounts = ['nfs4', 'tmpfs', 'overlay'].map((type) => ({ device: type, mountPoint: `/${type}`, type }))
    expect(physicalMounts([...mounts, ext4('none', '/x')], TYPES)).to.deep.equal([])
  })

  it('takes the shortest path of each device, wherever it stands', () => {
    const mounts = [ext4('/dev/a', '/etc/hosts'), ext4('/dev/a', '/'), ext4('/dev/a', '/var'), ext4('/dev/b', '/home')]
    expect(physicalMounts(mounts, TYPES).map(({ mountPoint }) => mountPoint)).to.deep.equal(['/', '/home'])
  })

  it('leaves out what lies below a later mount', () => {
    const mounts = [ext4('/dev/a', '/mnt'), ext4('/dev/b', '/mnt'), ext4('/dev/c', '/tmp')]
    const hidden = { device: 'tmpfs', mountPoint: '/tmp', type: 'tmpfs' }
    expect(physicalMounts([...mounts, hidden], TYPES)).to.deep.equal([ext4('/dev/b', '/mnt')])
  })
})
