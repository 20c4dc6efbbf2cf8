import { daysIn, parseTimeOfDay } from './timestamp.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** A time, and where it ends in the text. */
export interface Stamp {
  readonly timeMs: number
  readonly end: number
}

const BSD_STAMP =
  /^(?<month>[A-Z][a-z]{2}) {1,2}(?<day>\d{1,2}) (?<time>\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?: (?<year>(?:19|20)\d\d)(?= ))?(?=[ :]|$):?/

/** Reads an RFC 3164 time at `at`, or gives undefined; the year and the zone are not sent. */
export const readBsdStamp = (text: string, at: number, nowMs: number): Stamp | undefined => {
  const found = BSD_STAMP.exec(text.slice(at, at + 40))
  if (!found?.groups) return undefined
  const { month = '', day = '', time = '', year } = found.groups
  const monthIndex = MONTHS.indexOf(month as (typeof MONTHS)[number])
  const timeOfDayMs = parseTimeOfDay(time, 0)
  if (monthIndex < 0 || Number.isNaN(timeOfDayMs)) return undefined
  const date = { monthIndex, day: Number(day), timeOfDayMs }
  const timeMs = year ? localTime(Number(year), date) : nearestTime(date, nowMs)
  return timeMs === undefined ? undefined : { timeMs, end: at + found[0].length }
}

interface YearlessDate {
  readonly monthIndex: number
  readonly day: number
  readonly timeOfDayMs: number
}

/** Of this year and its neighbours the one nearest to now: December seen in January is last year's. */
const nearestTime = (date: YearlessDate, nowMs: number): number | undefined => {
  const thisYear = new Date(nowMs).getFullYear()
  return [thisYear, thisYear - 1, thisYear + 1]
    .map((year) => localTime(year, date))
    .filter((timeMs) => timeMs !== undefined)
    .sort((a, b) => Math.abs(a - nowMs) - Math.abs(b - nowMs))[0]
}

const localTime = (year: number, { monthIndex, day, timeOfDayMs }: YearlessDate): number | undefined =>
  day >= 1 && day <= daysIn(year, monthIndex + 1)
    ? new Date(year, monthIndex, day, 0, 0, 0, timeOfDayMs).getTime()
    : undefined

/** `Nov  1 05:30:00`, in the zone of this process. */
export const formatBsdStamp = (timeMs: number): string => {
  const time = new Date(timeMs)
  const two = (number: number): string => String(number).padStart(2, '0')
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
  return `${MONTHS[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${clock}`
}
