import type { Output } from '../config/program.ts'
import { encodeFrames } from '../message/frame.ts'
import { metadataKeys } from '../node/metadata.ts'
import type { Emit } from '../signal.ts'
import { type GatherdSettings, nodeNameOf } from './settings.ts'

const DAEMON_INFO = 30

/** Prints the text of each message instead of sending it: metrics to standard output, the rest to standard error. */
export const dryRunEmit = (settings: GatherdSettings, output: Output): Emit => {
  const { maxFrameBytes, maxPairBytes, format } = settings.relay
  const options = {
    format,
    hostname: nodeNameOf(settings),
    procId: String(process.pid),
    priority: DAEMON_INFO,
    metadataKeys: metadataKeys(settings.gears),
    maxFrameBytes,
    maxPairBytes,
  }
  return (signals) => {
    for (const { text } of encodeFrames(signals, options).frames) {
      if (text.startsWith('type=metric ')) output.out(text)
      else output.err(text)
    }
  }
}
