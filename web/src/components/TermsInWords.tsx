import type { JSX } from 'react'
import { type Token, withSymbol } from '../market/amounts'
import { metricName, ppmText, scoreText } from '../market/scores'
import { durationText } from '../market/times'
import type { Job } from '../market/types'
import { words } from '../words'
import { Foreign } from './Foreign'

/** What the sponsor promises and demands, a sentence each; the terms themselves one click deeper. */
export function TermsInWords({ job, token }: { job: Job; token: Token }): JSX.Element {
  const { terms } = job
  const escrow = BigInt(job.escrow)
  const bond = (escrow * BigInt(terms.bondBps)) / 10_000n
  const { rule } = terms
  const pay =
    'target' in rule
      ? words.termsText.market(
          withSymbol(escrow, token),
          scoreText(rule.target, terms.metric),
          scoreText(terms.baseline, terms.metric),
          ppmText(rule.grid),
        )
      : 'reward' in rule
        ? words.termsText.fixed(withSymbol(BigInt(rule.reward), token), ppmText(rule.threshold))
        : words.termsText.unknownRule
  const rows: [string, string][] = [
    [words.termsText.measured, metricName(terms.metric)],
    [words.termsText.pay, pay],
    [words.termsText.stake, words.termsText.stakeText(withSymbol(BigInt(terms.stake), token))],
    [words.termsText.bond, words.termsText.bondText(withSymbol(bond, token))],
    [
      words.termsText.rounds,
      words.termsText.roundsText(terms.maxRounds, durationText(terms.submitUntil - terms.declareUntil)),
    ],
    [
      words.termsText.limits,
      words.termsText.limitsText(terms.maxModelBytes.toLocaleString('en'), terms.maxRows.toLocaleString('en')),
    ],
  ]
  return (
    <>
      <dl className="pairs words">
        {rows.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <details className="deeper">
        <summary>{words.job.exact}</summary>
        <pre className="mt-2 overflow-x-auto rounded-control bg-well p-3 font-mono text-13">
          <Foreign text={JSON.stringify(terms, null, 2)} />
        </pre>
      </details>
    </>
  )
}
