import type { JSX } from 'react'

export function PostPage(): JSX.Element {
  return <h1>Post</h1>
}
