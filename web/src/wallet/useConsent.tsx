import { type JSX, useState } from 'react'
import type { Intent } from '../chain/intent'
import type { Sent } from '../chain/send'
import { Consent } from './Consent'

/** Ask for consent to an intent: `ask` opens the dialog, which carries it out; `onDone` is called when it is done. */
export function useConsent(onDone: (sent: Sent) => void = () => {}): {
  ask: (intent: Intent) => void
  dialog: JSX.Element | null
} {
  const [intent, setIntent] = useState<Intent>()
  const close = () => setIntent(undefined)
  const done = (sent: Sent) => {
    close()
    onDone(sent)
  }
  return { ask: setIntent, dialog: intent ? <Consent intent={intent} onDone={done} onClose={close} /> : null }
}
