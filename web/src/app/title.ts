import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { words } from '../words'

/** Names the page in the browser's title, with how many jobs wait for the connected wallet before it. */
export function useTitle(waiting: number): void {
  const { pathname } = useLocation()
  useEffect(() => {
    const title = `${nameOf(pathname)} · ${words.brand}`
    document.title = waiting > 0 ? `(${waiting}) ${title}` : title
  }, [pathname, waiting])
}

function nameOf(pathname: string): string {
  const job = /^\/jobs\/(\d+)/.exec(pathname)?.[1]
  if (job) return words.titles.job(Number(job))
  const { market, post, account, verify } = words.nav
  return { '/post': post, '/account': account, '/verify': verify }[pathname] ?? market
}
