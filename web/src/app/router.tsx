import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { Layout } from './Layout'

/** Hash routing: the page works from any folder and on IPFS, where no server rewrites paths. */
const rootRoute = createRootRoute({ component: Layout })

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

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('../pages/Account'), 'AccountPage'),
})

const verifyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/verify',
  validateSearch: (search: Record<string, unknown>): { output?: number } => {
    const output = Number(search.output)
    return Number.isSafeInteger(output) && output >= 0 && search.output !== undefined ? { output } : {}
  },
  component: lazyRouteComponent(() => import('../pages/Verify'), 'VerifyPage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([marketRoute, jobRoute, joinRoute, accountRoute, verifyRoute]),
  history: createHashHistory(),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
