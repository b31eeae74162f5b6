import type { JSX } from 'react'
import { Foreign } from '../../components/Foreign'
import { ScoreBar } from '../../components/ScoreBar'
import { dataShapeOf } from '../../market/dataKind'
import { architectureOf, isAmount, metricOf } from '../../market/posting'
import { parseScore, scoreText } from '../../market/scores'
import { words } from '../../words'
import { jobWords } from '../../words/job'
import { postWords } from '../../words/post'
import type { PostProps } from './steps'

/** The job as clients will see it in the market's list. */
export function Preview({ draft, token }: Pick<PostProps, 'draft' | 'token'>): JSX.Element {
  const metric = metricOf(draft)
  const today = draft.measured?.baseline
  const target = draft.rule === 'market' ? parseScore(draft.target, metric) : undefined
  const pairs: [string, string][] = [
    [
      jobWords.page.escrow,
      `${isAmount(draft.escrow) ? Number(draft.escrow).toLocaleString('en') : draft.escrow} ${token.symbol}`,
    ],
    [jobWords.page.stake, draft.stake.includes('%') ? draft.stake : `${draft.stake} ${token.symbol}`],
    [jobWords.page.places, draft.places],
  ]
  return (
    <aside className="grid gap-3 wide:sticky wide:top-6">
      <div className="rounded-sheet border border-line bg-sheet p-4">
        <p className="label">{postWords.preview}</p>
        <p className="mt-2 line-clamp-2 font-semibold">
          <Foreign text={draft.title || postWords.untitled} />
        </p>
        {draft.columns.length > 0 && (
          <p className="text-14 text-ink-2">{words.market.shape(dataShapeOf(architectureOf(draft)))}</p>
        )}
        {today !== undefined && target !== undefined && (
          <ScoreBar
            today={today}
            target={target}
            luck={draft.measured?.least ?? 0}
            label={words.market.fromTo(scoreText(today, metric), scoreText(target, metric))}
          />
        )}
        <dl className="pairs mt-2">
          {pairs.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <p className="text-13 text-ink-3">{postWords.draftKept}</p>
    </aside>
  )
}
