import { expect } from 'chai'
import fc from 'fast-check'
import { parseSyslog } from '../../src/message/syslog.ts'
import type { SyslogMessage } from '../../src/message/syslog-message.ts'
import { bytesOf } from './chunks.ts'

const NOW = Date.parse('2026-11-21T06:00:00Z')
const parse = (text: string | Buffer, nowMs = NOW): SyslogMessage | undefined => parseSyslog(Buffer.from(text), nowMs)
const local = (...parts: readonly [number, number, number, number, number, number]): number =>
  new Date(...parts).getTime()

describe('parseSyslog', () => {
  describe('RFC 5424', () => {
    it('reads every field', () => {
      const message = parse('<165>1 2026-11-21T05:30:00.003Z host.example evntslog 17 ID47 [a@1 b="c"] the text')
      expect(message).to.deep.include({
        priority: 165,
        timeMs: Date.parse('2026-11-21T05:30:00.003Z'),
        hostname: 'host.example',
        appName: 'evntslog',
        procId: '17',
        msgId: 'ID47',
        text: 'the text',
      })
      expect(message?.elements.map(({ id }) => id)).to.deep.equal(['a@1'])
    })

    it('reads nil values as none', () => {
      expect(parse('<13>1 - - - - - - x')).to.deep.equal({
        priority: 13,
        timeMs: undefined,
        hostname: undefined,
        appName: undefined,
        procId: undefined,
        msgId: undefined,
        elements: [],
        text: 'x',
      })
    })

    const texts: readonly (readonly [string, string | Buffer, string])[] = [
      ['may be missing', '<13>1 - - - - - -', ''],
      ['may be empty', '<13>1 - - - - - - ', ''],
      ['may be missing behind structured data', '<13>1 - - - - - [a]', ''],
      ['loses a byte order mark', Buffer.from('<13>1 - - - - - - \ufeffé'), 'é'],
      ['keeps blanks in front', '<13>1 - - - - - -   x', '  x'],
      ['keeps newlines inside', '<13>1 - - - - - - a\nb', 'a\nb'],
      ['loses a newline at the end', '<13>1 - - - - - - a\r\n', 'a'],
      ['loses NUL at the end', '<13>1 - - - - - - a\0', 'a'],
      ['shows bytes that are not UTF-8 as U+FFFD', bytesOf('<13>1 - - - - - - a\xff'), 'a\ufffd'],
    ]
    for (const [name, frame, text] of texts) it(`text ${name}`, () => expect(parse(frame)?.text).to.equal(text))

    const longest = `<13>1 - ${'h'.repeat(255)} ${'a'.repeat(48)} ${'p'.repeat(128)} ${'m'.repeat(32)} - x`
    it('takes the longest fields', () => expect(parse(longest)?.msgId).to.have.length(32))

    const malformed: readonly (readonly [string, string])[] = [
      ['a field is missing', '<13>1 - - - -'],
      ['there is no structured data', '<13>1 - - - - -'],
      ['structured data is cut off', '<13>1 - - - - - [a b="1'],
      ['structured data is followed by text at once', '<13>1 - - - - - [a]x'],
      ['nil structured data is followed by text at once', '<13>1 - - - - - -x'],
      ['elements are apart', '<13>1 - - - - - x[a]'],
      ['a field is empty', '<13>1 -  - - - - x'],
      ['the host is too long', `<13>1 - ${'h'.repeat(256)} - - - - x`],
      ['the application is too long', `<13>1 - - ${'a'.repeat(49)} - - - x`],
      ['the process is too long', `<13>1 - - - ${'a'.repeat(129)} - - x`],
      ['the message id is too long', `<13>1 - - - - ${'a'.repeat(33)} - x`],
      ['a field is not ASCII', '<13>1 - hé - - - - x'],
      ['a field has a control character', '<13>1 - h\t - - - - x'],
    ]
    for (const [name, frame] of malformed) {
      it(`is refused when ${name}`, () => expect(parse(frame)).to.equal(undefined))
    }

    it('counts a timestamp that cannot be read as none', () => {
      expect(parse('<13>1 2026-11-21T05:30:60Z h - - - - x')).to.deep.include({ timeMs: undefined, hostname: 'h' })
      expect(parse('<13>1 2026-1 h - - - - x')).to.deep.include({ timeMs: undefined, hostname: 'h' })
    })
  })

  describe('priority', () => {
    for (const [text, priority] of [
      ['<0>', 0],
      ['<7>', 7],
      ['<30>', 30],
      ['<191>', 191],
    ] as const) {
      it(`${text} is ${priority}`, () => expect(parse(`${text}1 - - - - - - x`)?.priority).to.equal(priority))
    }
    for (const text of ['<192>', '<999>', '<07>', '<00>', '<1000>', '<>', '<-1>', '<a>', '<13', '13>', '']) {
      it(`${JSON.stringify(text)} is none: user.notice, and all is text`, () => {
        expect(parse(`${text}1 - - - - - - x`)).to.deep.include({
          priority: 13,
          text: `${text}1 - - - - - - x`,
          hostname: undefined,
        })
      })
    }
  })

  describe('RFC 3164', () => {
    const time = local(2026, 10, 21, 5, 30, 0)
    const none = { timeMs: undefined, hostname: undefined, appName: undefined, procId: undefined }
    const cases: readonly (readonly [string, string, Partial<SyslogMessage>])[] = [
      [
        'the form of the RFC',
        'Nov 21 05:30:00 host app[12]: a b',
        { timeMs: time, hostname: 'host', appName: 'app', procId: '12', text: 'a b' },
      ],
      [
        'a tag without pid',
        'Nov 21 05:30:00 host app: a b',
        { timeMs: time, hostname: 'host', appName: 'app', procId: undefined, text: 'a b' },
      ],
      [
        'a tag without a blank behind it',
        'Nov 21 05:30:00 host app:a',
        { hostname: 'host', appName: 'app', text: 'a' },
      ],
      [
        'a tag without colon',
        'Nov 21 05:30:00 host app[12] a',
        { hostname: 'host', appName: 'app', procId: '12', text: 'a' },
      ],
      ['a tag with odd characters', 'Nov 21 05:30:00 host a-b_c/d.e[1]: x', { appName: 'a-b_c/d.e', text: 'x' }],
      [
        'a day padded with a blank',
        'Nov  1 05:30:00 host app: x',
        { timeMs: local(2026, 10, 1, 5, 30, 0), hostname: 'host' },
      ],
      [
        'a day padded with a zero',
        'Nov 01 05:30:00 host app: x',
        { timeMs: local(2026, 10, 1, 5, 30, 0), hostname: 'host' },
      ],
      ['a day not padded', 'Nov 1 05:30:00 host app: x', { timeMs: local(2026, 10, 1, 5, 30, 0), hostname: 'host' }],
      [
        'a missing host',
        'Nov 21 05:30:00 app[12]: x',
        { timeMs: time, hostname: undefined, appName: 'app', procId: '12', text: 'x' },
      ],
      ['a missing host and pid', 'Nov 21 05:30:00 app: x', { hostname: undefined, appName: 'app', text: 'x' }],
      [
        'a missing tag',
        'Nov 21 05:30:00 host type=metric a=1',
        { hostname: 'host', appName: undefined, text: 'type=metric a=1' },
      ],
      [
        'a missing host and tag',
        'Nov 21 05:30:00 type=metric a=1',
        { hostname: undefined, appName: undefined, text: 'type=metric a=1' },
      ],
      ['an IPv6 host', 'Nov 21 05:30:00 fe80::1 app: x', { hostname: 'fe80::1', appName: 'app', text: 'x' }],
      [
        'a year behind the time',
        'Nov 21 05:30:00 2019 host app: x',
        { timeMs: local(2019, 10, 21, 5, 30, 0), hostname: 'host', text: 'x' },
      ],
      [
        'an ISO time',
        '2026-11-21T05:30:00.5+01:00 host app: x',
        { timeMs: Date.parse('2026-11-21T04:30:00.5Z'), hostname: 'host', appName: 'app', text: 'x' },
      ],
      ['a counter of a router', '45: Nov 21 05:30:00 host app: x', { timeMs: time, hostname: 'host', text: 'x' }],
      [
        'an unsure clock of a router',
        '45: *Nov 21 05:30:00: %SYS-5-CONFIG: x',
        { timeMs: time, hostname: undefined, text: '%SYS-5-CONFIG: x' },
      ],
      ['fractions of a second', 'Nov 21 05:30:00.123 host app: x', { timeMs: time, hostname: 'host' }],
      ['no header at all', 'type=metric a=1', { ...none, text: 'type=metric a=1' }],
      ['a month that is none', 'Nox 21 05:30:00 host app: x', { ...none, text: 'Nox 21 05:30:00 host app: x' }],
      ['a day that is none', 'Nov 31 05:30:00 host app: x', { ...none, text: 'Nov 31 05:30:00 host app: x' }],
      ['an hour that is none', 'Nov 21 24:30:00 host app: x', { ...none, text: 'Nov 21 24:30:00 host app: x' }],
      ['a time alone', 'Nov 21 05:30:00', { timeMs: time, text: '' }],
      ['what only looks like version 1', '1 hello', { ...none, text: '1 hello' }],
      [
        'a later version',
        '2 2026-11-21T05:30:00Z h a p m - x',
        { ...none, text: '2 2026-11-21T05:30:00Z h a p m - x' },
      ],
      ['nothing', '', { ...none, text: '' }],
    ]
    for (const [name, frame, expected] of cases) {
      it(`reads ${name}`, () =>
        expect(parse(`<30>${frame}`)).to.deep.include({ priority: 30, elements: [], ...expected }))
    }

    const years: readonly (readonly [string, number, string, number])[] = [
      [
        'December seen in January is of last year',
        local(2027, 0, 2, 0, 0, 0),
        'Dec 31 23:59:59',
        local(2026, 11, 31, 23, 59, 59),
      ],
      [
        'January seen in December is of next year',
        local(2026, 11, 31, 23, 59, 59),
        'Jan  1 00:00:01',
        local(2027, 0, 1, 0, 0, 1),
      ],
      ['a day ago is of this year', local(2026, 5, 2, 0, 0, 0), 'Jun  1 00:00:00', local(2026, 5, 1, 0, 0, 0)],
      [
        '29 February is of a year that has one',
        local(2029, 0, 1, 0, 0, 0),
        'Feb 29 00:00:00',
        local(2028, 1, 29, 0, 0, 0),
      ],
    ]
    for (const [name, nowMs, stamp, expected] of years) {
      it(name, () => expect(parse(`<30>${stamp} host app: x`, nowMs)?.timeMs).to.equal(expected))
    }
  })

  it('never throws on any bytes', () => {
    const likely = fc.stringMatching(/^<\d{1,3}>(1 )?[-A-Z0-9a:.[\]="\\ Tt\n\0]{0,60}$/).map(bytesOf)
    const any = fc.uint8Array({ maxLength: 120 }).map((array) => Buffer.from(array))
    fc.assert(
      fc.property(fc.oneof(likely, any), (frame) => {
        parseSyslog(frame, NOW)
      }),
      { numRuns: 2000 },
    )
  })
})
