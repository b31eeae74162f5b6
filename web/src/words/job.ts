/** What a job’s page says of its terms, of whom one trusts, and of proofs. */
export const jobWords = {
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
  specification: {
    title: 'What data is wanted',
    none: 'This job has no specification. Ask the sponsor what data it wants.',
    license: 'Licence of the models',
    privacy: 'Privacy',
    privacyText: (epsilon: number, delta: number) =>
      `The sponsor asks for an epsilon of ${epsilon} at most, at delta ${delta}. You may give away less.`,
    trainer: 'Trainer',
    trainerText: 'A script of the sponsor’s. It runs in a sandbox by the command, never in this tab.',
    otherTitle: 'The specification has another title than the job. The terms win.',
  },
  luck: {
    title: 'What luck could explain',
    text: (rows: string, places: number, least: string) =>
      `With ${rows} test rows and ${places} places, an improvement below ${least} could be luck, and is not paid. The hatched band on each bar shows it.`,
    depends:
      'What luck could explain depends here on what the test rows hold; it is taken off each score all the same.',
    paid: 'Scores are credited as they are, so luck is paid too.',
    notDue: 'luck could explain it',
  },
  files: {
    spec: 'Specification',
    initial: 'Today’s model',
    rows: 'Test rows',
    model: (client: string) => `Model of ${client}`,
    lost: (reason: string) => `No gateway gives it: ${reason}`,
  },
}
