import { useQuery } from '@tanstack/react-query'
import { useSettings } from '../app/context'
import { MAX_SPEC_BYTES, parseSpec } from './spec'

/** The specification of a job, from whichever gateway has it; every block is held against its CID. */
export function useSpec(specCid: string) {
  const settings = useSettings()
  return useQuery({
    queryKey: ['spec', specCid],
    queryFn: async () => {
      const { fetchFile } = await import('../files/fetch')
      return parseSpec(await fetchFile(settings.gateways, specCid, MAX_SPEC_BYTES))
    },
    enabled: specCid !== '',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
}
