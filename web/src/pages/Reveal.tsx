import { Link, useParams } from '@tanstack/react-router'
import { type JSX, useState } from 'react'
import { useAccount } from 'wagmi'
import { useSettings } from '../app/context'
import { ByHand } from '../components/ByHand'
import { FileDrop } from '../components/FileDrop'
import { Foreign } from '../components/Foreign'
import { HandOver } from '../components/HandOver'
import { Loading } from '../components/Loading'
import { Mark, Proves } from '../components/Mark'
import { Note } from '../components/Note'
import { type KeptHoldout, keepHoldout, keptHoldout } from '../files/kept'
import { streamOf } from '../files/stream'
import { type Token, withSymbol } from '../market/amounts'
import { useBlockTime, useJob, useTokens } from '../market/hooks'
import { revealIntent } from '../market/intents'
import { scoreText } from '../market/scores'
import { durationText, timeText } from '../market/times'
import type { Job, JobDetail } from '../market/types'
import { usePython } from '../python/usePython'
import { NeedsWallet } from '../wallet/NeedsWallet'
import { useConsent } from '../wallet/useConsent'
import { useHoldout } from '../wallet/useHoldout'
import { useMaking } from '../wallet/useMaking'
import { useShare } from '../wallet/useShare'
import { messageOf, words } from '../words'
import { joinWords } from '../words/join'
import { postWords, sponsorWords } from '../words/post'

/** The sponsor shows the test rows that it sealed. */
export function RevealPage(): JSX.Element {
  const { jobId } = useParams({ from: '/jobs/$jobId/reveal' })
  const { data } = useJob(Number(jobId))
  const now = useBlockTime()
  const tokens = useTokens(data ? [data.job.terms.rewardToken] : [])
  const token = data && tokens.get(data.job.terms.rewardToken.toLowerCase())
  if (!data || !token || now === undefined) return <Loading title={sponsorWords.title} />
  return (
    <Proves detail={data}>
      <div className="grid max-w-[42rem] gap-5 py-8">
        <p className="text-13">
          <Link to="/jobs/$jobId" params={{ jobId }}>
            <Foreign text={data.job.terms.title} />
          </Link>
        </p>
        <h1>{sponsorWords.title}</h1>
        <NeedsWallet why={joinWords.join.needsWallet}>
          <Reveal detail={data} token={token} now={now} />
          <ByHand />
        </NeedsWallet>
      </div>
    </Proves>
  )
}

interface RevealProps {
  detail: JobDetail
  token: Token
  now: number
}

function Reveal({ detail, token, now }: RevealProps): JSX.Element {
  const { job } = detail
  const { terms } = job
  const { address } = useAccount()
  const sharing = useShare()
  const [shown, setShown] = useState<Uint8Array>()
  const text = sponsorWords
  const share = async (holdout: Uint8Array) => {
    setShown(holdout)
    await sharing.share([{ name: postWords.share.holdout, content: holdout }])
  }
  if (shown || job.revealed) {
    return (
      <>
        <Note kind="ok" title={text.shown}>
          {text.shownText}
        </Note>
        <Facts facts={shownFacts(job)} />
        <Link to="/jobs/$jobId" params={{ jobId: String(job.jobId) }} className="button justify-self-start">
          {text.toJob}
        </Link>
        <HandOver sharing={sharing}>
          {shown && (
            <button type="button" className="button" onClick={() => share(shown)}>
              {words.node.again}
            </button>
          )}
        </HandOver>
      </>
    )
  }
  if (address?.toLowerCase() !== job.sponsor.toLowerCase()) return <Note kind="info">{text.notYours}</Note>
  if (job.opening === 'scoring') return <Note kind="info">{text.scoring}</Note>
  if (job.opening === 'refuted') return <Note kind="bad">{text.refuted}</Note>
  if (now <= terms.commitUntil || now > terms.holdoutUntil)
    return <Note kind="info">{text.notNow(timeText(terms.commitUntil), timeText(terms.holdoutUntil))}</Note>
  if (job.committed === 0) return <Note kind="info">{text.nobody}</Note>
  return (
    <>
      <p className="text-ink-2">{text.intro}</p>
      <Facts facts={sealedFacts(job, token, now)} />
      <Open detail={detail} token={token} onShown={share} />
    </>
  )
}

type Fact = { name: string; value: string } & Parameters<typeof Mark>[0]

/** What there is to know before the rows are shown: for whom, until when, and what else happens. */
function sealedFacts({ committed, escrow, terms }: Job, token: Token, now: number): Fact[] {
  const { facts } = sponsorWords
  const bond = (BigInt(escrow) * BigInt(terms.bondBps)) / 10_000n
  const left = durationText(terms.holdoutUntil - now)
  return [
    { name: facts.sealed, value: String(committed), fact: ({ job }) => job.committed, notice: 'Committed' },
    {
      name: facts.until,
      value: facts.untilText(timeText(terms.holdoutUntil), left),
      fact: ({ job }) => job.terms.holdoutUntil,
      notice: 'JobCreated',
    },
    {
      name: facts.otherwise,
      value: facts.otherwiseText(withSymbol(bond, token)),
      fact: ({ job }) => [job.escrow, job.terms.bondBps],
      notice: 'JobCreated',
    },
  ]
}

/** What has become of the rows, and what comes next. */
function shownFacts({ rows, terms }: Job): Fact[] {
  const { facts } = sponsorWords
  const until: Fact = {
    name: facts.next,
    value: timeText(terms.declareUntil),
    fact: ({ job }) => job.terms.declareUntil,
    notice: 'JobCreated',
  }
  if (rows === null) return [until]
  const count = rows.toLocaleString('en')
  return [{ name: facts.rows, value: count, fact: ({ job }) => job.rows, notice: 'HoldoutRevealed' }, until]
}

function Facts({ facts }: { facts: Fact[] }): JSX.Element {
  return (
    <dl className="pairs border-y border-line">
      {facts.map(({ name, value, ...proof }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value} <Mark {...proof} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Find the sealed rows, check them as the machine will, and show them. */
function Open(props: Omit<RevealProps, 'now'> & { onShown: (holdout: Uint8Array) => Promise<void> }): JSX.Element {
  const { detail, token, onShown } = props
  const { job } = detail
  const { terms } = job
  const text = sponsorWords
  const settings = useSettings()
  const { address } = useAccount()
  const making = useMaking(token)
  const seal = useHoldout()
  const python = usePython()
  const [opened, setOpened] = useState<Uint8Array>()
  const [missing, setMissing] = useState(false)
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const consent = useConsent(() => opened && void onShown(opened))

  const open = async (find: () => Promise<KeptHoldout | undefined>) => {
    if (!making || !address) return
    setProblem('')
    setBusy(true)
    try {
      const kept = await find()
      if (!kept) {
        setMissing(true)
        return
      }
      const sealed = await seal(terms.nonce, kept.holdout, kept.salt)
      if (sealed.commitment !== terms.holdoutCommitment) {
        setMissing(true)
        setProblem(text.otherFile)
        return
      }
      const { initial, holdout } = kept
      const { baseline } = await python('credited', { terms, initial, model: initial, holdout })
      if (baseline !== terms.baseline) {
        setProblem(text.otherBaseline(scoreText(baseline, terms.metric), scoreText(terms.baseline, terms.metric)))
        return
      }
      await keepHoldout(sealed.commitment, kept)
      const { pack } = await import('../files/ipfs')
      const [rows, start] = await Promise.all([pack(holdout), pack(initial)])
      setOpened(holdout)
      const streams = { holdout: streamOf(rows.car), initial: streamOf(start.car) }
      consent.ask(revealIntent(making, detail, address, { holdoutCid: sealed.cid, salt: sealed.salt, ...streams }))
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  const fromFile = async (file: File): Promise<KeptHoldout> => {
    const { fetchFile } = await import('../files/fetch')
    const initial = await fetchFile(settings.gateways, terms.initialModelCid, terms.maxModelBytes)
    return { holdout: new Uint8Array(await file.arrayBuffer()), initial }
  }
  return (
    <>
      {!missing && (
        <button
          type="button"
          className="button primary justify-self-start"
          disabled={busy || !making}
          aria-busy={busy}
          onClick={() => open(() => keptHoldout(terms.holdoutCommitment))}
        >
          {busy ? text.busy : text.review}
        </button>
      )}
      {missing && (
        <>
          <Note kind="info" title={text.notHere} />
          <FileDrop label={text.drop} accept=".safetensors" busy={busy} onFile={(file) => open(() => fromFile(file))} />
        </>
      )}
      {problem && <Note kind="bad">{problem}</Note>}
      {consent.dialog}
    </>
  )
}
