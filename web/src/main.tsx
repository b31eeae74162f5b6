import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { WagmiProvider } from 'wagmi'
import { SettingsContext } from './app/context'
import { router } from './app/router'
import { loadSettings } from './app/settings'
import { walletConfig } from './chain/config'
import { Announcer } from './components/Announcer'
import { HatchPattern } from './components/ScoreBar'
import { messageOf, words } from './words'
import './styles/index.css'

const container = document.getElementById('root')
if (!container) throw new Error('the page has no #root')
const root = createRoot(container)

try {
  const settings = await loadSettings()
  const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 2_000 } } })
  root.render(
    <StrictMode>
      <SettingsContext value={settings}>
        <WagmiProvider config={walletConfig(settings)}>
          <QueryClientProvider client={queries}>
            <Announcer>
              <HatchPattern />
              <RouterProvider router={router} />
            </Announcer>
          </QueryClientProvider>
        </WagmiProvider>
      </SettingsContext>
    </StrictMode>,
  )
} catch (error) {
  root.render(
    <main className="wrap py-12">
      <h1>{words.unset.title}</h1>
      <p className="mt-4 text-ink-2">{messageOf(error)}</p>
      <p className="mt-2 text-ink-2">{words.unset.hint}</p>
    </main>,
  )
}
