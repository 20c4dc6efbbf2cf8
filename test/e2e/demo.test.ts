import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect } from 'chai'

/** Processes whose command line mentions a text. */
const mentioning = (text: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
    } catch {
      return false // it has ended meanwhile
    }
  })

describe('oo-metrics demo', () => {
  it('shows metrics of every sample gear through both daemons, and leaves nothing behind', async function () {
    this.timeout(60_000)
    const demo = spawn(process.execPath, ['src/cli/oo-metrics.ts', 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(demo, 'exit')
    const gears = new Set<string>()
    let directory = ''
    let url = ''
    for await (const line of createInterface(demo.stdout)) {
      directory ||= /^gears in (\S+)\/gears$/.exec(line)?.[1] ?? ''
      url ||= /^HTTP API: (\S+)\/v0\/containers/.exec(line)?.[1] ?? ''
      const [, gear] = /^\S+Z (\S+) \S+=.* cart=/.exec(line) ?? []
      if (gear !== undefined) gears.add(gear)
      if (gears.size === 4) break
    }
    const page = await (await fetch(`${url}/metrics`)).text()
    demo.kill('SIGINT')
    expect(await ended).to.deep.equal([0, null])

    expect([...gears]).to.have.members(['shop01', 'blog01', 'wiki01', 'cron01'])
    expect(page).to.match(/^# HELP http_requests_total Requests that were answered\.$/m)
    expect(page).to.match(/^http_requests_total\{.*gear="shop01".*\} \d+$/m)
    expect(directory).to.match(/oo-metrics-demo-/)
    expect(existsSync(directory)).to.equal(false)
    expect(mentioning(directory)).to.deep.equal([])
  })
})
