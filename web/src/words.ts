import type { ProvenanceState } from './components/Provenance'
import type { DutyKind } from './market/duty'
import type { Step } from './market/phases'
import type { Job } from './market/types'

/** Every English string of the page, in one place. Protocol terms stand in disclosures only. */
export const words = {
  brand: 'DeML',
  nav: { market: 'Market', post: 'Post a job', account: 'Account', verify: 'Verify', label: 'Main' },
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
  termsText: {
    measured: 'How it is measured',
    pay: 'Pay',
    market: (escrow: string, target: string, today: string, grid: string) =>
      `Up to ${escrow}: for what a model adds to the best one sealed before it, from ${today} to ${target}, in steps of ${grid}.`,
    fixed: (each: string, threshold: string) => `${each} to each of the first that beat today’s model by ${threshold}.`,
    unknownRule: 'By a rule that this page does not know.',
    stake: 'Stake',
    stakeText: (stake: string) =>
      `${stake}. You lose it only if you are due and do not publish the model you declared. It then goes to the other clients or is burnt, never to the sponsor.`,
    bond: 'If the sponsor does not reveal',
    bondText: (bond: string) =>
      `Its bond of ${bond} is shared among everybody who sealed a model, and every stake goes back.`,
    rounds: 'Publishing',
    roundsText: (rounds: number, each: string) =>
      `Up to ${rounds} rounds of ${each}. Where somebody does not deliver, the next in line is due.`,
    limits: 'Limits',
    limitsText: (bytes: string, rows: string) => `Models of at most ${bytes} bytes, at most ${rows} test rows.`,
  },
  trust: {
    scores: 'Scores and dues',
    nobody: 'Nobody',
    scoresText: 'Anybody can recompute all of them, to the same bit.',
    money: 'The money',
    moneyText: 'Who controls this consensus could have a false result accepted, and empty the escrow.',
    program: 'The program',
    programRenounced: 'The Application has no owner. Its rules cannot be replaced.',
    programOwned: 'The Application has an owner, who could replace what accepts results, and empty the escrow.',
    token: 'The token',
    tokenText: 'The token’s own contract could freeze transfers.',
    rows: 'The test rows',
    sponsor: 'The sponsor',
    rowsText: 'You see them before you publish anything, and may walk away until you have declared.',
    data: 'Your data',
    thisComputer: 'This computer',
    dataText: 'It is never sent. A published model can still tell something about it.',
    unread: 'not read yet',
  },
  proofs: {
    columns: { says: 'What it says', hash: 'Hash', here: 'Here', claim: 'On chain' },
    proven: 'in an accepted claim',
    waiting: 'waits for its claim',
    download: 'All notices as JSON',
    notices: {
      JobCreated: 'Job created',
      ToppedUp: 'Escrow raised',
      Accepted: 'A client joined',
      PayToChanged: 'A client is paid elsewhere',
      Committed: 'A model was sealed',
      HoldoutRevealed: 'Test rows revealed',
      Declared: 'A score was declared',
      DuesFixed: 'Dues fixed',
      Scoring: 'A model is being scored',
      Scored: 'A model was verified',
      Refuted: 'A declaration was refuted',
      Settled: 'Settled',
      Aggregated: 'The models were averaged',
    } as Record<string, string>,
  },
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
  intents: {
    accept: {
      deed: (amount: string) => `Join with ${amount}`,
      deedFree: 'Join',
      public: 'That this wallet takes part, and its stake.',
      stays: 'Your data, and your model.',
      otherwise: (amount: string) =>
        `Your stake of ${amount} comes back unless you are due and do not publish the model you declared.`,
      late: 'If the last place is taken before you, the stake is kept in your balance here, and you can withdraw it.',
    },
    commit: {
      deed: 'Seal this model',
      public: 'A hash that says nothing about the model.',
      stays: 'The model itself, in this browser. Keep its file as well.',
      otherwise: (time: string) => `You may seal another one until ${time}; that moves you to the end of the order.`,
    },
    declare: {
      deed: (score: string) => `Declare ${score}`,
      public: (score: string) => `The score ${score}, once and for all.`,
      publicLeast: (amount: string) => `That you publish for ${amount} or more.`,
      stays: 'Your model, until it is final that it will be paid.',
      otherwise: 'A score that the machine does not confirm costs your stake once you are due.',
    },
    submit: {
      deed: (amount: string) => `Publish for ${amount}`,
      public: 'Your model, for good. Anybody can use it.',
      stays: 'Your rows. A model can tell something about them.',
      otherwise: (stake: string) => `If you do not publish, you lose your stake of ${stake}.`,
    },
    post: {
      deed: (escrow: string) => `Post with ${escrow}`,
      public: 'Title, columns, terms, today’s model, your address, and a seal of the test rows.',
      publicLater: (time: string) => `The test rows, when you show them: by ${time}.`,
      stays: 'The test rows and their salt, until you show them.',
      otherwise: (bond: string, time: string) =>
        `If you do not show the rows by ${time}, you lose your bond of ${bond} to the clients.`,
      cancel: 'You can cancel until the first client joins.',
    },
    reveal: {
      deed: 'Show the test rows',
      public: 'Every test row, with all its columns, for good.',
      otherwise: (time: string) => `If you do not show them by ${time}, your bond is shared among the clients.`,
    },
    cancel: {
      deed: 'Cancel the job',
      public: 'That the job is cancelled.',
      otherwise: 'The escrow leaves by a payment that you claim once it is confirmed.',
    },
    continue: { deed: 'Let the scoring go on', otherwise: 'Anybody may do this; it only costs the network fee.' },
    settle: {
      deeds: { fix: 'Fix who is due', round: 'Begin the next round', end: 'Settle the job' },
      otherwise: 'Anybody may do this; it only costs the network fee.',
    },
    withdraw: {
      deed: (amount: string) => `Withdraw ${amount}`,
      public: 'That this amount goes to this account.',
      otherwise: 'It leaves by a payment that you claim once it is confirmed.',
    },
    claim: {
      deed: (amount: string) => `Claim ${amount}`,
      otherwise: 'Anybody may execute this payment; it pays whom it names.',
    },
  },
  join: {
    steps: 'Steps',
    names: {
      check: 'Check your data',
      join: 'Join',
      seal: 'Train and seal',
      declare: 'Declare',
      publish: 'Publish',
      settle: 'Paid',
    },
    titles: {
      check: 'Does your data fit?',
      join: 'Join this job',
      seal: 'Train at home, then seal your model',
      declare: 'Score your model and declare it',
      publish: 'Publish your model',
      settle: 'The end of the job',
    },
    privateTitle: 'Your rows stay here',
    privateText: 'They are read in this tab by a worker that has no way out. What is sent is shown before it is sent.',
    needsWallet: 'From here on a wallet is needed: it signs, and it receives the pay.',
    joined: 'You have joined.',
    full: (most: number) => `The job has its ${most} participants.`,
    notInvited: 'This job is for invited wallets, and this one is not among them.',
    tooLittle: (needed: string, held: string) => `This takes ${needed}; the wallet holds ${held}.`,
    stake: (amount: string) =>
      `Joining takes a stake of ${amount}. It comes back at the end, unless you are due and do not publish what you declared.`,
  },
  check: {
    intro: 'Choose your table. It is compared with what the job asks for, in this tab, before any money is involved.',
    drop: 'Choose a CSV or Parquet file',
    noSpec:
      'This job has no specification, so your columns cannot be compared here. Ask the sponsor what data it wants.',
    specLost: (reason: string) => `The job’s specification cannot be had: ${reason}`,
    columns: (count: number) => `The ${count} columns that this job asks for`,
    column: 'Column',
    type: 'Kind',
    range: 'Range',
    label: 'label',
    kinds: { number: 'number', integer: 'whole number', category: 'category', text: 'text' },
    fits: (rows: number) => `Your table fits: ${rows.toLocaleString('en')} rows.`,
    spare: (count: number) =>
      `${count === 1 ? 'One column' : `${count} columns`} that the job does not ask for will not be looked at.`,
    doesNotFit: 'Your table does not fit yet.',
    unreadable: 'This file cannot be read as a table. Use CSV with a header line, or Parquet.',
    closest: 'Did you mean',
    goOn: 'Go on',
    sent: (requests: number) =>
      `Sent by what read your data: ${requests === 0 ? '0 bytes, in 0 requests' : `${requests} requests`}, by the browser’s own count.`,
    problems: {
      missing: () => 'is missing.',
      empty: (rows: number) => `is empty in ${rows.toLocaleString('en')} rows.`,
      notNumber: (rows: number) => `is not a number in ${rows.toLocaleString('en')} rows.`,
      notInteger: (rows: number) => `is not a whole number in ${rows.toLocaleString('en')} rows.`,
      outOfRange: (rows: number) => `is out of range in ${rows.toLocaleString('en')} rows.`,
      unknownCategory: (rows: number) =>
        `has a value that is not among the categories in ${rows.toLocaleString('en')} rows.`,
    },
  },
  train: {
    intro:
      'Choose your table and train here. It is read by one worker and learnt from by another; neither has any way out of this tab. The first time, some 30 MB of Python are loaded from where this page came from.',
    epsilon: 'Privacy budget (epsilon)',
    asked: (most: number) => `This job asks for differential privacy, with an epsilon of at most ${most}.`,
    optional: 'Leave empty to train without differential privacy. The smaller, the more private; 8 is a usual start.',
    drop: 'Choose a CSV or Parquet file to train on',
    loading: 'Loading Python and reading the table ...',
    epoch: (number: number, total: number, score: string) =>
      `Epoch ${number} of ${total}${score && `: ${score} on the rows held out`}`,
    cancel: 'Stop training',
    failed: (reason: string) => `Nothing was trained: ${reason}`,
    noRows: 'No row of this table has all that the job asks for.',
    noSpec:
      'This job has no specification that can be read, so the tab cannot read a table for it. Use the command below.',
    script:
      'This job comes with a trainer of the sponsor’s own. It runs here in a frame that can reach nothing, neither the network nor this page nor what your browser keeps; what it leaves passes the same gate as the command’s.',
    says: (line: string) => `The trainer says: ${line}`,
    stranger: 'Its numbers were computed by a stranger’s program: no one can say what of your rows they hold.',
    rows: (used: number, leftOut: number) =>
      `Trained on ${used.toLocaleString('en')} rows${leftOut > 0 ? `; ${leftOut.toLocaleString('en')} do not fit and were left out` : ''}.`,
    scores: (before: string, after: string, rows: number) =>
      `On ${rows.toLocaleString('en')} rows held out, the initial model scores ${before} and yours ${after}.`,
    spent: (epsilon: number, delta: number) =>
      `Trained with differential privacy: an epsilon of at most ${epsilon} at a delta of ${delta}.`,
    notPrivate: 'Trained without differential privacy: what your rows had in common can be read from the model.',
    noRowAmong: 'No row of your data stands in the file as it is.',
    seal: 'Seal this model',
    download: 'Download it',
  },
  seal: {
    elsewhere: 'I train elsewhere',
    train: 'Train on your own machine with this command, then choose the file that it writes.',
    drop: 'Choose the model’s file',
    signs:
      'Your wallet will ask you to sign twice: the salt of your seal is made from that, so that a lost computer loses no reward.',
    sealed: 'A model is sealed. Choosing another one replaces it, and moves you to the end of the order.',
    tooLarge: (size: number, most: number) =>
      `The file has ${size.toLocaleString('en')} bytes; this job allows ${most.toLocaleString('en')}.`,
    notSigned: 'Without your wallet’s signature there is no seal. Nothing was sent.',
    keepSalt:
      'This wallet signs differently each time, so it cannot make the salt again. Keep this file: without it you cannot publish.',
    downloadSalt: 'Download the salt',
  },
  declare: {
    notYet: (time: string) =>
      `The test rows are shown until ${time}. Come back then: you score your model on them, and declare the number.`,
    nothingSealed: 'This wallet has sealed no model in this job.',
    done: (score: string) => `You declared ${score}.`,
    intro:
      'Your sealed model is scored on the test rows: in this tab, or by the command. Either computes the very number that the machine will compute.',
    found: (score: string, credited: string, today: string) =>
      `It scores ${score}, against ${today} today. What luck could explain is taken off: ${credited} counts, and is what you declare.`,
    here: 'Score it in this tab',
    busy: 'Scoring…',
    noFile: 'The sealed model is not in this browser. Use the command on the machine that has it.',
    failed: (reason: string) => `This tab could not score it: ${reason}`,
    score: 'Its credited score, in parts per million',
    scoreHint: (baseline: string) => `Today’s model has ${baseline}.`,
    reads: (score: string, today: string) => `That is ${score}, against ${today} today.`,
    least: {
      title: 'Least pay for which you would publish',
      protects: (shaved: string, most: string, stake: string, proposed: string) =>
        `Without a minimum, models sealed before yours that are almost as good can leave you ${shaved} of ${most}, and you publish for that or lose your stake of ${stake}. With ${proposed}, you are paid that or more, or you keep model and stake.`,
      costs: (rounds: number) =>
        `What a minimum costs: whatever pushes your pay below it puts you out of this job for good, unpaid. ${rounds === 1 ? 'One false declaration keeps you out either way' : `Without one it takes false declarations that lose ${rounds} stakes to keep you out, with one a single stake`}; true models sealed before yours lose none.`,
      none: 'No minimum',
      some: (proposed: string) => `A minimum; proposed: ${proposed}`,
      amount: (symbol: string) => `The minimum, in ${symbol}`,
    },
    deed: 'Review and declare',
  },
  publish: {
    intro: (amount: string) => `You are due ${amount} for your model. Nothing that others do can lower it.`,
    review: 'Review and publish',
    model: 'your model',
    notHere: 'The sealed model is not in this browser.',
    drop: 'Choose the sealed file',
    otherFile: 'This is not the file that you sealed.',
    verified: 'Your model is verified. You are paid when the job is settled.',
    notDue: 'You are not due in this round. Publish nothing; your stake comes back.',
  },
  settle: {
    intros: {
      fix: 'All scores are declared, and nobody has fixed yet who is due.',
      round: 'Somebody who was due did not publish in time. The next in line get their turn.',
      end: 'Nobody is awaited any more, and nobody has settled the job yet.',
    },
    notYet: 'The job has not ended yet.',
    received: (amount: string) => `${amount} are on their way to you.`,
    toAccount: 'To your account',
  },
  account: {
    title: 'Your account',
    needsWallet: 'Connect a wallet to see what is due to it, and by when.',
    ready: 'Ready to claim',
    confirming: 'Being confirmed',
    atStake: 'At stake',
    paid: 'Paid so far',
    claimAll: 'Claim all',
    balance: (amount: string) => `${amount} are in your balance here: from deposits that could not be used.`,
    withdraw: 'Withdraw',
    next: 'Next deadlines',
    calendar: 'As a calendar file',
    deadline: (what: string, job: number) => `DeML job ${job}: ${what}`,
    nothingDue: 'Nothing is due.',
    look: 'Look',
    history: 'Payments',
    columns: { output: 'Output', amount: 'Amount', state: 'What has become of it' },
    states: { confirming: 'Being confirmed', ready: 'Ready to claim', claimed: 'Paid' },
  },
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
