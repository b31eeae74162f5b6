/** What is about to be sent: the deed, what becomes public, what stays, what else may happen. */
export const intentWords = {
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
  topUp: {
    deed: (amount: string) => `Add ${amount}`,
    public: (escrow: string) => `That ${escrow} are in escrow for this job.`,
    otherwise: 'It cannot be taken out again before the job ends, unless nobody has joined and you cancel.',
  },
  aggregate: {
    deed: 'Average the paid models',
    public: 'The average of the paid models, and its score.',
    otherwise: 'Anybody may do this; it only costs the network fee. A large model takes more than one transaction.',
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
}
