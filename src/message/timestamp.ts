import { COLON, MINUS, PLUS, POINT, UPPER_T, UPPER_Z, ZERO } from './ascii.ts'
import { remember } from './remember.ts'

/** The most that a `Date` can hold, ECMA-262 §21.4.1.1. */
export const MAX_TIME_MS = 8.64e15

/**
 * Reads an RFC 3339 time as RFC 5424 §6.2.3 narrows it: upper-case `T` and `Z`, no leap second.
 * More than six fraction digits are read too, since senders write them.
 * @returns Unix milliseconds, or undefined when `text` from `from` to `to` is anything else
 */
export const parseTimestamp = (text: string, from = 0, to = text.length): number | undefined => {
  const zoneAt = endOfFraction(text, from + 19)
  const secondMs = knownSecond(text.slice(from, from + 19)) ?? Number.NaN
  const timeMs = secondMs + parseFraction(text, from + 19, zoneAt) - parseOffset(text, zoneAt, to)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/** Messages of one second come together. */
const KEPT_SECONDS = 256
const knownSecond = remember(KEPT_SECONDS, (text): number | undefined => {
  const timeMs = parseDate(text, 0) + parseTimeOfDay(text, 11)
  return text.charCodeAt(10) === UPPER_T && !Number.isNaN(timeMs) ? timeMs : undefined
})

/** `yyyy-mm-dd` at `at` as Unix milliseconds, or NaN. */
const parseDate = (text: string, at: number): number => {
  const year = digitsAt(text, at, 4)
  const month = digitsAt(text, at + 5, 2)
  const day = digitsAt(text, at + 8, 2)
  const isDate = text.charCodeAt(at + 4) === MINUS && text.charCodeAt(at + 7) === MINUS && month >= 1 && month <= 12
  return isDate && day >= 1 && day <= daysIn(year, month) ? Date.UTC(year, month - 1, day) : Number.NaN
}

/** `hh:mm:ss` at `at` as milliseconds, or NaN. */
export const parseTimeOfDay = (text: string, at: number): number => {
  const hour = digitsAt(text, at, 2)
  const minute = digitsAt(text, at + 3, 2)
  const second = digitsAt(text, at + 6, 2)
  const isTime = text.charCodeAt(at + 2) === COLON && text.charCodeAt(at + 5) === COLON
  return isTime && hour <= 23 && minute <= 59 && second <= 59 ? ((hour * 60 + minute) * 60 + second) * 1000 : Number.NaN
}

/** The number that exactly these digits make, or NaN when one is none. */
export const digitsAt = (text: string, at: number, count: number): number => {
  let value = 0
  for (let index = at; index < at + count; index += 1) {
    const digit = text.charCodeAt(index) - ZERO
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** Behind `.` and its digits, or `at` itself where there is no fraction. */
const endOfFraction = (text: string, at: number): number => {
  if (text.charCodeAt(at) !== POINT) return at
  let end = at + 1
  while (digitsAt(text, end, 1) >= 0) end += 1
  return end === at + 1 ? at : end
}

/** Whole milliseconds; what is finer is cut off. */
const parseFraction = (text: string, at: number, end: number): number => {
  const digits = Math.min(3, end - at - 1)
  return digits > 0 ? digitsAt(text, at + 1, digits) * 10 ** (3 - digits) : 0
}

const parseOffset = (text: string, at: number, to: number): number => {
  const mark = text.charCodeAt(at)
  if (mark === UPPER_Z) return at + 1 === to ? 0 : Number.NaN
  const hours = digitsAt(text, at + 1, 2)
  const minutes = digitsAt(text, at + 4, 2)
  const isOffset = (mark === PLUS || mark === MINUS) && text.charCodeAt(at + 3) === COLON && at + 6 === to
  if (!isOffset || hours > 23 || minutes > 59) return Number.NaN
  return (mark === PLUS ? 1 : -1) * (hours * 60 + minutes) * 60_000
}

/** @param month 1 to 12 */
export const daysIn = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month < 8 ? 30 + (month % 2) : 31 - (month % 2)
}
