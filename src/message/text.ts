import { isAscii, isUtf8 } from 'node:buffer'

export interface DecodedText {
  /** U+FFFD stands for what is not UTF-8. */
  readonly text: string
  readonly isWellFormed: boolean
}

/** Bytes as text. Most is ASCII, which is read several times as fast. */
export const decodeText = (bytes: Buffer): DecodedText =>
  isAscii(bytes)
    ? { text: bytes.toString('latin1'), isWellFormed: true }
    : { text: bytes.toString('utf8'), isWellFormed: isUtf8(bytes) }
