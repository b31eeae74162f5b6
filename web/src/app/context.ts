import { createContext, useContext } from 'react'
import type { Settings } from './settings'

export const SettingsContext = createContext<Settings | undefined>(undefined)

/** The settings of this page. */
export function useSettings(): Settings {
  const settings = useContext(SettingsContext)
  if (!settings) throw new Error('useSettings needs a SettingsContext')
  return settings
}
