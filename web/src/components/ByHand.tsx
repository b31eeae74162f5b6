import { useQueryClient } from '@tanstack/react-query'
import { type JSX, useEffect, useState, useSyncExternalStore } from 'react'
import { forgetMissing, type Missing, missed } from '../files/handed'
import { messageOf } from '../words'
import { fileWords } from '../words/files'
import { FileDrop } from './FileDrop'
import { Note } from './Note'

/** Takes by hand what this page has asked for and no gateway gives. */
export function ByHand(): JSX.Element {
  const missing = useSyncExternalStore(missed.subscribe, missed.current)
  useEffect(() => forgetMissing, [])
  return (
    <>
      {missing.map((one) => (
        <Wanted key={one.cid} wanted={one} />
      ))}
    </>
  )
}

function Wanted({ wanted }: { wanted: Missing }): JSX.Element {
  const { cid, maxBytes } = wanted
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const take = async (file: File) => {
    setBusy(true)
    setProblem('')
    try {
      const { takeCar } = await import('../files/fetch')
      await takeCar(file, cid, maxBytes)
      await queries.invalidateQueries({ queryKey: ['spec', cid] })
    } catch (error) {
      setProblem(fileWords.refused(messageOf(error)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Note kind="warn" title={fileWords.missing}>
      <p className="max-w-[68ch]">{fileWords.handOver}</p>
      <code className="wrap-anywhere">{cid}</code>
      <FileDrop label={fileWords.drop(cid)} accept=".car" busy={busy} onFile={take} />
      {problem && <p role="alert">{problem}</p>}
    </Note>
  )
}
