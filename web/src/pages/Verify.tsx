import type { JSX } from 'react'

export function VerifyPage(): JSX.Element {
  return <h1>Verify</h1>
}
