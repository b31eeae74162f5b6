import type { JSX } from 'react'
import { useAccount } from 'wagmi'
import { Mark } from '../../components/Mark'
import { Note } from '../../components/Note'
import { PermittedUse } from '../../components/PermittedUse'
import { withSymbol } from '../../market/amounts'
import { acceptIntent } from '../../market/intents'
import { NeedsWallet } from '../../wallet/NeedsWallet'
import { useConsent } from '../../wallet/useConsent'
import { useFunds } from '../../wallet/useFunds'
import { useMaking } from '../../wallet/useMaking'
import { intentWords } from '../../words/intents'
import { joinWords } from '../../words/join'
import type { StepProps } from './steps'

/** Accept the job, with its stake. */
export function JoinStep(props: StepProps): JSX.Element {
  return (
    <NeedsWallet why={joinWords.join.needsWallet}>
      <Accept {...props} />
    </NeedsWallet>
  )
}

function Accept({ detail, token, me, onDone }: StepProps): JSX.Element {
  const { job } = detail
  const { address } = useAccount()
  const making = useMaking(token)
  const consent = useConsent(onDone)
  const stake = BigInt(job.terms.stake)
  const { held, allowed } = useFunds(job.terms.rewardToken)
  if (me) return <Note kind="ok" title={joinWords.join.joined} />
  const full = job.participants >= job.terms.maxParticipants
  const invited =
    job.terms.allowList.length === 0 || job.terms.allowList.some((one) => one.toLowerCase() === address?.toLowerCase())
  const problem = full
    ? joinWords.join.full(job.terms.maxParticipants)
    : !invited
      ? joinWords.join.notInvited
      : held !== undefined && held < stake
        ? joinWords.join.tooLittle(withSymbol(stake, token), withSymbol(held, token))
        : undefined
  return (
    <div className="mt-4 grid gap-4">
      <p className="max-w-[58ch] text-ink-2">
        {joinWords.join.stake(withSymbol(stake, token))}{' '}
        <Mark fact={(one) => one.job.terms.stake} notice="JobCreated" />
      </p>
      <PermittedUse specCid={job.terms.specCid} />
      {problem && <Note kind="warn">{problem}</Note>}
      <button
        type="button"
        className="button primary justify-self-start"
        disabled={problem !== undefined || !making || allowed === undefined}
        onClick={() => making && consent.ask(acceptIntent(making, job, allowed ?? 0n))}
      >
        {stake > 0n ? intentWords.accept.deed(withSymbol(stake, token)) : intentWords.accept.deedFree}
      </button>
      {consent.dialog}
    </div>
  )
}
