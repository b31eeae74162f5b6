import { createContext, type JSX, type ReactNode, useContext, useMemo } from 'react'
import { useNotices } from '../market/hooks'
import { type Recomputed, useRecomputed } from '../market/recomputed'
import type { JobDetail } from '../market/types'
import type { Notice } from '../node/outputs'
import { Provenance } from './Provenance'

type OutputOf = (notice: Notice['name'], account: string | undefined) => number | undefined

/** Where facts of one job come from, and which output proves them. */
interface Proving {
  recomputed: Recomputed
  outputOf: OutputOf
}

const ProvingContext = createContext<Proving>({ recomputed: () => 'node', outputOf: () => undefined })

/** Lets marks inside tell where the facts of a job come from. */
export function Proves({ detail, children }: { detail: JobDetail; children: ReactNode }): JSX.Element {
  const recomputed = useRecomputed(detail)
  const { data } = useNotices()
  const { jobId } = detail.job
  const outputOf = useMemo((): OutputOf => {
    const about = (data?.notices ?? []).filter((one) => one.notice.jobId === jobId).reverse()
    return (name, account) => {
      const named = about.filter(({ notice }) => notice.name === name)
      // Who is due nothing is not among the dues: that it is not is what proves it.
      return (named.find(({ notice }) => !account || mentions(notice.args, account)) ?? named[0])?.index
    }
  }, [data, jobId])
  return <ProvingContext value={{ recomputed, outputOf }}>{children}</ProvingContext>
}

/**
 * The mark behind a number: recomputed in this browser, the node's word, or found to differ. It leads to the newest
 * notice of the job that says so.
 *
 * @param fact what the number tells, picked from the node's answer and from this browser's own alike.
 */
export function Mark(props: {
  fact: Parameters<Recomputed>[0]
  notice: Notice['name']
  account?: string | undefined
}): JSX.Element {
  const { fact, notice, account } = props
  const { recomputed, outputOf } = useContext(ProvingContext)
  const output = outputOf(notice, account)
  return <Provenance state={recomputed(fact)} {...(output === undefined ? {} : { output })} />
}

/** Whether an account is named in the arguments of a notice, however deep. */
export function mentions(value: unknown, account: string): boolean {
  if (typeof value === 'string') return value.toLowerCase() === account.toLowerCase()
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((one) => mentions(one, account))
}
