import type { JSX } from 'react'
import type { Checked } from '../market/check'
import { joinWords } from '../words/join'
import { Foreign } from './Foreign'
import { Note } from './Note'

/** Where a table does not fit its specification, column by column; never with a value. */
export function Findings({ checked }: { checked: Checked }): JSX.Element {
  return (
    <Note kind="bad" title={joinWords.check.doesNotFit}>
      <ul className="mt-1 list-disc pl-5">
        {checked.findings.map((one) => (
          <li key={`${one.column} ${one.problem}`}>
            <Foreign text={one.column} />: {joinWords.check.problems[one.problem](one.rows)}{' '}
            {one.closest && (
              <>
                {joinWords.check.closest} <Foreign text={one.closest} />
              </>
            )}
          </li>
        ))}
      </ul>
    </Note>
  )
}
