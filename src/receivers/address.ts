/** `udp:127.0.0.1:514`, `tcp:[::1]:514` */
export const formatAddress = (transport: 'tcp' | 'udp', host: string, port: number): string =>
  `${transport}:${host.includes(':') ? `[${host}]` : host}:${port}`
