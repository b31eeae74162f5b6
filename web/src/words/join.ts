const attempts = (count: number) =>
  count === 1 ? 'One attempt was refused' : `${count.toLocaleString('en')} attempts were refused`

const factor = (epsilon: number) => Number(Math.exp(epsilon).toPrecision(3)).toLocaleString('en')

/** What the page says to who takes part. */
export const joinWords = {
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
    privateText: 'They are read in this tab by a worker that has no way out. What is sent is shown before it is sent.',
    needsWallet: 'From here on a wallet is needed: it signs, and it receives the pay.',
    joined: 'You have joined.',
    ifJoined: 'Joining has ended. If you take part, connect the wallet that you joined with.',
    notJoined: 'This wallet has not joined, and joining has ended. Nothing of yours is at stake here.',
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
    sent: ({ requests, refused }: { requests: number; refused: number }) =>
      `Sent by what read your data: ${requests === 0 ? '0 bytes, in 0 requests' : `${requests === 1 ? 'one request' : `${requests} requests`}`}, by the browser’s own count.${refused > 0 ? ` ${attempts(refused)} to reach the network.` : ''}`,
    problems: {
      missing: () => 'is missing.',
      empty: (rows: number) => `is empty in ${rows.toLocaleString('en')} rows.`,
      notNumber: (rows: number) => `is not a number in ${rows.toLocaleString('en')} rows.`,
      tooLong: (rows: number) =>
        `has whole numbers beyond 2^53 in ${rows.toLocaleString('en')} rows: their last digits would be lost.`,
      notInteger: (rows: number) => `is not a whole number in ${rows.toLocaleString('en')} rows.`,
      outOfRange: (rows: number) => `is out of range in ${rows.toLocaleString('en')} rows.`,
      unknownCategory: (rows: number) =>
        `has a value that is not among the categories in ${rows.toLocaleString('en')} rows.`,
    },
  },
  sent: {
    title: 'Sent by what reads your data',
    amount: (requests: number) =>
      requests === 0 ? '0 bytes' : requests === 1 ? 'One request' : `${requests.toLocaleString('en')} requests`,
    line: (amount: string, refused: number) =>
      `${amount} sent by what reads your data.${refused > 0 ? ` ${attempts(refused)}.` : ' Its network is cut off.'}`,
    tape: (minutes: number, requests: number) =>
      `Requests by it over the last ${minutes} minutes: ${requests === 0 ? 'none' : requests}.`,
    last: (minutes: number) => `last ${minutes} minutes`,
    network: 'Its network',
    cutOff: 'cut off',
    leaks: 'reached all the same: do not go on',
    refused: 'Attempts refused',
    own: 'The page’s own requests',
    ownCount: (requests: number, hosts: number) =>
      `${requests.toLocaleString('en')}, to ${hosts === 1 ? 'one host' : `${hosts} hosts`}`,
    how: 'How this is enforced and counted',
    enforced:
      'Your rows are read and learnt from by workers, which have no part in the page. Before a row reaches them, all by which they could send is taken away, and so is what makes code of text. The number of their requests is the browser’s own count since then; each call of what was taken away is counted as an attempt. A sponsor’s own trainer runs in a frame to which the browser forbids every connection, and tells of the attempts that it forbade. The page itself asks node, chain and gateways, and has no rows.',
  },
  train: {
    intro:
      'Choose your table and train here. It is read by one worker and learnt from by another; neither has any way out of this tab. The first time, some 44 MB of Python are loaded from where this page came from.',
    epsilon: 'Privacy budget (epsilon)',
    asked: (most: number) => `This job asks for differential privacy, with an epsilon of at most ${most}.`,
    optional: 'Leave empty to train without differential privacy. The smaller, the more private; 8 is a usual start.',
    drop: 'Choose a CSV or Parquet file to train on',
    loading: 'Loading Python and reading the table ...',
    epoch: (number: number, total: number, score: string) =>
      `Epoch ${number} of ${total}${score && `: ${score} on the rows held out`}`,
    cancel: 'Stop training',
    meter: 'Epochs',
    memory: (bytes: number) =>
      `Python holds ${Math.round(bytes / 2 ** 20).toLocaleString('en')} MB of this tab’s memory.`,
    needs: 'Training takes up to 800 MB of this device’s memory, as measured in a phone’s window.',
    little: (gigabytes: number) =>
      `This device says that it has about ${gigabytes} GB of memory, which may be too little to train here. If the tab is closed for that, nothing is lost; on a computer the command below does the same.`,
    curves: {
      loss: 'Error on the rows learnt from; lower is better',
      score: 'Score on the rows held out; higher is better',
      begin: 'epoch 0',
      end: (total: number) => `epoch ${total}`,
      label: (title: string, from: number, first: string, to: number, latest: string) =>
        `${title}: ${first} after epoch ${from}, ${latest} after epoch ${to}.`,
    },
    budget: {
      title: 'Privacy budget (epsilon)',
      spentTitle: 'Privacy spent (epsilon)',
      spent: (spent: string, budget: string) => `${spent} of ${budget}`,
      scale: (budget: string) => `A budget of ${budget} on a scale from 0.5, which protects more, to 8.`,
      scaleSpent: (spent: string, budget: string) => `${spent} of a budget of ${budget} is spent.`,
      more: 'protects more, teaches less',
      less: 'protects less',
      means: (percent: string) =>
        `Somebody who reads your published model, and wrongly accuses 1% of strangers, recognises at most ${percent}% of the rows you trained on.`,
      exactly: 'What epsilon promises, exactly',
      promise: (epsilon: number, delta: number) =>
        `Take any one row out and train again: whatever anybody concludes from the model becomes at most ${factor(epsilon)} times as likely or unlikely (e to the epsilon), except with probability ${delta} (delta). It holds against everybody, whatever they know. A person with five rows in your table has five times the budget, and two models from the same rows add up.`,
    },
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
  examine: {
    title: 'Audit it, or make it smaller',
    own: 'Audit a model that you have, or make it smaller',
    intro:
      'Both happen in this tab, by the code of the commands “deml privacy audit” and “deml shrink”. Your rows go to a worker that has no way out.',
    model: 'Choose the model that you trained',
    table: 'Choose the table of rows to examine it with',
    record: 'Choose the record of its training, if you have one',
    tableHint:
      'With the record: the very table that it was trained on. Without: for an audit the same; to make it smaller, rows that it was not trained on.',
    chosen: (name: string) => `${name} is chosen.`,
    audit: 'Audit it',
    aside: 'Choose a table of rows that it has never seen',
    asideHint:
      'Without one, the rows that were held back from training stand for them; at least 20 are needed, and they chose between epochs.',
    shadows: 'Models to train and compare with',
    shadowsHint: '0 is quick and tells less; 32 takes 32 trainings.',
    shadowsBad: 'None, or 8 and more.',
    working: 'Loading Python…',
    attacking: (number: number, total: number) => `Model ${number} of ${total} to compare with`,
    tried: (number: number, total: number) => `Encoding ${number} of ${total}`,
    stop: 'Stop',
    failed: (reason: string) => `This could not be done: ${reason}`,
    rows: (members: number, others: number) =>
      `${members.toLocaleString('en')} rows that it was trained on, ${others.toLocaleString('en')} that it was not.`,
    attacks: 'What each attack tells',
    shrink: 'Make it smaller',
    loss: 'Most that the score may fall',
    lossHint: 'On rows that it was not trained on; 0.002 is a usual choice.',
    lossBad: 'A number from 0 to 1.',
    shrunk: (encoding: string, packed: number, before: number) =>
      `${encoding}: in an upload it takes ${packed.toLocaleString('en')} bytes instead of ${before.toLocaleString('en')}.`,
    scores: (rows: number, after: string, before: string) =>
      `On ${rows.toLocaleString('en')} rows it scores ${after}; before ${before}. It is another model with a score of its own: seal the one that you will publish.`,
    sealSmall: 'Seal the small one',
    downloadSmall: 'Download the small one',
    downloadRecord: 'Download the record of its training',
    recordHint:
      'The record says which rows were held back. Keep it to yourself: “deml privacy audit --record” and this page need it.',
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
    downloadModel: 'Download the sealed model',
    keptHere: 'It is kept in this browser. Keep its file as well: with it and your wallet you can go on anywhere.',
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
    verified: 'Your model is verified. You are paid when the job is settled.',
    notDue: 'You are not due in this round. Publish nothing; your stake comes back.',
  },
  reopen: {
    title: 'The sealed model is not in this browser.',
    what: 'Choose its file to go on here.',
    drop: 'Choose the sealed file',
    otherFile:
      'This is not the file that you sealed, or this wallet signs differently each time: then choose its salt, too.',
    salt: 'Choose the salt’s file (.json)',
    noSalt: 'This file holds no salt.',
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
}
