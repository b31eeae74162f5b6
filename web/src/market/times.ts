const dateTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})

/** The last second that a date can be of; a node may tell of later ones. */
const LAST_SECOND = 8.64e12

/** "22 Mar 12:00" in the reader's zone. */
export function timeText(seconds: number): string {
  if (!(Math.abs(seconds) <= LAST_SECOND)) return '–'
  return dateTime.format(new Date(seconds * 1000)).replace(',', '')
}

const WRITTEN = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/

/** Seconds of a duration as the command writes it, such as `2h` or `1d12h`; undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const found = WRITTEN.exec(text.replace(/\s/g, ''))
  if (!found?.slice(1).some(Boolean)) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((one) => Number(one ?? 0))
  return days * 86_400 + hours * 3_600 + minutes * 60 + seconds
}

/** A duration as `parseDuration` reads it. */
export function writtenDuration(seconds: number): string {
  return durationText(seconds).replace(/ min/, 'm').replace(/\s/g, '')
}

/** "1 d 2 h", in its two largest units. */
export function durationText(seconds: number): string {
  const parts: string[] = []
  let rest = Math.max(0, Math.floor(seconds))
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count && parts.length < 2) parts.push(`${count} ${unit}`)
    else if (parts.length) break
  }
  return parts.join(' ') || '0 s'
}
