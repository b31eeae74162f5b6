import { type JSX, useState } from 'react'
import type { Hex } from 'viem'
import { FileDrop } from '../../components/FileDrop'
import { Note } from '../../components/Note'
import { type Sealed, saltIn, useSeal } from '../../wallet/useSeal'
import { joinWords } from '../../words/join'

/** Go on with a model that was sealed on another machine: its file, and the salt's where the wallet cannot sign it again. */
export function Reopen(props: { jobId: number; commitment: Hex; onOpened: (sealed: Sealed) => void }): JSX.Element {
  const { jobId, commitment, onOpened } = props
  const { reopen } = useSeal(jobId)
  const text = joinWords.reopen
  const [file, setFile] = useState<File>()
  const [problem, setProblem] = useState('')
  const open = async (chosen: File, salt: Hex | undefined) => {
    setProblem('')
    try {
      const made = await reopen(commitment, chosen.name, new Uint8Array(await chosen.arrayBuffer()), salt)
      if (made) onOpened(made)
      else setProblem(text.otherFile)
    } catch {
      setProblem(joinWords.seal.notSigned)
    }
  }
  const withSalt = async (backup: File) => {
    const salt = saltIn(await backup.text())
    if (!salt) setProblem(text.noSalt)
    else if (file) await open(file, salt)
  }
  return (
    <section className="grid gap-4" aria-label={text.title}>
      <Note kind="info" title={text.title}>
        {text.what}
      </Note>
      <FileDrop
        label={text.drop}
        accept=".safetensors"
        onFile={(chosen) => {
          setFile(chosen)
          void open(chosen, undefined)
        }}
      />
      {problem && <Note kind="bad">{problem}</Note>}
      {file && problem && <FileDrop label={text.salt} accept=".json" onFile={withSalt} />}
    </section>
  )
}
