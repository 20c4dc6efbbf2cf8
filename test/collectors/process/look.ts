import type { ProcessLook } from '../../../src/collectors/process/tally.ts'

/** A process for tests that need one but do not care which. */
export const makeLook = (pid: string, changes: Partial<ProcessLook> = {}): ProcessLook => ({
  pid,
  state: 'sleeping',
  threads: 1,
  rssBytes: 1000,
  virtualBytes: 2000,
  userTicks: 0,
  systemTicks: 0,
  startTicks: 100,
  openFiles: 3,
  openFilesLimit: 1024,
  ...changes,
})
