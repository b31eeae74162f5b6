import { type JSX, useState } from 'react'
import { useSettings } from '../../app/context'
import { FileDrop } from '../../components/FileDrop'
import { Note } from '../../components/Note'
import { fetchFile } from '../../files/fetch'
import type { Job } from '../../market/types'
import type { Examined } from '../../python/protocol'
import { type Rows, useRows } from '../../wallet/useRows'
import { messageOf } from '../../words'
import { joinWords } from '../../words/join'
import { Audit } from './Audit'
import { Shrink } from './Shrink'

/** A model, what is known of its training, and rows to look at it with. */
export type Subject = Omit<Examined, 'terms'>

interface Props {
  job: Job
  subject: Subject
  /** Seal the file of a smaller model. */
  onSeal: (file: Uint8Array) => void
}

/** Attack a model before anybody else does, and make it smaller before it is sealed. */
export function Examine({ job, subject, onSeal }: Props): JSX.Element {
  const { initial, model, record, x, y } = subject
  const asked = { terms: job.terms, initial, model, record, x, y }
  return (
    <div className="mt-3 grid gap-6">
      <p className="max-w-[58ch] text-ink-2">{joinWords.examine.intro}</p>
      <Audit job={job} asked={asked} />
      <Shrink job={job} asked={asked} onSeal={onSeal} />
    </div>
  )
}

/** The same for a model that was trained elsewhere: with its file, a table, and the record of its training, if there is one. */
export function ExamineOwn({ job, onSeal }: Omit<Props, 'subject'>): JSX.Element {
  const settings = useSettings()
  const own = useRows(job)
  const [model, setModel] = useState<Chosen>()
  const [record, setRecord] = useState<Chosen>()
  const [rows, setRows] = useState<Rows & { initial: Uint8Array }>()
  const [problem, setProblem] = useState('')
  const text = joinWords.examine
  const read = async (file: File) => {
    setProblem('')
    try {
      const { initialModelCid, maxModelBytes } = job.terms
      const initial = await fetchFile(settings.gateways, initialModelCid, maxModelBytes)
      setRows({ ...(await own.read(file)), initial })
    } catch (error) {
      setProblem(messageOf(error))
    }
  }
  return (
    <div className="mt-3 grid gap-4">
      <FileDrop label={text.model} accept=".safetensors" onFile={async (file) => setModel(await contentOf(file))} />
      {model && <p className="wrap-anywhere text-14">{text.chosen(model.name)}</p>}
      <FileDrop label={text.table} accept=".csv,.parquet" busy={own.busy} onFile={read} />
      <p className="max-w-[58ch] text-13 text-ink-3">{text.tableHint}</p>
      {rows && <p className="wrap-anywhere text-14">{text.chosen(rows.name)}</p>}
      <FileDrop label={text.record} accept=".json" onFile={async (file) => setRecord(await contentOf(file))} />
      {record && <p className="wrap-anywhere text-14">{text.chosen(record.name)}</p>}
      {problem && <Note kind="bad">{text.failed(problem)}</Note>}
      {model && rows && (
        <Examine
          job={job}
          subject={{ ...rows, model: model.content, record: record?.content ?? null }}
          onSeal={onSeal}
        />
      )}
    </div>
  )
}

interface Chosen {
  name: string
  content: Uint8Array
}

async function contentOf(file: File): Promise<Chosen> {
  return { name: file.name, content: new Uint8Array(await file.arrayBuffer()) }
}
