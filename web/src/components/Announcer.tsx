import { createContext, type JSX, type ReactNode, useCallback, useContext, useState } from 'react'

const Announce = createContext<(text: string) => void>(() => {})

/** Say something to screen readers without moving the focus. */
export function useAnnounce(): (text: string) => void {
  return useContext(Announce)
}

/** Holds the page's live region. */
export function Announcer({ children }: { children: ReactNode }): JSX.Element {
  const [text, setText] = useState('')
  const announce = useCallback((said: string) => {
    setText('')
    requestAnimationFrame(() => setText(said))
  }, [])
  return (
    <Announce.Provider value={announce}>
      {children}
      <p className="visually-hidden" role="status">
        {text}
      </p>
    </Announce.Provider>
  )
}
