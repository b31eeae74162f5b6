import type { ProvenanceState } from './components/Provenance'
import type { DutyKind } from './market/duty'
import type { Step } from './market/phases'
import type { Job } from './market/types'

/** English strings that several pages say; those of one page are in `words/`, and none is anywhere else. Protocol terms stand in disclosures only. */
export const words = {
  brand: 'DeML',
  nav: { market: 'Market', post: 'Post a job', account: 'Account', verify: 'Verify', label: 'Main' },
  unset: {
    title: 'This page does not know which market to show.',
    hint: 'Whoever serves it writes settings.json beside it; “deml web” does so by itself.',
  },
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
    sorts: { deadline: 'Next deadline', reward: 'Reward', newest: 'Newest' },
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
    legend: { today: 'today', target: 'target' },
    fromTo: (from: string, to: string) => `From ${from} today to a target of ${to}`,
    fixedEach: (count: number, each: string) => `${count} places, ${each} each`,
    escrow: 'in escrow',
  },
  endings: {
    settled: 'Settled',
    cancelled: 'Cancelled before anybody joined. The escrow went back to the sponsor.',
    'nobody-accepted': 'Nobody joined. The escrow went back to the sponsor.',
    'nobody-committed': 'Nobody sealed a model. The escrow went back to the sponsor, every stake to its client.',
    'holdout-not-revealed':
      'The sponsor never showed its test rows. Its bond was shared among those who had sealed a model, and every stake went back.',
    'nobody-declared': 'Nobody declared a score. The escrow went back to the sponsor, every stake to its client.',
    'nobody-due': 'No model was good enough to be due. The escrow went back to the sponsor, every stake to its client.',
    'nobody-submitted':
      'Nobody who was due published. The escrow went back to the sponsor; stakes of those who were due are lost.',
  } as Record<string, string>,
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
    none: 'No wallet was found in this browser.',
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
  job: {
    number: (id: number) => `Job ${id}`,
    posted: 'Posted by',
    atMost: (rows: number) => `at most ${rows.toLocaleString('en')}`,
    nobodyYet: 'Nobody has joined yet.',
    scoreLabel: (score: string) => `Declared ${score}, against today’s model and the target`,
    stairsLabel: (count: number) => `The escrow, by who is paid for which part: ${count} clients`,
    stairs: (paid: string, rest: string, symbol: string) =>
      `Each client is paid for what its model adds to the best one sealed before it: ${paid} ${symbol} in all. The hatched part, ${rest} ${symbol}, is nobody’s and goes back to the sponsor.`,
    timelineText: {
      join: (job: Job) => `${job.participants} joined, ${job.committed} sealed`,
      reveal: (job: Job) => (job.revealed ? 'The test rows match their seal.' : 'The sponsor shows its test rows.'),
      declare: (job: Job) =>
        job.declared > 0 ? `${job.declared} of ${job.committed} declared` : 'Clients declare their scores.',
      publish: (job: Job) =>
        job.round > 0 ? `Round ${job.round} of at most ${job.terms.maxRounds}` : 'Who is due publishes.',
      paid: () => 'Pay, stakes and the rest leave to the wallets.',
    } satisfies Record<Step, (job: Job) => string>,
    part: 'Your part',
    today: 'Today’s model',
    target: 'Target',
    escrow: 'In escrow',
    stake: 'Stake to join',
    rows: 'Test rows',
    places: 'Places',
    timeline: 'The order of things',
    now: 'Now',
    check: 'Check my data',
    average: (models: number, score: string, cid: string) =>
      `The average of the ${models} paid models scores ${score}: ${cid}`,
    averageToCome: 'The average of the paid models is made and scored once the job is settled.',
    scores: 'Scores and pay',
    terms: 'Terms, in words',
    exact: 'The terms as they stand on chain',
    trust: 'Whom you trust',
    proofs: 'Proofs and files',
    until: (time: string) => `to ${time}`,
    noScores: 'No scores yet: they are declared after the test rows are shown.',
    unknown: (id: number) => `There is no job ${id}.`,
    columns: {
      order: 'Order',
      client: 'Client',
      declared: 'Declared',
      bar: 'Against today and target',
      due: 'Due',
      paid: 'Paid',
      standing: 'Standing',
    },
    standings: {
      accepted: 'Joined',
      committed: 'Sealed a model',
      declared: 'Declared a score',
      'not-due': 'Not due',
      due: 'Due to publish',
      scoring: 'Being scored',
      refuted: 'Refuted',
      waived: 'Stood aside',
      failed: 'Did not deliver',
      verified: 'Verified',
      paid: 'Paid',
    } as Record<string, string>,
  },
  duty: {
    join: {
      title: 'Open to join',
      deed: 'Check my data',
      text: ({ by, left, stake }) =>
        `Join and seal your model by ${by}, in ${left}. Joining takes a stake of ${stake}, which comes back unless you are due and do not publish.`,
    },
    seal: {
      title: 'You have joined',
      deed: 'Seal my model',
      text: ({ by, left }) =>
        `Train at home and seal your model by ${by}, in ${left}. Without a seal you earn nothing; your stake comes back.`,
    },
    sealed: {
      title: 'Your model is sealed',
      deed: 'Replace it',
      text: ({ by }) => `Nothing to do until ${by}. Nobody can see your model.`,
    },
    declare: {
      title: 'Your turn',
      deed: 'Declare my score',
      text: ({ by, left }) => `Score your sealed model on the test rows and declare it by ${by}, in ${left}.`,
    },
    declared: {
      title: 'Declared',
      deed: '',
      text: ({ by }) => `Who is due is fixed after ${by}.`,
    },
    publish: {
      title: 'You are due, if you publish',
      deed: 'Review and publish',
      text: ({ by, left, stake }) =>
        `Publish your model by ${by}, in ${left}. If you do not, you lose your stake of ${stake}. Nothing others do can lower this amount.`,
    },
    notDue: {
      title: 'Not due this time',
      deed: '',
      text: () => 'Publish nothing; your stake comes back.',
    },
    verified: {
      title: 'Your model is verified',
      deed: '',
      text: () => 'You are paid when the job is settled.',
    },
    paid: {
      title: 'Paid',
      deed: 'To your account',
      text: () => 'Pay and stake left in one payment. Claim it once it is confirmed.',
    },
    refunded: {
      title: 'Your stake is back',
      deed: 'To your account',
      text: () => 'No pay this time. Claim your stake once it is confirmed.',
    },
    reveal: {
      title: 'Your turn',
      deed: 'Show the test rows',
      text: ({ by, left }) =>
        `Show your test rows by ${by}, in ${left}. If you do not, your bond is shared among the clients.`,
    },
    sponsorWaits: {
      title: 'Your job',
      deed: '',
      text: ({ by }) => (by ? `Nothing to do until ${by}.` : 'Nothing to do.'),
    },
    settle: {
      title: 'To be settled',
      deed: 'Settle it',
      text: () => 'Nobody is awaited any more. Anybody may settle the job; it costs only the network fee.',
    },
    fix: {
      title: 'Who is due can be fixed',
      deed: 'Fix it',
      text: () => 'All scores are declared. Anybody may fix who is due; it costs only the network fee.',
    },
    round: {
      title: 'The next round can begin',
      deed: 'Begin it',
      text: () =>
        'Somebody who was due did not publish in time. Anybody may begin the next round, for others to be due.',
    },
    closed: {
      title: 'Closed to newcomers',
      deed: '',
      text: () => 'Joining has ended. You can follow what happens here.',
    },
    ended: { title: 'Ended', deed: '', text: () => 'Nothing can happen to this job any more.' },
  } satisfies Record<DutyKind, { title: string; deed: string; text: (values: DutyValues) => string }>,
  drop: 'or drop it here; it stays on this computer',
  consent: {
    notNow: 'Not now',
    sends: 'What is sent',
    sent: (count: number, bytes: number) =>
      `${count === 1 ? 'One transaction' : `${count} transactions`}, ${bytes.toLocaleString('en')} bytes.`,
    costs: 'What it costs',
    fee: (ether: string) => `A network fee of at most ${Number(ether).toPrecision(3)} ETH.`,
    estimating: 'Asking the chain…',
    becomesPublic: 'What becomes public',
    stays: 'What stays here',
    otherwise: 'Good to know',
    wouldFail: 'The chain would refuse this now. Nothing was sent.',
    code: 'The code',
  },
  obstacle: {
    nodeDown: 'The node does not answer, so nothing can be sent.',
    contradicted: (jobs: number[]) =>
      `The node says otherwise than its own notices of ${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.join(', ')}. Nothing can be sent until another node is asked.`,
    wrongChain: 'The wallet is on another chain.',
  },
  sending: {
    steps: {
      wallet: 'Waiting for the wallet…',
      chain: 'Waiting for the chain…',
      node: 'Waiting for the dapp’s answer…',
    },
    rejected: 'You refused in the wallet. Nothing was sent.',
    locked: 'The wallet is locked, or no longer connected to this page. Unlock it and try again.',
    reorganised:
      'The chain has replaced the block that held your transaction. Look at your account before you send it again.',
    chainDown:
      'The chain does not answer. Whether your transaction arrived is not known: look again before you resend it.',
    failed: 'This did not go through.',
  },
  refusals: {
    JOB_FULL:
      'The job has all its participants. Your stake is not lost: it is in your balance here, and you can withdraw it.',
    WRONG_PHASE: 'This came too late, or too early. Nothing changed but the network fee.',
  } as Record<string, string>,
}

/** Values that a sentence about a duty may name; empty where there are none. */
interface DutyValues {
  by: string
  left: string
  stake: string
}

/** What an error says, to be shown; whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
