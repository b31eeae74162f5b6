export interface Deadline {
  at: number
  what: string
  /** What it is a deadline of, in a few letters: one job of one Application. */
  of: string
}

/** A calendar file of deadlines, each with a reminder an hour before: it reminds when the page is closed. */
export function calendarOf(deadlines: readonly Deadline[], made: Date): string {
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//DeML//deadlines//EN']
  for (const one of deadlines) {
    lines.push(
      'BEGIN:VEVENT',
      `UID:deml-${one.of}-${one.at}@deml`,
      `DTSTAMP:${stamp(made)}`,
      `DTSTART:${stamp(new Date(one.at * 1000))}`,
      `SUMMARY:${escaped(one.what)}`,
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      `DESCRIPTION:${escaped(one.what)}`,
      'TRIGGER:-PT1H',
      'END:VALARM',
      'END:VEVENT',
    )
  }
  lines.push('END:VCALENDAR')
  return lines.map(folded).join('\r\n').concat('\r\n')
}

function stamp(time: Date): string {
  return time
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d{3}/, '')
}

/** RFC 5545, 3.3.11: what would end a value is escaped. */
function escaped(text: string): string {
  return text.replace(/[\\;,]/g, (one) => `\\${one}`).replace(/\r?\n/g, '\\n')
}

/** RFC 5545, 3.1: lines of at most 75 octets; characters are kept whole. */
function folded(line: string): string {
  const parts: string[] = []
  let part = ''
  for (const one of line) {
    if (new TextEncoder().encode(part + one).length > 73) {
      parts.push(part)
      part = ''
    }
    part += one
  }
  return [...parts, part].join('\r\n ')
}
