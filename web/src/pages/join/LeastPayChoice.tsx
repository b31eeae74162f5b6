import { type JSX, useId } from 'react'
import { amountText, type Token, withSymbol } from '../../market/amounts'
import { leastPayOf } from '../../market/leastPay'
import type { Job } from '../../market/types'
import { joinWords } from '../../words/join'

interface Choice {
  job: Job
  token: Token
  /** The credited score; undefined until it is known. */
  credited: number | undefined
  /** What was chosen, in whole tokens; undefined until something was. */
  chosen: string | undefined
  onChoose: (least: string) => void
}

/** The least pay for which a model will be published: both sides, a proposal, and nothing chosen beforehand. */
export function LeastPayChoice({ job, token, credited, chosen, onChoose }: Choice): JSX.Element | null {
  const group = useId()
  const found = credited === undefined ? undefined : leastPayOf(job, credited)
  if (found === undefined) return null
  const text = joinWords.declare.least
  const shown = (amount: bigint) => withSymbol(amount, token)
  const some = chosen !== undefined && chosen !== '0'
  return (
    <fieldset className="field max-w-[58ch]">
      <legend>{text.title}</legend>
      <p className="hint">
        {text.protects(shown(found.shaved), shown(found.most), shown(BigInt(job.terms.stake)), shown(found.proposed))}
      </p>
      <p className="hint">{text.costs(job.terms.maxRounds)}</p>
      <label className="flex items-center gap-2">
        <input type="radio" name={group} checked={chosen === '0'} onChange={() => onChoose('0')} />
        {text.none}
      </label>
      <label className="flex items-center gap-2">
        <input
          type="radio"
          name={group}
          checked={some}
          onChange={() => onChoose(amountText(found.proposed, token, token.decimals).replaceAll(',', ''))}
        />
        {text.some(shown(found.proposed))}
      </label>
      {some && (
        <input
          className="input max-w-sm"
          inputMode="decimal"
          aria-label={text.amount(token.symbol)}
          value={chosen}
          onChange={(event) => onChoose(event.target.value)}
        />
      )}
    </fieldset>
  )
}
