import type { JSX } from 'react'
import type { Spec } from '../market/spec'
import { joinWords } from '../words/join'
import { Foreign } from './Foreign'

/** The columns that a job asks for, one click deeper. */
export function Columns({ spec }: { spec: Spec }): JSX.Element {
  return (
    <details className="deeper">
      <summary>{joinWords.check.columns(spec.data.columns.length)}</summary>
      <table className="table stackable mt-2">
        <thead>
          <tr>
            <th scope="col">{joinWords.check.column}</th>
            <th scope="col">{joinWords.check.type}</th>
            <th scope="col">{joinWords.check.range}</th>
          </tr>
        </thead>
        <tbody>
          {spec.data.columns.map((one) => (
            <tr key={one.name}>
              <td>
                <Foreign text={one.name} />{' '}
                {one.name === spec.data.label.column && <span className="pill">{joinWords.check.label}</span>}
              </td>
              <td data-label={joinWords.check.type}>
                <Foreign text={[joinWords.check.kinds[one.type], one.unit].filter(Boolean).join(', ')} />
              </td>
              <td data-label={joinWords.check.range}>
                <Foreign
                  text={
                    one.categories?.join(', ') ??
                    [one.minimum, one.maximum].filter((edge) => edge !== undefined).join(' to ')
                  }
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
