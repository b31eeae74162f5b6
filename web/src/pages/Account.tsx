import type { JSX } from 'react'

export function AccountPage(): JSX.Element {
  return <h1>Account</h1>
}
