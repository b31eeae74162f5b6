import { type JSX, useEffect } from 'react'
import { useAnnounce } from '../../components/Announcer'
import { Curve } from '../../components/Curve'
import { scoreText } from '../../market/scores'
import type { Epoch, PrivacyBudget } from '../../python/protocol'
import type { Training } from '../../wallet/useTraining'
import { joinWords } from '../../words/join'
import { EpsilonScale } from './EpsilonScale'

/** A training that goes on: how far it has come, what it has learnt and spent, and how to stop it. */
export function Progress(props: {
  training: Training
  metric: string
  budget: PrivacyBudget | null
  onCancel: () => void
}): JSX.Element {
  const { training, metric, budget, onCancel } = props
  const text = joinWords.train
  const announce = useAnnounce()
  const epochs = training.state === 'running' ? training.epochs : []
  const [epoch] = epochs.slice(-1)
  const said = epoch
    ? text.epoch(epoch.number, epoch.total, epoch.score === undefined ? '' : scoreText(epoch.score, metric))
    : training.state === 'speaking'
      ? text.says(training.line)
      : text.loading
  const tenth = epoch ? Math.floor((10 * epoch.number) / epoch.total) : 0
  // Who does not see it hears of every tenth, not of every epoch.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is said changes more often than it is told
  useEffect(() => announce(said), [announce, training.state, tenth])
  return (
    <div className="grid justify-items-start gap-4">
      <progress className="meter w-full" max={epoch?.total ?? 1} value={epoch?.number ?? 0} aria-label={text.meter} />
      <p className="text-ink-2">{said}</p>
      {training.state === 'running' && <p className="text-13 text-ink-3">{text.memory(training.memory)}</p>}
      <button type="button" className="button" onClick={onCancel}>
        {text.cancel}
      </button>
      <Curves epochs={epochs} metric={metric} budget={budget} />
    </div>
  )
}

/** What was learnt with each epoch, and spent. */
export function Curves(props: {
  epochs: readonly Epoch[]
  metric: string
  budget: PrivacyBudget | null
}): JSX.Element | null {
  const { epochs, metric, budget } = props
  const text = joinWords.train.curves
  const [latest] = epochs.slice(-1)
  if (!latest) return null
  const { total } = latest
  const of = (name: 'loss' | 'score') =>
    epochs.flatMap((one) => (one[name] === undefined ? [] : [[one.number, one[name]] as const]))
  const [losses, scores, spent] = [of('loss'), of('score'), epochs.findLast((one) => one.spent !== undefined)?.spent]
  const ends = [text.begin, text.end(total)] as const
  const labelled = (title: string, points: typeof losses, shown: (value: number) => string) => {
    const [from, to] = [points[0], points.at(-1)]
    return from && to ? text.label(title, from[0], shown(from[1]), to[0], shown(to[1])) : title
  }
  const lossText = (loss: number) => loss.toPrecision(3)
  const shown = (score: number) => scoreText(score, metric)
  return (
    <div className="grid w-full gap-5">
      {losses.length > 1 && (
        <Curve
          title={text.loss}
          label={labelled(text.loss, losses, lossText)}
          points={losses}
          total={total}
          ends={ends}
          shown={lossText}
          fromNought
        />
      )}
      {scores.length > 1 && (
        <Curve
          title={text.score}
          label={labelled(text.score, scores, shown)}
          points={scores}
          total={total}
          ends={ends}
          shown={shown}
        />
      )}
      {budget && <EpsilonScale {...budget} spent={spent} />}
    </div>
  )
}
