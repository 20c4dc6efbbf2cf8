/** One `[id name="value" …]` of RFC 5424 structured data. */
export interface SdElement {
  readonly id: string
  /** Unescaped, in their order; of a repeated name the last value. */
  readonly params: ReadonlyMap<string, string>
}

/** One syslog message of either format; what was not sent, or sent as `-`, is undefined. */
export interface SyslogMessage {
  /** facility · 8 + severity */
  readonly priority: number
  /** Unix milliseconds. */
  readonly timeMs: number | undefined
  readonly hostname: string | undefined
  /** The TAG of RFC 3164. */
  readonly appName: string | undefined
  readonly procId: string | undefined
  readonly msgId: string | undefined
  readonly elements: readonly SdElement[]
  readonly text: string
}

/** user.notice, for what came without a priority (RFC 3164 §4.3.3) */
export const DEFAULT_PRIORITY = 13
