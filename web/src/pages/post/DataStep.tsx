import { type JSX, useState } from 'react'
import { Check } from '../../components/Check'
import { Choice } from '../../components/Choice'
import { FileDrop } from '../../components/FileDrop'
import { Foreign } from '../../components/Foreign'
import { Note } from '../../components/Note'
import { useTable } from '../../files/useTable'
import { type DraftColumn, dataOf } from '../../market/posting'
import { joinWords } from '../../words/join'
import { postWords } from '../../words/post'
import type { PostProps } from './steps'

/** Columns, from the header of a sample table. */
export function DataStep({ draft, change }: PostProps): JSX.Element {
  const text = postWords.data
  const table = useTable()
  const [file, setFile] = useState<File>()
  const [found, setFound] = useState<{ name: string; rows: number }>()
  const [problem, setProblem] = useState('')

  const read = async (from: File, label: string | undefined, ranges: boolean) => {
    setFile(from)
    setProblem('')
    const answer = await table.ask({ file: from, want: 'columns', label, ranges })
    if (!('columns' in answer)) {
      setProblem(text.unreadable)
      return
    }
    const columns = answer.columns.map((one): DraftColumn => ({ ...one, used: one.type !== 'text' }))
    setFound({ name: from.name, rows: answer.rows })
    const data = dataOf({ ...draft, columns, label: answer.label })
    const numbers = await table.ask({ file: from, want: 'numbers', data })
    const sample = 'numbers' in numbers ? numbers.numbers.x : undefined
    change({ columns, label: answer.label, ranges, sample, initial: undefined, ...NOT_MEASURED })
  }
  const replace = (name: string, part: Partial<DraftColumn>) =>
    change({
      columns: draft.columns.map((one) => (one.name === name ? { ...one, ...part } : one)),
      ...('used' in part ? { initial: undefined, sample: undefined, ...NOT_MEASURED } : {}),
    })
  return (
    <>
      <FileDrop
        label={text.drop}
        accept=".csv,.parquet"
        busy={table.busy}
        onFile={(from) => read(from, undefined, draft.ranges)}
      />
      {problem && <Note kind="bad">{problem}</Note>}
      {found && <p className="text-13 text-ink-3">{text.found(found.name, draft.columns.length, found.rows)}</p>}
      {draft.columns.length > 0 && (
        <>
          <Choice
            label={text.label}
            value={draft.label}
            options={draft.columns.map((one) => [one.name, one.name] as const)}
            onChange={(label) => (file ? read(file, label, draft.ranges) : change({ label }))}
          />
          <Columns columns={draft.columns} label={draft.label} onChange={replace} />
          {file && (
            <Check
              checked={draft.ranges}
              label={text.ranges}
              hint={text.rangesHint}
              onChange={(ranges) => read(file, draft.label, ranges)}
            />
          )}
        </>
      )}
    </>
  )
}

/** What no longer holds once the columns are others. */
const NOT_MEASURED = { holdout: undefined, measured: undefined, mayPublish: false } as const

function Columns(props: {
  columns: DraftColumn[]
  label: string
  onChange: (name: string, part: Partial<DraftColumn>) => void
}): JSX.Element {
  const { columns, label, onChange } = props
  const text = postWords.data
  return (
    <section className="max-h-96 overflow-y-auto" aria-label={text.caption}>
      <table className="table stackable">
        <thead>
          <tr>
            <th scope="col">{text.columns.use}</th>
            <th scope="col">{text.columns.name}</th>
            <th scope="col">{text.columns.kind}</th>
            <th scope="col">{text.columns.unit}</th>
            <th scope="col">{text.columns.public}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((one) => (
            <tr key={one.name}>
              <td data-label={text.columns.use}>
                <input
                  type="checkbox"
                  className="size-5 accent-accent"
                  aria-label={text.use(one.name)}
                  checked={one.used || one.name === label}
                  disabled={one.name === label}
                  onChange={(event) => onChange(one.name, { used: event.target.checked })}
                />
              </td>
              <td data-label={text.columns.name}>
                <Foreign text={one.name} />{' '}
                {one.name === label && <span className="pill">{joinWords.check.label}</span>}
              </td>
              <td data-label={text.columns.kind}>{joinWords.check.kinds[one.type]}</td>
              <td data-label={text.columns.unit}>
                {(one.type === 'number' || one.type === 'integer') && (
                  <input
                    className="input min-h-8! w-24! px-2! py-1! text-13"
                    aria-label={text.unitOf(one.name)}
                    value={one.unit ?? ''}
                    onChange={(event) => onChange(one.name, { unit: event.target.value })}
                  />
                )}
              </td>
              <td className="whole text-13 text-ink-2" data-label={text.columns.public}>
                {published(one, label)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function published(column: DraftColumn, label: string): string {
  const text = postWords.data
  if (!column.used && column.name !== label) return text.unused
  if (column.categories) return text.publicWords(column.categories.length)
  return column.minimum === undefined ? text.publicName : text.publicRange
}
