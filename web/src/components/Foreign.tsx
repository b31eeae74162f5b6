import type { JSX } from 'react'

/** Control, format (with the bidirectional ones), private use, surrogates, separators of lines and paragraphs. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Longest text shown whole; what strangers write may be 10 MB. */
const MOST = 2_000

/** Spell out characters that nobody sees, so that no text can turn or hide what follows it. */
export function visible(text: string): string {
  const cut = text.length > MOST ? `${text.slice(0, MOST)}…` : text
  return cut.replace(HIDDEN, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
}

/** Somebody else's text: isolated in its direction, hidden characters spelled out. */
export function Foreign({ text }: { text: string }): JSX.Element {
  return <bdi>{visible(text)}</bdi>
}
