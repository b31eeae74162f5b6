import { useNavigate } from '@tanstack/react-router'
import { type JSX, useState } from 'react'
import { bytesToHex, type Hex } from 'viem'
import { useSettings } from '../../app/context'
import { download } from '../../components/download'
import { HandOver } from '../../components/HandOver'
import { Note } from '../../components/Note'
import { keepHoldout } from '../../files/kept'
import { amountText, withSymbol } from '../../market/amounts'
import { postIntent } from '../../market/intents'
import { type Clock, planOf, type Ready, specFile } from '../../market/posting'
import { noticesOf } from '../../node/outputs'
import type { PythonEngine } from '../../python/engine'
import { NeedsWallet } from '../../wallet/NeedsWallet'
import { useConsent } from '../../wallet/useConsent'
import { useFunds } from '../../wallet/useFunds'
import { useHoldout } from '../../wallet/useHoldout'
import { useMaking } from '../../wallet/useMaking'
import { useShare } from '../../wallet/useShare'
import { messageOf } from '../../words'
import { postWords } from '../../words/post'
import { forgetDraft } from './keptDraft'
import type { PostProps } from './steps'

type Props = PostProps & { python: PythonEngine['ask'] }

/** Everything checked as the machine will; then sealed, shared and posted. */
export function PostStep(props: Props): JSX.Element {
  const { draft, token, clock, python } = props
  const text = postWords.check
  const [ready, setReady] = useState<Ready>()
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const [nonce] = useState<Hex>(() => bytesToHex(crypto.getRandomValues(new Uint8Array(32))))

  const check = async (at: Clock): Promise<Ready | undefined> => {
    const plan = planOf(draft, token, at, nonce)
    const { initial, holdout } = draft
    if (!plan || !initial || !holdout) {
      setProblem(text.incomplete)
      return undefined
    }
    setBusy(true)
    setProblem('')
    try {
      const spec = specFile(draft)
      const made = await python('drafted', { plan, initial: initial.content, holdout: holdout.content, spec })
      const found = { ...made, initial: initial.content, holdout: holdout.content, spec }
      setReady(found)
      return found
    } catch (error) {
      setReady(undefined)
      setProblem(messageOf(error))
      return undefined
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <button
        type="button"
        className={ready ? 'button justify-self-start' : 'button primary justify-self-start'}
        disabled={busy}
        aria-busy={busy}
        onClick={() => check(clock)}
      >
        {busy ? text.busy : text.all}
      </button>
      {problem && (
        <Note kind="bad" title={text.failed}>
          {problem}
        </Note>
      )}
      {ready && <Summary ready={ready} token={token} />}
      {ready && (
        <NeedsWallet why={text.needsWallet}>
          <Send {...props} ready={ready} again={() => check(clock)} busy={busy} />
        </NeedsWallet>
      )}
    </>
  )
}

function Summary({ ready, token }: { ready: Ready; token: Props['token'] }): JSX.Element {
  const text = postWords.check
  const escrow = BigInt(ready.escrow)
  const bond = (escrow * BigInt(ready.terms.bondBps)) / 10_000n
  const rows: [string, string][] = [
    [text.paysNow, withSymbol(escrow, token)],
    [text.publicNow, text.publicNowText],
    [text.publicLater, text.publicLaterText(ready.terms.maxRows)],
    [text.duty, text.dutyText(withSymbol(bond, token))],
    [text.luck, ready.tells],
    [text.cancel, text.cancelText],
  ]
  return (
    <>
      <dl className="pairs words">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {ready.warnings.length > 0 && (
        <Note kind="warn" title={text.think}>
          <ul className="mt-1 list-disc pl-5">
            {ready.warnings.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </Note>
      )}
    </>
  )
}

function Send(props: Props & { ready: Ready; again: () => Promise<Ready | undefined>; busy: boolean }): JSX.Element {
  const { ready, again, busy, token } = props
  const text = postWords.check
  const settings = useSettings()
  const making = useMaking(token)
  const seal = useHoldout()
  const sharing = useShare()
  const navigate = useNavigate()
  const [problem, setProblem] = useState('')
  const { held, allowed } = useFunds(token.address)
  const escrow = BigInt(ready.escrow)
  const consent = useConsent(async ({ inputs }) => {
    forgetDraft()
    const notices = (await Promise.all(inputs.map((one) => noticesOf(settings, one)))).flat()
    const created = notices.find((one) => one.name === 'JobCreated')
    await navigate(
      created
        ? { to: '/jobs/$jobId', params: { jobId: String(created.jobId) }, search: { app: settings.appAddress } }
        : { to: '/' },
    )
  })

  const review = async (shared: boolean) => {
    setProblem('')
    // Windows count from now, and the chain's clock has gone on.
    const made = await again()
    if (!made || !making) return
    const files = [
      { name: postWords.share.spec, content: made.spec },
      { name: postWords.share.initial, content: made.initial },
    ]
    if (!shared && !(await sharing.share(files))) return
    try {
      const sealed = await seal(made.terms.nonce, made.holdout)
      await keepHoldout(sealed.commitment, {
        holdout: made.holdout,
        initial: made.initial,
        ...(sealed.mustBeKept ? { salt: sealed.salt } : {}),
      })
      const terms = { ...made.terms, holdoutCommitment: sealed.commitment }
      consent.ask(postIntent(making, terms, BigInt(made.escrow), allowed ?? 0n))
    } catch {
      setProblem(postWords.sealFailed)
    }
  }
  const short = held !== undefined && held < escrow
  return (
    <div className="grid justify-items-start gap-4">
      <p className="text-13 text-ink-3">{text.signs}</p>
      {short && (
        <Note kind="warn">
          {text.tooLittle(withSymbol(escrow, token), `${amountText(held, token)} ${token.symbol}`)}
        </Note>
      )}
      <button
        type="button"
        className="button"
        onClick={() => download(new Blob([ready.holdout as BlobPart]), 'holdout.safetensors')}
      >
        {text.backup}
      </button>
      <p className="text-13 text-ink-3">{text.backupHint}</p>
      <HandOver sharing={sharing}>
        <button type="button" className="button" onClick={() => review(true)}>
          {postWords.share.handedOver}
        </button>
      </HandOver>
      {problem && <Note kind="bad">{problem}</Note>}
      <button
        type="button"
        className="button primary"
        disabled={busy || short || !making || allowed === undefined}
        aria-busy={busy}
        onClick={() => review(false)}
      >
        {text.review}
      </button>
      {consent.dialog}
    </div>
  )
}
