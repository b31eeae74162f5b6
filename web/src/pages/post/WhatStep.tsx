import type { JSX } from 'react'
import { Field } from '../../components/Field'
import { postWords } from '../../words/post'
import type { PostProps } from './steps'

/** Title, description, licence. */
export function WhatStep({ draft, change }: PostProps): JSX.Element {
  const text = postWords.what
  return (
    <>
      <Field label={text.title} hint={text.titleHint} value={draft.title} onChange={(title) => change({ title })} />
      <Field
        label={text.description}
        hint={text.descriptionHint}
        rows={4}
        value={draft.description}
        onChange={(description) => change({ description })}
      />
      <Field
        label={text.use}
        hint={text.useHint}
        rows={2}
        value={draft.permittedUse}
        onChange={(permittedUse) => change({ permittedUse })}
      />
      <Field label={text.license} value={draft.license} onChange={(license) => change({ license })} />
    </>
  )
}
