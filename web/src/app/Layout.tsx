import { Link, Outlet, useLocation, useSearch } from '@tanstack/react-router'
import { Fragment, type JSX, lazy, Suspense, useState } from 'react'
import { useAccount, useBlockNumber, useDisconnect, useSwitchChain } from 'wagmi'
import { AddressText } from '../components/AddressText'
import { Icon } from '../components/Icon'
import { useDisputes } from '../market/disputes'
import { useRecomputedCount } from '../market/recomputed'
import { LazyConnect } from '../wallet/LazyConnect'
import { words } from '../words'
import { SettingsContext, useSettings } from './context'
import { Outages } from './Outages'
import { useTitle } from './title'

const Badge = lazy(() => import('../wallet/Badge'))
const Checked = lazy(() => import('./Checked'))

const LINKS = [
  ['/', words.nav.market],
  ['/post', words.nav.post],
  ['/account', words.nav.account],
  ['/verify', words.nav.verify],
] as const

/** Header, the page for the Application that the address names, footer. */
export function Layout(): JSX.Element {
  const { applications } = useSettings()
  const { app } = useSearch({ from: '__root__' })
  const here = app ? applications.find((one) => one.appAddress.toLowerCase() === app.toLowerCase()) : applications[0]
  const { isConnected } = useAccount()
  const isJob = useLocation({ select: ({ pathname }) => pathname.startsWith('/jobs/') })
  const [waiting, setWaiting] = useState(0)
  useTitle(isConnected ? waiting : 0)
  return (
    <>
      <button
        type="button"
        className="absolute left-4 -top-16 z-10 rounded-control bg-sheet px-4 py-2 focus:top-2"
        onClick={() => document.getElementById('main')?.focus()}
      >
        {words.skip}
      </button>
      <header className="border-b border-line">
        <div className="wrap flex min-h-15 flex-wrap items-center gap-x-6 max-table:gap-y-2 max-table:pt-2">
          <Link
            to="/"
            search={{ app: undefined }}
            className="flex items-center gap-2 text-18 font-bold tracking-tight text-ink no-underline"
          >
            <Mark />
            {words.brand}
          </Link>
          <nav
            aria-label={words.nav.label}
            className="flex self-stretch max-table:order-3 max-table:w-full max-table:justify-between max-table:border-t max-table:border-line"
          >
            {LINKS.map(([to, name]) => (
              <Link
                key={to}
                to={to}
                search={{ app: undefined }}
                {...(to === '/' && isJob && { 'aria-current': 'true' })}
                activeOptions={{ exact: to === '/' }}
                className="-mb-px flex min-h-11 items-center border-b-2 border-transparent px-3 max-table:px-2 text-14 font-medium text-ink-2 no-underline hover:text-ink [&[aria-current]]:border-accent [&[aria-current]]:text-ink"
              >
                {name}
              </Link>
            ))}
          </nav>
          <div className="ml-auto flex items-center gap-2">
            {here && (
              <SettingsContext value={here}>
                <Recomputed />
              </SettingsContext>
            )}
            <ThemeButton />
            <WalletButton />
          </div>
        </div>
      </header>
      <WrongChain />
      {here ? (
        <SettingsContext value={here}>
          <Outages />
          <main id="main" tabIndex={-1} className="wrap">
            <Fragment key={here.appAddress}>
              <Outlet />
            </Fragment>
          </main>
        </SettingsContext>
      ) : (
        <main id="main" tabIndex={-1} className="wrap py-12">
          <h1>{words.strange}</h1>
        </main>
      )}
      {isConnected && (
        <Suspense>
          <Badge onCount={setWaiting} />
        </Suspense>
      )}
      <Footer />
    </>
  )
}

/** How much of the market this browser has computed itself, and whether the node says the same. */
function Recomputed(): JSX.Element | null {
  const count = useRecomputedCount()
  const disputes = useDisputes()
  if (count === 0 && disputes.length === 0) return null
  return (
    <Suspense>
      <Checked count={count} disputes={disputes} />
    </Suspense>
  )
}

function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 22 22" width="22" height="22" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeLinecap="square">
        <path d="M3 18h16" strokeWidth="2" />
        <path d="M5 18v-4M11 18v-4M17 18V6" strokeWidth="1.6" />
      </g>
      <circle cx="17" cy="5" r="3" className="fill-accent" />
    </svg>
  )
}

function ThemeButton(): JSX.Element {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={words.switchTheme}
      onClick={() => {
        const { dataset } = document.documentElement
        const dark = dataset.theme ? dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
        dataset.theme = dark ? 'light' : 'dark'
        localStorage.setItem('deml.theme', dataset.theme)
      }}
    >
      <svg
        viewBox="0 0 16 16"
        width="16"
        height="16"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
      >
        <circle cx="8" cy="8" r="5.5" />
        <path d="M8 2.5v11a5.5 5.5 0 0 0 0-11z" fill="currentColor" />
      </svg>
    </button>
  )
}

function WalletButton(): JSX.Element {
  const { address, isReconnecting } = useAccount()
  const { disconnect } = useDisconnect()
  const [open, setOpen] = useState(false)
  if (address) {
    return (
      <span className="flex items-center gap-2">
        <span className="max-table:hidden">
          <AddressText value={address} own={false} />
        </span>
        <button type="button" className="button small" aria-busy={isReconnecting} onClick={() => disconnect()}>
          {words.wallet.disconnect}
        </button>
      </span>
    )
  }
  return (
    <>
      <button type="button" className="button small" onClick={() => setOpen(true)}>
        {words.wallet.connect}
      </button>
      {open && <LazyConnect onClose={() => setOpen(false)} />}
    </>
  )
}

function WrongChain(): JSX.Element | null {
  const settings = useSettings()
  const { chainId, isConnected } = useAccount()
  const { switchChain } = useSwitchChain()
  if (!isConnected || chainId === settings.chainId) return null
  const name = settings.chainName ?? `chain ${settings.chainId}`
  return (
    <div className="border-b border-line bg-warn-wash" role="alert">
      <div className="wrap flex flex-wrap items-center gap-3 py-3 text-14">
        <Icon name="warn" />
        <span>{words.wallet.wrongChain(name)}</span>
        <button
          type="button"
          className="button small ml-auto"
          onClick={() => switchChain({ chainId: settings.chainId })}
        >
          {words.wallet.switch}
        </button>
      </div>
    </div>
  )
}

function Footer(): JSX.Element {
  const block = useBlockNumber({ watch: true })
  return (
    <footer className="mt-12 border-t border-line py-6 text-13 text-ink-3">
      <div className="wrap flex flex-wrap gap-x-6 gap-y-2">
        {block.data !== undefined && <span>{words.footer.state(`block ${block.data.toLocaleString('en')}`)}</span>}
        <span>{words.footer.nothing}</span>
      </div>
    </footer>
  )
}
