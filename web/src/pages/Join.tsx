import type { JSX } from 'react'

export function JoinPage(): JSX.Element {
  return <h1>Join</h1>
}
