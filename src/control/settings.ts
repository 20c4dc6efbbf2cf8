import { boolean, type Infer, section, text } from '../config/schema.ts'

export const controlSchema = section(
  {
    enabled: boolean({ default: true, doc: 'Whether oo-metrics may ask the running daemon.' }),
    socket: text({
      default: '/run/oo-gather-metrics/control.sock',
      pattern: /^\//,
      doc: 'Absolute path of the Unix socket on which it asks. It is made with mode 0600 in a directory that must exist.',
    }),
  },
  'What oo-metrics can ask the running daemon.',
)
export type ControlSettings = Infer<typeof controlSchema>
