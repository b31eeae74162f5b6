import type { JSX } from 'react'

const PATHS = {
  check: 'M3 8.5 6.5 12 13 4.5',
  copy: 'M6.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1zM3 10.5v-7a1 1 0 0 1 1-1h6.5',
  info: 'M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0zM8 7.2v4M8 4.8v.1',
  warn: 'M8 2.2 14.5 13.5h-13zM8 6.5v3.4M8 11.7v.1',
  close: 'm4 4 8 8M12 4l-8 8',
  bad: 'M3 2h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1zM5.5 5.5l5 5M10.5 5.5l-5 5',
  down: 'M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2M3 13.5h10',
  file: 'M4 1.8h5l3.2 3.2v9.2H4zM9 1.8V5h3.2',
  phone:
    'M6 1.8h4a1.4 1.4 0 0 1 1.4 1.4v9.6a1.4 1.4 0 0 1-1.4 1.4H6a1.4 1.4 0 0 1-1.4-1.4V3.2A1.4 1.4 0 0 1 6 1.8zM7.2 12h1.6',
  ring: 'M13.4 8A5.4 5.4 0 1 1 2.6 8a5.4 5.4 0 0 1 10.8 0z',
  checked: 'M14.6 8A6.6 6.6 0 1 1 1.4 8a6.6 6.6 0 0 1 13.2 0zM5.2 8.2 7.2 10.2 11 6',
  calendar:
    'M2.2 4.2a1 1 0 0 1 1-1h9.6a1 1 0 0 1 1 1v8.6a1 1 0 0 1-1 1H3.2a1 1 0 0 1-1-1zM2.2 6.6h11.6M5.4 1.8v2.6M10.6 1.8v2.6',
} as const

export type IconName = keyof typeof PATHS

/** A stroked picture of 16 units; it says nothing by itself, the words beside it do. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      className="inline-block flex-none"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
