import { createTask, validateDetailed } from 'node-cron'

/** node-cron takes other steps as valid, but they mean something uneven (every 25 s) or something else (every 90 s = each minute). */
const EVEN_STEPS = 'steps of seconds and minutes that divide 60'
const SAMPLE_RUNS = 24

/**
 * What would be expected of a cron expression that cannot be used; undefined for a good one.
 * @param shortestMs least time from one run to the next
 */
export const cronFault = (expression: string, shortestMs: number): string | undefined => {
  const { valid, errors } = validateDetailed(expression)
  if (!valid) return errors.map(({ message }) => message).join('; ') || 'a cron expression of five or six fields'
  const fields = expression.trim().split(/\s+/)
  const minutesAndSeconds = fields.slice(0, fields.length - 4)
  const steps = minutesAndSeconds.flatMap((field) => [...field.matchAll(/\/(\d+)/g)].map(([, step]) => Number(step)))
  if (steps.some((step) => step === 0 || 60 % step !== 0)) return EVEN_STEPS
  const task = createTask(expression, () => {})
  const runs = task.getNextRuns(SAMPLE_RUNS).map(Number)
  void task.destroy()
  const tooClose = runs.some((run, at) => at > 0 && run - runs[at - 1]! < shortestMs)
  return tooClose ? `rounds at least ${shortestMs / 1000} s apart` : undefined
}
