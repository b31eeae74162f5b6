import { type JSX, useId } from 'react'
import { erc20Abi } from 'viem'
import { useAccount, useReadContract } from 'wagmi'
import { Check } from '../../components/Check'
import { Field } from '../../components/Field'
import { Note } from '../../components/Note'
import { withSymbol } from '../../market/amounts'
import { metricOf } from '../../market/posting'
import { differenceText, parseScore, scoreText, scoreUnit } from '../../market/scores'
import { postWords } from '../../words/post'
import { type PostProps, seatsProblem, stakeShare } from './steps'

/** What improvement is worth, and what keeps everybody honest. */
export function PayStep({ draft, change, token }: PostProps): JSX.Element {
  const text = postWords.pay
  const metric = metricOf(draft)
  const unit = scoreUnit(metric)
  const { address } = useAccount()
  const { data: held } = useReadContract({
    address: token.address,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [address ?? '0x'],
    query: { enabled: address !== undefined },
  })
  const seats = seatsProblem(draft)
  const wrong = (value: string) =>
    parseScore(value, metric) === undefined ? { problem: postWords.check.incomplete } : {}
  const all = Number(draft.rounds) * (stakeShare(draft.stake) * Number(draft.escrow) || Number(draft.stake))
  return (
    <>
      <Rules draft={draft} change={change} />
      <div className="grid gap-4 table:grid-cols-2">
        <Field
          label={text.escrow}
          unit={token.symbol}
          inputMode="decimal"
          value={draft.escrow}
          onChange={(escrow) => change({ escrow })}
          {...(held === undefined ? {} : { hint: text.held(withSymbol(held, token)) })}
        />
        {draft.rule === 'market' ? (
          <>
            <Field
              label={text.target}
              unit={unit}
              inputMode="decimal"
              value={draft.target}
              onChange={(target) => change({ target })}
              hint={text.targetHint(draft.measured ? scoreText(draft.measured.baseline, metric) : '–')}
              {...wrong(draft.target)}
            />
            <Field
              label={text.grid}
              unit={unit}
              inputMode="decimal"
              value={draft.grid}
              onChange={(grid) => change({ grid })}
              hint={text.gridHint(differenceText(Math.round(1_000_000 / (draft.measured?.rows ?? 1)), metric))}
              {...wrong(draft.grid)}
            />
          </>
        ) : (
          <>
            <Field
              label={text.reward}
              unit={token.symbol}
              inputMode="decimal"
              value={draft.reward}
              onChange={(reward) => change({ reward })}
            />
            <Field
              label={text.threshold}
              unit={unit}
              inputMode="decimal"
              value={draft.threshold}
              onChange={(threshold) => change({ threshold })}
              hint={text.thresholdHint}
              {...wrong(draft.threshold)}
            />
          </>
        )}
        <Field
          label={text.bond}
          unit="%"
          inputMode="decimal"
          value={draft.bond}
          hint={text.bondHint}
          onChange={(bond) => change({ bond })}
        />
        <Field label={text.stake} value={draft.stake} hint={text.stakeHint} onChange={(stake) => change({ stake })} />
        <Field
          label={text.rounds}
          inputMode="numeric"
          value={draft.rounds}
          hint={text.roundsHint}
          onChange={(rounds) => change({ rounds })}
        />
      </div>
      <Field
        label={text.allowed}
        rows={2}
        value={draft.allowed}
        hint={text.allowedHint}
        onChange={(allowed) => change({ allowed })}
      />
      <Check
        checked={draft.aggregate}
        label={text.aggregate}
        hint={text.aggregateHint}
        onChange={(aggregate) => change({ aggregate })}
      />
      {seats !== undefined && <Note kind="bad">{text.seats(`${seats.toLocaleString('en')} ${token.symbol}`)}</Note>}
      {all < Number(draft.escrow) && (
        <Note kind="warn">{text.lies(`${all.toLocaleString('en')} ${token.symbol}`)}</Note>
      )}
    </>
  )
}

function Rules({ draft, change }: Pick<PostProps, 'draft' | 'change'>): JSX.Element {
  const text = postWords.pay
  const name = useId()
  return (
    <fieldset className="grid gap-3 table:grid-cols-2">
      <legend className="mb-2 text-14 font-semibold">{text.rule}</legend>
      {(['market', 'fixed'] as const).map((rule) => (
        <label key={rule} className="option">
          <input
            type="radio"
            name={name}
            className="mt-1 size-4 accent-accent"
            checked={draft.rule === rule}
            onChange={() => change({ rule })}
          />
          <span>
            <b className="block font-semibold">{text.rules[rule]}</b>
            <span className="block text-13 text-ink-2">{text.ruleHints[rule]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
