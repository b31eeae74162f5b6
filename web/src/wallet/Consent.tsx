import { useQuery } from '@tanstack/react-query'
import type { JSX } from 'react'
import { formatEther } from 'viem'
import { useAccount, useConfig } from 'wagmi'
import { useSettings } from '../app/context'
import type { Intent } from '../chain/intent'
import { costOf, type Sent } from '../chain/send'
import { Dialog } from '../components/Dialog'
import { Note } from '../components/Note'
import { WhichApplication } from '../components/WhichApplication'
import { sendingWords } from '../words/sending'
import { useContracts } from './useContracts'
import { useIntent } from './useIntent'
import { useObstacle } from './useObstacle'

/** Before anything that cannot be undone: what is sent, what it costs, what becomes public, what stays, what else. */
export function Consent(props: { intent: Intent; onDone: (sent: Sent) => void; onClose: () => void }): JSX.Element {
  const { intent, onDone, onClose } = props
  const { address } = useAccount()
  const config = useConfig()
  const { sending, carryOut } = useIntent()
  const cost = useQuery({
    queryKey: ['cost', address, ...intent.calls.map((one) => one.data)],
    queryFn: () => (address ? costOf(config, address, intent) : 0n),
    enabled: address !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const obstacle = useObstacle()
  const { appAddress } = useSettings()
  // What only has the Application pay is sent to no portal.
  const input = intent.calls.some((one) => one.to !== appAddress)
  const contracts = useContracts(input)
  const busy = sending.state === 'busy'
  const hasLeft = sending.state === 'failed' && sending.hasLeft
  const bytes = intent.calls.reduce((sum, one) => sum + (one.data.length - 2) / 2, 0)
  return (
    <Dialog
      title={intent.deed}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="button" onClick={onClose}>
            {sendingWords.consent.notNow}
          </button>
          <button
            type="button"
            className="button primary"
            aria-busy={busy}
            disabled={busy || hasLeft || cost.isError || obstacle !== undefined || (input && !contracts.data)}
            onClick={async () => {
              const sent = await carryOut(intent)
              if (sent) onDone(sent)
            }}
          >
            {busy ? sendingWords.sending.steps[sending.step] : intent.deed}
          </button>
        </>
      }
    >
      <WhichApplication />
      <dl className="pairs words">
        <Part name={sendingWords.consent.sends} texts={[sendingWords.consent.sent(intent.calls.length, bytes)]} />
        <Part
          name={sendingWords.consent.costs}
          texts={[
            cost.data === undefined
              ? sendingWords.consent.estimating
              : sendingWords.consent.fee(formatEther(cost.data)),
          ]}
        />
        <Part name={sendingWords.consent.becomesPublic} texts={intent.becomesPublic} />
        <Part name={sendingWords.consent.stays} texts={intent.stays} />
        <Part name={sendingWords.consent.otherwise} texts={intent.otherwise} />
      </dl>
      {obstacle && <Note kind="bad">{obstacle}</Note>}
      {contracts.data === false && <Note kind="bad">{sendingWords.consent.mixed}</Note>}
      {contracts.error && <Note kind="bad">{contracts.error.message}</Note>}
      {cost.isError && (
        <Note kind="bad" title={sendingWords.consent.wouldFail}>
          {cost.error.message.split('\n')[0]}
        </Note>
      )}
      {sending.state === 'failed' && (
        <Note kind="bad" title={sending.text}>
          {hasLeft && <p>{sendingWords.sending.again}</p>}
          {sending.code && (
            <details className="deeper">
              <summary>{sendingWords.consent.code}</summary>
              <code>{sending.code}</code>
            </details>
          )}
        </Note>
      )}
    </Dialog>
  )
}

function Part({ name, texts }: { name: string; texts: string[] }): JSX.Element | null {
  if (texts.length === 0) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {texts.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </dd>
    </div>
  )
}
