import { useSettings } from '../app/context'
import { fetchFile } from '../files/fetch'
import { useTable } from '../files/useTable'
import { MAX_SPEC_BYTES, parseSpec, withClasses } from '../market/spec'
import type { Job } from '../market/types'
import { joinWords } from '../words/join'

/** Rows of one's own as a job's specification says how they are read. */
export interface Rows {
  name: string
  x: Float64Array
  y: Float64Array
}

/** Reads tables for a job, in a worker without a way out. */
export function useRows(job: Job) {
  const settings = useSettings()
  const table = useTable()
  const read = async (file: File): Promise<Rows> => {
    const spec = parseSpec(await fetchFile(settings.gateways, job.terms.specCid, MAX_SPEC_BYTES))
    const answer = await table.ask({ file, want: 'usable', data: withClasses(spec.data, job.terms.architecture) })
    if (!('numbers' in answer) || answer.numbers.rows === 0) throw new Error(joinWords.train.noRows)
    return { name: file.name, x: answer.numbers.x, y: answer.numbers.y }
  }
  return { read, busy: table.busy }
}
