import { expect } from 'chai'
import fc from 'fast-check'
import { type Pair, parseCgroupFile } from '../../../src/collectors/cgroup/parse-file.ts'
import { isName } from '../../../src/message/name.ts'

const describePair = ({ name, value, labels = {} }: Pair): string => {
  const own = Object.entries(labels).map(([key, text]) => `${key}=${text}`)
  return `${name}${own.length > 0 ? `{${own.join(',')}}` : ''}=${value}`
}
const brief = (file: string, text: string): string => parseCgroupFile(file, text).map(describePair).join(' ')

const CASES: readonly (readonly [string, string, string, string])[] = [
  ['a number', 'cpu.shares', '128\n', 'cpu.shares=128'],
  ['a negative number', 'cpu.cfs_quota_us', '-1\n', 'cpu.cfs_quota_us=-1'],
  ['a number without a line end', 'memory.usage_in_bytes', '4096', 'memory.usage_in_bytes=4096'],
  [
    'keys and numbers',
    'cpu.stat',
    'nr_periods 10\nnr_throttled 2\nthrottled_time 99\n',
    'cpu.stat.nr_periods=10 cpu.stat.nr_throttled=2 cpu.stat.throttled_time=99',
  ],
  [
    'keys and numbers that the last line end is missing from',
    'memory.oom_control',
    'oom_kill_disable 1\nunder_oom 0',
    'memory.oom_control.oom_kill_disable=1 memory.oom_control.under_oom=0',
  ],
  ['one key', 'pids.events', 'max 3\n', 'pids.events.max=3'],
  ['a number for each CPU', 'cpuacct.usage_percpu', '5 7\n', 'cpuacct.usage_percpu.0=5 cpuacct.usage_percpu.1=7'],
  [
    'numbers of CPUs with a blank at the end',
    'cpuacct.usage_percpu',
    '1 2 3 4 \n',
    [0, 1, 2, 3].map((cpu) => `cpuacct.usage_percpu.${cpu}=${cpu + 1}`).join(' '),
  ],
  ['the only CPU', 'cpuacct.usage_percpu', '5 \n', 'cpuacct.usage_percpu.0=5'],
  ['the only CPU by mode', 'cpuacct.usage_percpu_sys', '5\n', 'cpuacct.usage_percpu_sys.0=5'],
  ['no word', 'freezer.state', 'THAWED\n', ''],
  ['no word for a limit', 'pids.max', 'max\n', ''],
  ['nothing in an empty file', 'cpuset.cpus', '', ''],
  ['nothing in an empty line', 'cpuset.cpus', '\n', ''],
  ['nothing in a blank', 'cpuset.cpus', ' \n', ''],
  ['nothing between empty lines, but what is there', 'cpu.stat', '\n\na 1\n\n\nb 2\n\n', 'cpu.stat.a=1 cpu.stat.b=2'],
  ['no ranges of CPUs', 'cpuset.cpus', '0-3,7\n', ''],
  ['no devices that are allowed', 'devices.list', 'a *:* rwm\nc 1:3 rwm\n', ''],
  ['no table', 'cpuacct.usage_all', 'cpu user system\n0 1 2\n1 3 4\n', ''],
  [
    'block I/O by device and operation, without the sums of devices',
    'blkio.throttle.io_serviced',
    '8:0 Read 1\n8:0 Write 2\n8:0 Total 3\nTotal 3\n',
    'blkio.throttle.io_serviced{device=8:0,operation=read}=1 blkio.throttle.io_serviced{device=8:0,operation=write}=2 blkio.throttle.io_serviced.Total=3',
  ],
  ['block I/O of nothing', 'blkio.throttle.io_serviced', 'Total 0\n', 'blkio.throttle.io_serviced.Total=0'],
  ['a number by device', 'blkio.time', '8:0 123\n8:16 5\n', 'blkio.time{device=8:0}=123 blkio.time{device=8:16}=5'],
  [
    'a weight',
    'blkio.bfq.weight_device',
    'default 100\n8:0 7\n',
    'blkio.bfq.weight_device.default=100 blkio.bfq.weight_device{device=8:0}=7',
  ],
  [
    'memory by node in v1',
    'memory.numa_stat',
    'total=30 N0=10 N1=20\nfile=1 N0=1 N1=0\n',
    'memory.numa_stat.total=30 memory.numa_stat.total.N0=10 memory.numa_stat.total.N1=20 memory.numa_stat.file=1 memory.numa_stat.file.N0=1 memory.numa_stat.file.N1=0',
  ],
  [
    'memory by node in v2',
    'memory.numa_stat',
    'anon N0=10 N1=20\n',
    'memory.numa_stat.anon.N0=10 memory.numa_stat.anon.N1=20',
  ],
  [
    'I/O of v2',
    'io.stat',
    '8:0 rbytes=1 wbytes=2 rios=3 wios=4\n8:16 \n',
    'io.stat.rbytes{device=8:0}=1 io.stat.wbytes{device=8:0}=2 io.stat.rios{device=8:0}=3 io.stat.wios{device=8:0}=4',
  ],
  [
    'pressure',
    'io.pressure',
    'some avg10=0.50 avg60=0.00 avg300=0.00 total=12\n',
    'io.pressure.some.avg10=0.5 io.pressure.some.avg60=0 io.pressure.some.avg300=0 io.pressure.some.total=12',
  ],
  ['a CPU limit', 'cpu.max', '50000 100000\n', 'cpu.max.quota=50000 cpu.max.period=100000'],
  ['a CPU without a limit', 'cpu.max', 'max 100000\n', 'cpu.max.period=100000'],
  ['no number that is none', 'x.y', 'a 0x10\nb 1e3\nc NaN\nd 1,5\ne 5%\nf +1\ng .5\nh 7\n', 'x.y.h=7'],
  ['no key that is no name', 'x.y', 'ä 1\na"b 2\nc=d 3\n9 4\nok 5\n', 'x.y.ok=5'],
  ['no line of three words', 'x.y', 'a 1 2\nb 3\n', 'x.y.b=3'],
]

describe('parseCgroupFile', () => {
  for (const [name, file, text, expected] of CASES) {
    it(`finds ${name}`, () => expect(brief(file, text)).to.equal(expected))
  }

  it('takes any text, and gives only what can be a metric', () => {
    const words = fc.constantFrom(
      '8:0',
      'Read',
      'a=1',
      'a',
      '1',
      '-1',
      '=',
      '==',
      'a=',
      '=1',
      '8:0=1',
      '\t',
      '\0',
      '',
      'N0=1',
    )
    const line = fc.array(words, { maxLength: 5 }).map((row) => row.join(' '))
    const text = fc.oneof(
      fc.string(),
      fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n')),
    )
    fc.assert(
      fc.property(
        fc.constantFrom('io.stat', 'cpu.max', 'cpuacct.usage_percpu', 'memory.stat'),
        text,
        (file, content) => {
          for (const { name, value } of parseCgroupFile(file, content)) {
            expect(isName(name), name).to.equal(true)
            expect(Number.isFinite(value)).to.equal(true)
          }
        },
      ),
    )
  })
})
