import { useSearch } from '@tanstack/react-router'
import { type JSX, useEffect, useRef, useState } from 'react'
import { useSettings } from '../app/context'
import { Loading } from '../components/Loading'
import { Note } from '../components/Note'
import { Steps } from '../components/Steps'
import { WhichApplication } from '../components/WhichApplication'
import { useClock, useTokens } from '../market/hooks'
import { type Draft, newDraft, POST_STEPS, type PostStepName } from '../market/posting'
import { usePython } from '../python/usePython'
import { postWords } from '../words/post'
import { DataStep } from './post/DataStep'
import { forgetDraft, keepDraft, keptDraft } from './post/keptDraft'
import { ModelStep } from './post/ModelStep'
import { PayStep } from './post/PayStep'
import { PostStep } from './post/PostStep'
import { Preview } from './post/Preview'
import { RowsStep } from './post/RowsStep'
import { isDone, type PostProps } from './post/steps'
import { TimeStep } from './post/TimeStep'
import { usePrevious } from './post/usePrevious'
import { WhatStep } from './post/WhatStep'

/** Posting a job, step by step; nothing is sent before the last one. */
export function PostPage(): JSX.Element {
  const { from } = useSearch({ from: '/post' })
  const settings = useSettings()
  const clock = useClock()
  const token = useTokens([settings.token]).get(settings.token.toLowerCase())
  const python = usePython()
  const previous = usePrevious(from, python)
  const [anew, setAnew] = useState(0)
  const waiting = from !== undefined && previous.isPending
  if (!clock || !token || waiting) return <Loading title={postWords.title} />
  const fresh = newDraft(clock.latest - clock.finalised)
  const kept = from === undefined ? keptDraft(fresh) : undefined
  const draft = kept ?? { ...fresh, ...previous.data }
  return (
    <>
      {previous.error && <Note kind="warn">{previous.error.message}</Note>}
      <Wizard
        key={`${from ?? 0} ${anew}`}
        start={draft}
        restored={kept !== undefined && kept.title !== ''}
        onStartOver={() => {
          forgetDraft()
          setAnew(anew + 1)
        }}
        keeps={from === undefined}
        python={python}
        token={{ ...token, address: settings.token }}
        clock={clock}
      />
    </>
  )
}

function Wizard(
  props: {
    start: Draft
    /** Whether it is a draft that was left. */
    restored: boolean
    onStartOver: () => void
    /** Whether it is kept over a reload: a next round is made anew from the job before. */
    keeps: boolean
    python: ReturnType<typeof usePython>
  } & Pick<PostProps, 'token' | 'clock'>,
): JSX.Element {
  const { start, onStartOver, keeps, python, token, clock } = props
  const [wasRestored] = useState(props.restored)
  const [draft, setDraft] = useState(start)
  const [open, setOpen] = useState<PostStepName>('what')
  const [furthest, setFurthest] = useState(0)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (keeps) keepDraft(draft)
  }, [draft, keeps])
  const go = (step: PostStepName) => {
    setOpen(step)
    setFurthest(Math.max(furthest, POST_STEPS.indexOf(step)))
    requestAnimationFrame(() => {
      window.scrollTo(0, 0)
      heading.current?.focus({ preventScroll: true })
    })
  }
  // A step whose proposals nobody has looked at is not done.
  const due = POST_STEPS.find((one, index) => index >= furthest || !isDone(one, draft)) ?? 'post'
  const next = POST_STEPS[POST_STEPS.indexOf(open) + 1]
  const common: PostProps = {
    draft,
    change: (part) => setDraft((before) => ({ ...before, ...part })),
    token,
    clock,
  }
  return (
    <div className="grid items-start gap-x-12 gap-y-6 py-6 wide:grid-cols-[230px_minmax(0,1fr)_290px]">
      <Steps
        label={postWords.steps}
        names={postWords.names}
        steps={POST_STEPS}
        open={open}
        due={due}
        onChoose={go}
        above={draft.previousJob > 0 && <p className="mb-3 text-13">{postWords.nextRound(draft.previousJob)}</p>}
      />
      <div>
        <WhichApplication />
        <h1 ref={heading} tabIndex={-1} className="text-22">
          {postWords.titles[open]}
        </h1>
        <p className="mt-2 max-w-[58ch] text-ink-2">{postWords.intros[open]}</p>
        {wasRestored && (
          <div className="mt-4">
            <Note kind="info">
              {postWords.restored}{' '}
              <button type="button" className="button small" onClick={onStartOver}>
                {postWords.startOver}
              </button>
            </Note>
          </div>
        )}
        <div className="mt-6 grid gap-5">
          {open === 'what' && <WhatStep {...common} />}
          {open === 'data' && <DataStep {...common} />}
          {open === 'model' && <ModelStep {...common} python={python} />}
          {open === 'rows' && <RowsStep {...common} python={python} />}
          {open === 'pay' && <PayStep {...common} />}
          {open === 'time' && <TimeStep {...common} />}
          {open === 'post' && <PostStep {...common} python={python} />}
          {next && (
            <button
              type="button"
              className="button primary justify-self-start"
              disabled={!isDone(open, draft)}
              onClick={() => go(next)}
            >
              {postWords.goOn(postWords.names[next])}
            </button>
          )}
        </div>
      </div>
      <Preview draft={draft} token={token} />
    </div>
  )
}
