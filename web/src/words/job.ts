import type { Step } from '../market/phases'
import type { Job } from '../market/types'
import type { WhyNot } from '../market/whyNot'

/** What a job’s page says of its terms, of whom one trusts, and of proofs. */
export const jobWords = {
  endings: {
    settled: 'Settled.',
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
  page: {
    number: (id: number) => `Job ${id}`,
    posted: 'Posted by',
    atMost: (rows: number) => `at most ${rows.toLocaleString('en')}`,
    nobodyYet: 'Nobody has joined yet.',
    nobody: 'Nobody joined.',
    all: (count: number) => `Show all ${count.toLocaleString('en')}`,
    sealedAs: (order: number) => `sealed as number ${order}`,
    stairsFrom: (today: string) => `${today} today`,
    bought: (shape: string, today: string, most: string, target: string | undefined) =>
      target === undefined
        ? `A model that learns from ${lowered(shape)} and scores ${today} today is to get better; up to ${most} are paid for it.`
        : `A model that learns from ${lowered(shape)} scores ${today} today. Up to ${most} are paid for bringing it to ${target}.`,
    notReached: 'Not reached.',
    legend: {
      luck: 'luck could explain this much',
      range: 'score, and where it could plausibly lie (95 %)',
      today: 'today',
      target: 'target',
    },
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
    termsSealed: 'These terms were fixed when the job was posted, and nobody can change them.',
    trust: 'Whom you trust',
    proofs: 'Proofs and files',
    until: (time: string) => `to ${time}`,
    noScores: 'No scores yet: they are declared after the test rows are shown.',
    unknown: (id: number) => `There is no job ${id}.`,
    columns: {
      order: 'Order',
      client: 'Client',
      declared: 'Declared',
      verified: 'Verified',
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
  /** Why somebody is not due, in the rules' own terms. */
  whyNot: {
    sealedNothing: 'sealed no model; its stake comes back',
    declaredNothing: 'declared nothing; its stake comes back',
    luck: 'no better than today’s model, or only as much as luck could explain',
    belowStep: 'better than today’s model by less than the smallest step that is paid',
    belowMargin: (margin: string) => `better than today’s model by less than the ${margin} that are asked for`,
    placesTaken: 'the reward pays for those sealed before it only',
    noBetter: (order: number) => `adds nothing to number ${order}, sealed before it`,
    asksMore: (least: string) => `asked for ${least} or more, and would have been due less`,
    notDelivered: 'was due, did not publish in time, and lost its stake',
    refuted: (score: string | undefined) =>
      score === undefined
        ? 'its model does not score what it declared'
        : `its model scores ${score}, which is not what it declared`,
  } satisfies Record<WhyNot['kind'], string | ((value: never) => string)>,
  /** Where the money of an ended job went. */
  ending: {
    paid: (amount: string, clients: number) =>
      `${amount} were paid to ${clients === 1 ? 'one client' : `${clients} clients`}.`,
    shared: (amount: string) => `${amount} went to clients in compensation.`,
    refunded: (amount: string) => `${amount} went back to the sponsor.`,
    burnt: (amount: string) => `${amount} were burnt.`,
  },
  campaign: {
    title: (rounds: number) => (rounds > 1 ? `A campaign: ${rounds} rounds so far` : 'A campaign'),
    what: 'Each round starts from the best model of the last, with new test rows.',
    round: (number: number) => `Round ${number}`,
    target: (score: string) => `${score} target`,
    label: (parts: string[]) => `The best score of each round: ${parts.join('; ')}`,
    part: (round: number, job: number, score: string | undefined) =>
      `round ${round}, job ${job}, ${score === undefined ? 'not scored yet' : score}`,
    before: (job: number) =>
      `It says that it continues job ${job}, which is another sponsor’s, or which the dapp has forgotten.`,
    next: (job: number) => `The next round is job ${job}`,
  },
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
    claimed: 'in a claim: check it',
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
  specification: {
    title: 'What data is wanted',
    none: 'This job has no specification. Ask the sponsor what data it wants.',
    license: 'Licence of the models',
    privacy: 'Privacy',
    privacyText: (epsilon: number, delta: number) =>
      `The sponsor asks for an epsilon of ${epsilon} at most, at delta ${delta}. You may give away less.`,
    trainer: 'Trainer',
    trainerText: (cid: string) =>
      `A script of the sponsor’s, ${cid}. In this tab it runs in a frame that can reach nothing; by the command, in a sandbox.`,
    use: 'What the models may be used for',
    useUnsaid: 'The sponsor does not say. Ask before you train on what is not yours to give away.',
    otherTitle: 'The specification has another title than the job. The terms win.',
  },
  luck: {
    title: 'What luck could explain',
    text: (rows: string, places: number, least: string) =>
      `With ${rows} test rows and ${places} places, an improvement below ${least} is never told from luck, and is not paid. The hatched band on each bar shows it.`,
    depends:
      'What luck could explain depends here on what the test rows hold; it is taken off each score all the same.',
    paid: 'Scores are credited as they are, so luck is paid too.',
    from: (score: string, changed: number) => `counts from ${score}, if ${changed.toLocaleString('en')} rows change`,
    luck: 'luck',
    chart: (models: number, from: string) =>
      `How the best of ${models} models that learnt nothing would score by luck; a score counts from ${from}`,
    caption: (models: number, changed: number, scores: number) =>
      `Bars: the best of ${models} models that learnt nothing, each better or worse by the fall of a coin on ${changed.toLocaleString('en')} rows.${scores > 0 ? ' Dots: what was declared here.' : ''} The more rows a model changes, the more luck it can have, and the more it must gain.`,
  },
  files: {
    spec: 'Specification',
    initial: 'Today’s model',
    rows: 'Test rows',
    model: (client: string) => `Model of ${client}`,
    lost: (reason: string) => `No gateway gives it: ${reason}`,
  },
}

/** Text as it stands inside a sentence. */
function lowered(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
