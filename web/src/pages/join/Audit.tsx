import { type JSX, useState } from 'react'
import { Field } from '../../components/Field'
import { FileDrop } from '../../components/FileDrop'
import { Note } from '../../components/Note'
import type { Job } from '../../market/types'
import type { Audited, Examined } from '../../python/protocol'
import { useExamination } from '../../wallet/useExamination'
import { type Rows, useRows } from '../../wallet/useRows'
import { messageOf } from '../../words'
import { joinWords } from '../../words/join'
import { Examining } from './Examining'

/** Chance to pick the right row of a pair from which on a model gives its rows away, as `deml privacy audit` has it. */
const CLEAR = 0.6

/** Attack one's own model, to see what it gives away of the rows that it was trained on. */
export function Audit({ job, asked }: { job: Job; asked: Examined }): JSX.Element {
  const own = useRows(job)
  const [aside, setAside] = useState<Rows>()
  const [problem, setProblem] = useState('')
  const { examination, run, cancel } = useExamination('audited')
  const [wished, setWished] = useState('0')
  const shadows = Number(wished)
  const valid = /^\d{1,4}$/.test(wished) && (shadows === 0 || shadows >= 8)
  const text = joinWords.examine
  const read = async (file: File) => {
    setProblem('')
    try {
      setAside(await own.read(file))
    } catch (error) {
      setProblem(messageOf(error))
    }
  }
  return (
    <div className="grid justify-items-start gap-3">
      <FileDrop label={text.aside} accept=".csv,.parquet" busy={own.busy} onFile={read} />
      <p className="max-w-[58ch] text-13 text-ink-3">{text.asideHint}</p>
      {aside && <p className="wrap-anywhere text-14">{text.chosen(aside.name)}</p>}
      {problem && <Note kind="bad">{text.failed(problem)}</Note>}
      <Field
        label={text.shadows}
        inputMode="numeric"
        value={wished}
        onChange={setWished}
        hint={text.shadowsHint}
        {...(valid ? {} : { problem: text.shadowsBad })}
      />
      <Examining
        examination={examination}
        label={text.audit}
        disabled={!valid}
        step={text.attacking}
        onRun={() => run({ ...asked, shadows, aside: aside ? { x: aside.x, y: aside.y } : null })}
        onCancel={cancel}
      />
      {examination.state === 'done' && <Told found={examination.found} />}
    </div>
  )
}

function Told({ found }: { found: Audited }): JSX.Element {
  return (
    <>
      <Note kind={found.auc >= CLEAR ? 'warn' : 'info'} title={joinWords.examine.rows(found.members, found.others)}>
        {found.words.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </Note>
      <table className="table stackable" aria-label={joinWords.examine.attacks}>
        <thead>
          <tr>
            {found.columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.attacks.map((cells) => (
            <tr key={cells[0]}>
              {cells.map((cell, place) => (
                <td key={found.columns[place]} data-label={found.columns[place]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
