import { boolean, type Infer, integer, list, section, text } from '../config/schema.ts'

export const apiSchema = section(
  {
    enabled: boolean({ default: true, doc: 'Whether the HTTP API is served.' }),
    host: text({ default: '127.0.0.1', doc: 'Address to listen on.' }),
    port: integer({ default: 9176, min: 0, max: 65_535, doc: 'Port to listen on; 0 takes a free one.' }),
    tokenFile: text({
      default: '/var/lib/oo-metrics-bridge/api.token',
      pattern: /^\//,
      doc: 'File with the token that every request but /healthz must bring as "Authorization: Bearer". It is made at the first start, with a random token and mode 0600.',
    }),
    open: boolean({
      default: false,
      doc: 'Ask for no token. For demonstrations: every user of this host can then read everything.',
    }),
    hosts: list(text({ default: '', doc: 'A host name.' }), {
      default: [],
      doc: 'Names by which the API may be called, besides localhost and plain addresses. Any other name is refused, so that no web page can point its own name at us.',
    }),
    maxStreams: integer({ default: 32, min: 1, max: 10_000, doc: 'Most live streams at once.' }),
  },
  'The HTTP API.',
)
export type ApiSettings = Infer<typeof apiSchema>
