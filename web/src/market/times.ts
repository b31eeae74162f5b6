const dateTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})

/** "22 Mar 12:00" in the reader's zone. */
export function timeText(seconds: number): string {
  return dateTime.format(new Date(seconds * 1000)).replace(',', '')
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
