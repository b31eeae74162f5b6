import type { JSX } from 'react'
import { type Token, withSymbol } from '../market/amounts'
import { differenceText, metricName, scoreText } from '../market/scores'
import { durationText } from '../market/times'
import type { Job } from '../market/types'
import { jobWords } from '../words/job'
import { Foreign } from './Foreign'

/** What the sponsor promises and demands, a sentence each; the terms themselves one click deeper. */
export function TermsInWords({ job, token }: { job: Job; token: Token }): JSX.Element {
  const { terms } = job
  const escrow = BigInt(job.escrow)
  const bond = (escrow * BigInt(terms.bondBps)) / 10_000n
  const { rule } = terms
  const pay =
    'target' in rule
      ? jobWords.termsText.market(
          withSymbol(escrow, token),
          scoreText(rule.target, terms.metric),
          scoreText(terms.baseline, terms.metric),
          differenceText(rule.grid, terms.metric),
        )
      : 'reward' in rule
        ? jobWords.termsText.fixed(withSymbol(BigInt(rule.reward), token), differenceText(rule.threshold, terms.metric))
        : jobWords.termsText.unknownRule
  const rows: [string, string][] = [
    [jobWords.termsText.measured, metricName(terms.metric)],
    [jobWords.termsText.pay, pay],
    [jobWords.termsText.stake, jobWords.termsText.stakeText(withSymbol(BigInt(terms.stake), token))],
    [jobWords.termsText.bond, jobWords.termsText.bondText(withSymbol(bond, token))],
    [
      jobWords.termsText.rounds,
      jobWords.termsText.roundsText(terms.maxRounds, durationText(terms.submitUntil - terms.declareUntil)),
    ],
    [
      jobWords.termsText.limits,
      jobWords.termsText.limitsText(terms.maxModelBytes.toLocaleString('en'), terms.maxRows.toLocaleString('en')),
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
        <summary>{jobWords.page.exact}</summary>
        <pre className="mt-2 overflow-x-auto rounded-control bg-well p-3 font-mono text-13">
          <Foreign text={JSON.stringify(terms, null, 2)} />
        </pre>
      </details>
    </>
  )
}
