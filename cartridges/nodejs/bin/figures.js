import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { PerformanceObserver, performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

const WRITE_MS = 2000
const SAMPLE_MS = 100

/**
 * Measures this process and an HTTP server in it, and keeps the figures in a file that `bin/control metrics` prints.
 * Costs one small file every two seconds and ten timers a second, whoever asks and however often.
 * @param {{ server: import('node:http').Server, file: string }} options
 * @returns {() => void} stops measuring and removes the file
 */
export const keepFigures = ({ server, file }) => {
  const requests = watchRequests(server)
  const delay = watchEventLoop()
  const collections = watchCollections()
  const write = () => {
    const text = [...requests.lines(), delay.line(), memoryLine(), collections.line()].join('\n')
    replaceFile(file, `${Math.floor(Date.now() / 1000)} written\n${text}\n`)
  }
  write()
  const timer = setInterval(write, WRITE_MS).unref()
  return () => {
    clearInterval(timer)
    delay.stop()
    collections.stop()
    rmSync(file, { force: true })
  }
}

// a reader sees the old figures or the new ones, never half of them
const replaceFile = (file, text) => {
  try {
    writeFileSync(`${file}.new`, text, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    // a full disk must not end the server; bin/control tells that the figures are old
    console.error(`figures: ${error.message}`)
  }
}

const watchRequests = (server) => {
  const answered = new Map()
  let total = 0
  let active = 0
  let recent = { count: 0, ms: 0 }
  server.on('request', (_request, response) => {
    const startMs = performance.now()
    active += 1
    // 'close' comes once, also when the client goes away before its answer
    response.once('close', () => {
      active -= 1
      total += 1
      recent.count += 1
      recent.ms += performance.now() - startMs
      const status = `${Math.floor(response.statusCode / 100)}xx`
      answered.set(status, (answered.get(status) ?? 0) + 1)
    })
  })
  return {
    lines() {
      const mean = recent.count > 0 ? recent.ms / recent.count : 0
      recent = { count: 0, ms: 0 }
      const head = `uptime=${Math.floor(process.uptime())} http.requests=${total} http.active=${active}`
      const classes = [...answered].map(([status, count]) => `label.status=${status} http.responses=${count}`)
      return [`${head} http.duration.mean=${mean.toFixed(3)}`, ...classes]
    },
  }
}

const watchEventLoop = () => {
  let recent = { count: 0, ms: 0, max: 0 }
  let due = performance.now() + SAMPLE_MS
  const timer = setInterval(() => {
    const now = performance.now()
    const late = Math.max(0, now - due)
    due = now + SAMPLE_MS
    recent = { count: recent.count + 1, ms: recent.ms + late, max: Math.max(recent.max, late) }
  }, SAMPLE_MS).unref()
  return {
    line() {
      const { count, ms, max } = recent
      recent = { count: 0, ms: 0, max: 0 }
      const mean = count > 0 ? ms / count : 0
      return `event_loop.delay.mean=${mean.toFixed(3)} event_loop.delay.max=${max.toFixed(3)}`
    },
    stop: () => clearInterval(timer),
  }
}

const memoryLine = () => {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
  return `heap.used=${used} heap.limit=${limit} memory.rss=${process.memoryUsage.rss()}`
}

const watchCollections = () => {
  let count = 0
  let ms = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      count += 1
      ms += duration
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return { line: () => `gc.count=${count} gc.time=${ms.toFixed(3)}`, stop: () => observer.disconnect() }
}
