import { expect } from 'chai'
import { Exposition } from '../../../src/api/prometheus/exposition.ts'
import { createSelfMetrics } from '../../../src/api/prometheus/self.ts'
import { FRAMES, SIGNALS } from '../../../src/bridge/intake.ts'
import { stageOf } from '../../../src/bridge/pump.ts'
import { Ledger } from '../../../src/ledger.ts'

describe('figures about the bridge', () => {
  it('tell what came in, what was dropped and why, and how each backend does', () => {
    const ledger = new Ledger()
    ledger.received(FRAMES, '', 10)
    ledger.drop(FRAMES, '', 'double', 2)
    ledger.received(SIGNALS, 'g1', 30)
    ledger.drop(SIGNALS, 'g1', 'reserved-key', 3)
    ledger.passed(stageOf('graphs'), 'g1', 5)
    ledger.drop(stageOf('graphs'), 'g1', 'queue-full', 4)
    const backends = () => [{ name: 'graphs', target: 'udp:x:1', isUp: false, waiting: 6, failedWrites: 7 }]
    const page = new Exposition()
    createSelfMetrics({ version: '1.2.3', ledger, backends, missedByStreams: () => 8 })(page)
    const samples = page
      .render()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(samples).to.have.members([
      `oo_bridge_build_info{node="${process.versions.node}",version="1.2.3"} 1`,
      'oo_bridge_frames_received_total 10',
      'oo_bridge_frames_dropped_total{reason="double"} 2',
      'oo_bridge_signals_received_total 30',
      'oo_bridge_signals_dropped_total{reason="reserved-key"} 3',
      'oo_bridge_stream_missed_total 8',
      'oo_bridge_backend_up{backend="graphs"} 0',
      'oo_bridge_backend_queue_length{backend="graphs"} 6',
      'oo_bridge_backend_written_total{backend="graphs"} 5',
      'oo_bridge_backend_failed_writes_total{backend="graphs"} 7',
      'oo_bridge_backend_dropped_total{backend="graphs",reason="queue-full"} 4',
    ])
    expect(page.render())
      .to.include('# TYPE oo_bridge_frames_received_total counter')
      .and.to.include('# TYPE oo_bridge_backend_up gauge')
  })
})
