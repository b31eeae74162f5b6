import { type JSX, useState } from 'react'
import { parseUnits } from 'viem'
import { type Token, withSymbol } from '../market/amounts'
import { topUpIntent } from '../market/intents'
import { isAmount } from '../market/posting'
import type { Job } from '../market/types'
import { useConsent } from '../wallet/useConsent'
import { useFunds } from '../wallet/useFunds'
import { useMaking } from '../wallet/useMaking'
import { postWords, sponsorWords } from '../words/post'
import { Field } from './Field'
import { Note } from './Note'

/** Raise the reward of one's own job, while it can be joined. */
export function TopUp({ job, token }: { job: Job; token: Token }): JSX.Element {
  const making = useMaking(token)
  const [text, setText] = useState('')
  const consent = useConsent(() => setText(''))
  const { held, allowed } = useFunds(job.terms.rewardToken)
  const amount = isAmount(text) ? parseUnits(text.trim(), token.decimals) : 0n
  const short = held !== undefined && held < amount
  const most = mostOf(job)
  const weak = most !== undefined && BigInt(job.escrow) + amount > most
  const words = sponsorWords.topUp
  return (
    <details className="deeper">
      <summary>{words.title}</summary>
      <div className="mt-3 grid justify-items-start gap-3">
        <Field
          label={words.amount}
          unit={token.symbol}
          inputMode="decimal"
          hint={words.hint(withSymbol(BigInt(job.escrow), token))}
          value={text}
          onChange={setText}
        />
        {short && (
          <Note kind="warn">{postWords.check.tooLittle(withSymbol(amount, token), withSymbol(held, token))}</Note>
        )}
        {weak && <Note kind="warn">{words.weak(withSymbol(most, token))}</Note>}
        <button
          type="button"
          className="button"
          disabled={amount === 0n || short || weak || !making || allowed === undefined}
          onClick={() => making && consent.ask(topUpIntent(making, job, amount, allowed ?? 0n))}
        >
          {words.deed}
        </button>
      </div>
      {consent.dialog}
    </details>
  )
}

/** The most that may be in escrow with these stakes, by the dapp's rules; undefined where nothing limits it. */
function mostOf({ participants, terms }: Job): bigint | undefined {
  const stake = BigInt(terms.stake)
  const invited = terms.allowList.length > 0 && terms.allowList.length <= terms.maxParticipants
  // One person could take all places; and once somebody has joined, false declarations must go on to cost the reward.
  const limits = [
    ...(invited ? [] : [stake * BigInt(terms.maxParticipants)]),
    ...(participants > 0 ? [stake * BigInt(terms.maxRounds)] : []),
  ]
  return limits.reduce<bigint | undefined>(
    (least, one) => (least === undefined || one < least ? one : least),
    undefined,
  )
}
