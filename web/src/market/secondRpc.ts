const KEY = 'deml.second-rpc'

/** Addresses that this page may ask: its own content security policy allows no others. */
const ASKABLE = /^(https:\/\/\S|http:\/\/(127\.0\.0\.1|localhost)[:/])/

/** The second chain client that this browser's user has chosen; undefined if none. */
export function chosenRpc(): string | undefined {
  return localStorage.getItem(KEY) ?? undefined
}

/** Whether a chain client's address can be asked from here. */
export function isAskable(url: string): boolean {
  return ASKABLE.test(url)
}

/** Keep the user's choice; an empty one is none. */
export function chooseRpc(url: string): void {
  if (url === '') localStorage.removeItem(KEY)
  else if (isAskable(url)) localStorage.setItem(KEY, url)
}
