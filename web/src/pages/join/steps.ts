import type { Token } from '../../market/amounts'
import { settling } from '../../market/duty'
import { stepAt } from '../../market/phases'
import type { Client, JobDetail } from '../../market/types'

/** Steps of taking part, in order. */
export const JOIN_STEPS = ['check', 'join', 'seal', 'declare', 'publish', 'settle'] as const
export type JoinStepName = (typeof JOIN_STEPS)[number]

export interface StepProps {
  detail: JobDetail
  token: Token
  me: Client | undefined
  now: number
  onDone: () => void
}

/** The step that is due: decided by the dapp's own record of this wallet, so that a page reopened anywhere lands on it. */
export function currentStep(detail: JobDetail, now: number, me: Client | undefined, checked: boolean): JoinStepName {
  const at = stepAt(detail.job, now)
  if (at.over || settling(detail, now)) return 'settle'
  if (at.step === 'publish') return 'publish'
  if (at.step === 'declare') return 'declare'
  if (me?.commitment) return 'declare'
  if (me) return 'seal'
  return checked ? 'join' : 'check'
}
