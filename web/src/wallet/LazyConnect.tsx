import { type JSX, lazy, Suspense } from 'react'

const Loaded = lazy(async () => ({ default: (await import('./ConnectDialog')).ConnectDialog }))

/** The dialog that a wallet is chosen in, loaded when somebody opens it. */
export function LazyConnect({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Suspense fallback={null}>
      <Loaded onClose={onClose} />
    </Suspense>
  )
}
