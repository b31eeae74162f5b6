/** What a worker that reads private rows has done to reach the network since its ways out were taken away. */
export interface Reached {
  /** Requests that it has made all the same, by the browser's own count. */
  requests: number
  /** Calls of what was taken away. */
  refused: number
}

/** What a worker that reads private rows could send with. */
const WAYS_OUT = [
  ...['fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'WebTransport', 'EventSource', 'RTCPeerConnection'],
  ...['importScripts', 'Worker', 'BroadcastChannel', 'FontFace', 'eval'],
]

/** Stores, which other pages of this origin could send from; undefined, since libraries look whether they are there. */
const STORES = ['caches', 'indexedDB']

/** What makes code of text, which could then say import(). */
const MAKERS = [() => {}, async () => {}, function* () {}, async function* () {}]

/** Take every way out of this worker away, for good; `hear` is told of a request; returns what was tried since then. */
export function cutOff(hear: () => void): () => Reached {
  let requests = 0
  let refused = 0
  const refuse = () => {
    refused += 1
    throw new TypeError('there is no network here')
  }
  const observer = new PerformanceObserver((list) => {
    requests += list.getEntries().length
    hear()
  })
  observer.observe({ type: 'resource' })
  const take = (place: object, name: string, value: unknown) =>
    Object.defineProperty(place, name, { value, writable: false, configurable: false })
  for (const name of WAYS_OUT) takeAll(name, (place) => take(place, name, () => refuse()))
  for (const name of STORES) takeAll(name, (place) => take(place, name, undefined))
  for (const one of MAKERS) take(Object.getPrototypeOf(one), 'constructor', refuse)
  for (const name of ['setTimeout', 'setInterval'] as const) {
    const real = globalThis[name].bind(globalThis) as (...given: unknown[]) => unknown
    take(globalThis, name, (...given: unknown[]) => (typeof given[0] === 'function' ? real(...given) : refuse()))
  }
  return () => {
    requests += observer.takeRecords().length
    return { requests, refused }
  }
}

/** Take something away wherever this worker's global object has it: on itself, and on what it inherits from. */
function takeAll(name: string, away: (place: object) => void): void {
  away(globalThis)
  for (let place = Object.getPrototypeOf(globalThis); place; place = Object.getPrototypeOf(place)) {
    if (Object.hasOwn(place, name)) away(place)
  }
}
