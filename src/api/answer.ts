/** What a route gets to see of a request. */
export interface ApiRequest {
  readonly params: Readonly<Record<string, string>>
  /** A key that was given several times has its first value. */
  readonly query: ReadonlyMap<string, string>
}

export interface Answer {
  readonly status: number
  /** Without a body there is no type. */
  readonly type?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One path of the API, all of them GET. `:name` in the path is a parameter. Pure: the server does the HTTP. */
export interface Route {
  readonly path: string
  answer(request: ApiRequest): Answer
}

export const json = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json; charset=UTF-8',
  body: `${JSON.stringify(value)}\n`,
})

export const noContent: Answer = { status: 204 }

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** An error as RFC 9457 has it. */
export const problem = (status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  type: 'application/problem+json; charset=UTF-8',
  body: `${JSON.stringify({ type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail })}\n`,
  headers,
})
