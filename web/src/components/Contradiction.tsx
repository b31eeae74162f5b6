import type { JSX } from 'react'
import { useContradicted } from '../market/useMarket'
import { words } from '../words'
import { Note } from './Note'

/** Says so where the node's answer about a job is not what its own notices say. */
export function Contradiction({ jobId }: { jobId: number }): JSX.Element | null {
  return useContradicted().includes(jobId) ? <Note kind="bad">{words.obstacle.contradicted([jobId])}</Note> : null
}
