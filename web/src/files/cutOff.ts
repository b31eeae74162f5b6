/** What a worker that reads private rows could send with. */
const WAYS_OUT = [
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'WebTransport',
  'EventSource',
  'importScripts',
  'BroadcastChannel',
  'Worker',
  'caches',
  'indexedDB',
  'RTCPeerConnection',
]

/** Take every way out of this worker away, for good; returns how many requests it has made so far. */
export function cutOff(): () => number {
  const before = performance.getEntriesByType('resource').length
  for (const name of WAYS_OUT) {
    Object.defineProperty(globalThis, name, { value: undefined, writable: false, configurable: false })
  }
  return () => performance.getEntriesByType('resource').length - before
}
