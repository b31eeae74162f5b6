import { visible } from './components/Foreign'
import type { ProvenanceState } from './components/Provenance'
import type { DataKind, DataShape } from './market/dataKind'
import type { Sorting } from './market/filter'
import type { Step } from './market/phases'

/** English strings that several pages say; those of one page are in `words/`, and none is anywhere else. Protocol terms stand in disclosures only. */
export const words = {
  brand: 'DeML',
  nav: { market: 'Market', post: 'Post a job', account: 'Account', verify: 'Verify', label: 'Main' },
  titles: { job: (id: number) => `Job ${id}`, waiting: 'waiting' },
  unset: {
    title: 'This page does not know which market to show.',
    hint: 'Whoever serves it writes settings.json beside it; “deml web” does so by itself.',
  },
  strange: 'This page knows no such Application.',
  breadcrumb: 'Where you are',
  skip: 'Skip to content',
  stepOf: (number: number, count: number) => `Step ${number} of ${count}`,
  close: 'Close',
  copied: 'Copied.',
  copy: (what: string) => `Copy ${what}`,
  you: 'you',
  switchTheme: 'Switch between light and dark',
  loading: 'Reading the market…',
  steps: {
    join: 'Join',
    reveal: 'Reveal',
    declare: 'Declare',
    publish: 'Publish',
    paid: 'Paid',
  } satisfies Record<Step, string>,
  stepNow: {
    join: 'Open to join',
    reveal: 'Waiting for the test rows',
    declare: 'Declaring scores',
    publish: 'Publishing',
    paid: 'To be settled',
  } satisfies Record<Step, string>,
  strip: {
    over: 'All five phases have passed',
    at: (number: number, name: string) => `Phase ${number} of 5: ${name}`,
    endedIn: (number: number, name: string) => `It ended in phase ${number} of 5: ${name}`,
  },
  provenance: {
    node: 'The node says so. See the proof.',
    checked: 'Recomputed in this browser. See the proof.',
    differs: 'This does not match what was recomputed. See how.',
  } satisfies Record<ProvenanceState, string>,
  how: {
    title: 'How a job runs',
    join: 'You train at home and seal your model. Nobody can see it.',
    reveal: 'The sponsor shows its secret test rows.',
    declare: 'You score your own model on them and say the number.',
    publish: 'The rules fix who is due. Only they publish a model.',
    paid: 'Each score is recomputed. Tokens go to your wallet.',
  },
  market: {
    title: 'Get paid for improving a model. Your data stays with you.',
    promise:
      'A sponsor puts tokens in escrow for a better machine-learning model. You train at home, on your own data. You are paid for improvement that anybody can recompute.',
    jobs: 'Jobs',
    search: 'Search jobs',
    searchHint: 'ECG, tumour, price',
    phase: 'Phase',
    metric: 'Measured by',
    sort: 'Sort by',
    any: 'Any',
    sorts: {
      deadline: 'Next deadline',
      reward: 'Reward',
      newest: 'Newest',
      phase: 'Phase',
      metric: 'Metric',
      data: 'Data',
    } satisfies Record<Sorting, string>,
    reward: 'Reward, at least',
    data: 'Data',
    kinds: { table: 'Tables', images: 'Images', signals: 'Signals', text: 'Texts' } satisfies Record<DataKind, string>,
    shape: ({ kind, size, classes }: DataShape) => {
      const [a = 0, b = 0] = size
      const rows = {
        table: `Tables of ${a.toLocaleString('en')} numbers`,
        images: `Images of ${a} by ${b} pixels`,
        signals: `Signals of ${a.toLocaleString('en')} samples`,
        text: `Texts of up to ${a.toLocaleString('en')} words`,
      }[kind]
      return `${rows}, ${classes === 0 ? 'and a number for each' : `in ${classes} classes`}`
    },
    round: (round: number, known: number) => `Round ${round} of ${known}`,
    inEscrow: (amount: string) => `${amount} in escrow`,
    due: (declared: number, sealed: number) => `${declared} of ${sealed} declared`,
    bond: (amount: string) => `sponsor must reveal, or loses ${amount}`,
    reaching: (target: string) => `for reaching ${target}`,
    refunded: (amount: string) => `${amount} went back`,
    phases: { open: 'Open to join', running: 'Running', ended: 'Ended' },
    found: (count: number) => (count === 1 ? '1 job' : `${count.toLocaleString('en')} jobs`),
    none: 'No job here fits.',
    clear: 'Clear the filters',
    empty: 'No jobs yet.',
    emptyHint: 'Post the first one.',
    left: (duration: string) => `${duration} left`,
    joined: (count: number, most: number) => `${count} of ${most} joined`,
    sealed: (count: number, most: number) => `${count} of ${most} sealed`,
    stake: (amount: string) => `Stake ${amount}`,
    fixed: 'Fixed reward',
    filters: 'Filter and sort',
    legend: { luck: 'luck could explain this much', today: 'today', target: 'target' },
    fromTo: (from: string, to: string) => `From ${from} today to a target of ${to}`,
    fixedEach: (count: number, each: string) => `${count} places, ${each} each`,
    escrow: 'in escrow',
  },
  node: {
    down: 'The node does not answer.',
    chainDown: 'The chain does not answer.',
    neverSeen: 'Nothing could be read yet.',
    downHint: (since: string) => `What you see is from ${since}. Nothing can be sent until it answers.`,
    again: 'Try now',
  },
  wallet: {
    connect: 'Connect',
    connectWallet: 'Connect a wallet',
    disconnect: 'Disconnect',
    here: 'Found in this browser',
    none: 'No wallet was found in this browser. Install one as an extension, and reload this page.',
    phone: 'Wallet on a phone',
    phoneHint: 'Scan this with your wallet. It connects through a relay that sees only encrypted messages.',
    open: 'Open the wallet on this phone',
    waiting: 'Waiting for the wallet…',
    expired: 'The code has expired.',
    newCode: 'New code',
    refused: 'The wallet refused to connect. Nothing was sent.',
    wrongChain: (wanted: string) => `Your wallet is on another chain. This market is on ${wanted}.`,
    switch: 'Switch the wallet',
    noPhone: 'This page has no relay for wallets on a phone. Its operator can set one.',
    copyLink: 'Copy the link instead',
  },
  footer: {
    state: (block: string) => `State as of ${block}.`,
    nothing: 'No accounts, no cookies, no tracking. Apache-2.0.',
  },
  drop: 'or drop it here; it stays on this computer',
  obstacle: {
    contradicted: (jobs: number[]) =>
      `The node says otherwise than its own notices of ${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.join(', ')}. Nothing can be sent until another node is asked.`,
  },
}

/** What an error says, to be shown; whatever was thrown. */
export function messageOf(error: unknown): string {
  return visible(error instanceof Error ? error.message : String(error))
}
