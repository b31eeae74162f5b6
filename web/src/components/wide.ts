/** From where on tables are tables; below, each row is a block of its own. */
const WIDE = '(min-width: 45rem)'

/** Whether the window is wide enough for tables, when it is asked. */
export function isWide(): boolean {
  return window.matchMedia(WIDE).matches
}
