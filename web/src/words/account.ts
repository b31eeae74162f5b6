/** What the page says of an account's money and deadlines. */
export const accountWords = {
  title: 'Your account',
  onChain: (chain: string, wallet: string) => `on ${chain}, by ${wallet}`,
  needsWallet:
    'Connect a wallet to see what is due to it, and by when. There is no sign-up: the wallet’s address is your account, and everything shown here can be read from the chain by anybody.',
  ready: 'Ready to claim',
  due: 'Due, if you publish',
  dueBy: (jobs: number, by: string) => `${jobs === 1 ? '1 job' : `${jobs} jobs`}, by ${by}`,
  atStake: 'At stake',
  atStakeOf: (jobs: number, now: string) => `${jobs === 1 ? '1 job' : `${jobs} jobs`}. ${now} can be lost now.`,
  paid: 'Paid so far',
  paidIn: (payments: number) => (payments === 1 ? 'in 1 payment' : `in ${payments} payments`),
  confirming: (amount: string) =>
    `${amount} are on their way. They can be claimed once the consensus has accepted them on chain; there is nothing to do.`,
  claimAll: (payments: number) => `Claim all, ${payments === 1 ? '1 payment' : `${payments} payments`}`,
  balance: (amount: string) => `${amount} are in your balance here: from deposits that could not be used.`,
  withdraw: 'Withdraw',
  next: 'What is next',
  anyTime: 'at any time',
  calendar: 'Deadlines as a calendar file',
  deadline: (what: string, job: number) => `DeML job ${job}: ${what}`,
  nothingDue: 'Nothing is due.',
  empty: 'Nothing here yet',
  emptyText: 'When you join a job, its deadlines, your stake and your pay appear here.',
  emptyDeed: 'Look at open jobs',
  jobs: {
    title: 'Your jobs',
    sponsor: 'Yours',
    columns: {
      job: 'Job',
      phase: 'Phase',
      score: 'Your score',
      pay: (symbol: string) => `Pay, ${symbol}`,
      risk: (symbol: string) => `At stake, ${symbol}`,
      standing: 'What has become of it',
    },
  },
  history: {
    title: 'History',
    columns: { what: 'What', job: 'Job', amount: (symbol: string) => symbol, proof: 'Proof' },
    states: { confirming: 'Pay being confirmed', ready: 'Pay ready to claim', claimed: 'Paid' },
  },
}
