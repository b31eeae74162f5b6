import { createContext, useContext } from 'react'
import type { Settings } from './settings'

export const SettingsContext = createContext<Settings | undefined>(undefined)

/** The settings of this page. */
export function useSettings(): Settings {
  const settings = useContext(SettingsContext)
  if (!settings) throw new Error('useSettings needs a SettingsContext')
  return settings
}

/** What the address of a link says of the Application that it is about: nothing where there is only one. */
export function useAppSearch(): { app: string | undefined } {
  const { appAddress, applications } = useSettings()
  return { app: applications.length > 1 ? appAddress : undefined }
}
