import type { JSX } from 'react'
import { useAnnounce } from '../../components/Announcer'
import { Icon } from '../../components/Icon'
import { words } from '../../words'

/** A command to run on one's own machine, with a button that copies it. */
export function Command({ text }: { text: string }): JSX.Element {
  const announce = useAnnounce()
  return (
    <div className="flex items-start gap-2 rounded-control bg-well p-3">
      <code className="flex-1 overflow-x-auto font-mono text-13">{text}</code>
      <button
        type="button"
        className="icon-button -my-1"
        aria-label={words.copy(text)}
        onClick={async () => {
          await navigator.clipboard.writeText(text)
          announce(words.copied)
        }}
      >
        <Icon name="copy" />
      </button>
    </div>
  )
}
