import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { Layout } from './Layout'

/** Hash routing: the page works from any folder and on IPFS, where no server rewrites paths. */
const rootRoute = createRootRoute({
  component: Layout,
  validateSearch: ({ app }: Record<string, unknown>): { app?: string | undefined } =>
    app === undefined ? {} : { app: typeof app === 'string' ? app : 'none' },
  // Numbers of jobs are an Application's own: which one a page is about goes along with every link.
  search: { middlewares: [({ search, next }) => ({ app: search.app, ...next(search) })] },
})

/** A whole number out of an address that anybody may have written; nothing where it is none. */
function numberIn<N extends string>(value: unknown, name: N): { [K in N]?: number } {
  const number = Number(value)
  const sound = value !== undefined && Number.isSafeInteger(number) && number >= 0
  return (sound ? { [name]: number } : {}) as { [K in N]?: number }
}

const marketRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/Market'), 'Market'),
})

const jobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$jobId',
  component: lazyRouteComponent(() => import('../pages/Job'), 'JobPage'),
})

const joinRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$jobId/join',
  component: lazyRouteComponent(() => import('../pages/Join'), 'JoinPage'),
})

const revealRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$jobId/reveal',
  component: lazyRouteComponent(() => import('../pages/Reveal'), 'RevealPage'),
})

const postRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/post',
  validateSearch: (search: Record<string, unknown>): { from?: number } => numberIn(search.from, 'from'),
  component: lazyRouteComponent(() => import('../pages/Post'), 'PostPage'),
})

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('../pages/Account'), 'AccountPage'),
})

const verifyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/verify',
  validateSearch: (search: Record<string, unknown>): { output?: number } => numberIn(search.output, 'output'),
  component: lazyRouteComponent(() => import('../pages/Verify'), 'VerifyPage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    marketRoute,
    jobRoute,
    joinRoute,
    revealRoute,
    postRoute,
    accountRoute,
    verifyRoute,
  ]),
  history: createHashHistory(),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
