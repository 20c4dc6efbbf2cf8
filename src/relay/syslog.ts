import { createSocket } from 'node:dgram'
import { createConnection, type Socket } from 'node:net'
import { Client, type MessageOptions, Transport } from 'syslog-client'
import { BackendError } from '../errors.ts'
import type { Target } from './settings.ts'

/** What syslog-client writes to: it calls `write` for streams, `send` for datagrams. */
type Connection = Pick<Socket, 'write'> | { send(message: Buffer, ...ignored: never[]): void }
type Ready = Parameters<Client['getTransport']>[0]

interface FrameOptions extends MessageOptions {
  readonly frame: Buffer
}

/**
 * The one door to syslog-client, through the two methods that it lets one override. What it lacks is made here: Unix
 * streams, reconnecting with the next message, structured data (frames arrive complete), an idle connection that
 * is not an error, and a listener without which ECONNREFUSED would end the process.
 */
export class SyslogSender extends Client {
  readonly #target: Target
  #open: Promise<Connection> | undefined
  #closeConnection: () => void = () => {}

  constructor(target: Target) {
    super(target.kind === 'unix' ? target.path : target.host, {
      transport: target.kind === 'udp' ? Transport.Udp : Transport.Tcp,
    })
    this.#target = target
    this.on('error', () => {}) // each failure reaches its caller through `send`
  }

  /**
   * Resolves when the kernel has taken the bytes: on a stream any number of framed messages, on UDP one message.
   * @throws BackendError when the server cannot be reached now
   */
  send(frame: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      // a fresh object each time: log() writes into it
      const options: FrameOptions = { frame }
      this.log('', options, (error: Error | null | undefined) => {
        if (!error) return resolve()
        this.#drop()
        reject(new BackendError(error.message, { cause: error }))
      })
    })
  }

  override buildFormattedMessage(_message: string, options: MessageOptions): Buffer {
    return (options as FrameOptions).frame
  }

  override getTransport(ready: Ready): void {
    this.#open ??= this.#connect()
    this.#open.then(
      (connection) => ready(null, connection as never),
      (error: Error) => ready(error, undefined as never),
    )
  }

  override close(): Client {
    this.#drop()
    return this
  }

  #connect(): Promise<Connection> {
    return this.#target.kind === 'udp' ? this.#connectUdp(this.#target) : this.#connectStream(this.#target)
  }

  #connectStream(target: Exclude<Target, { kind: 'udp' }>): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(
        target.kind === 'unix' ? { path: target.path } : { host: target.host, port: target.port },
      )
      const close = (): void => void socket.destroy()
      this.#closeConnection = close
      socket.once('connect', () => resolve(socket))
      socket.on('error', reject)
      socket.on('close', () => {
        reject(new Error('connection closed'))
        if (this.#closeConnection === close) this.#drop() // else it is an old one, already replaced
      })
      socket.resume() // a syslog server says nothing; reading notices when it goes away
    })
  }

  #connectUdp({ host, port }: Extract<Target, { kind: 'udp' }>): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
      this.#closeConnection = () => socket.close()
      socket.on('error', reject) // later ones reach the caller through the callback of `send`
      socket.connect(port, host, () => {
        resolve({
          // syslog-client passes offset, length, port and host, which a connected socket must not be given
          send: (message: Buffer, ...rest: unknown[]) =>
            socket.send(message, rest.at(-1) as (error: Error | null) => void),
        })
      })
    })
  }

  #drop(): void {
    const close = this.#closeConnection
    this.#closeConnection = () => {}
    this.#open = undefined
    close()
  }
}
