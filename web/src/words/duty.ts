import type { DutyKind } from '../market/duty'

/** Values that a sentence about a duty may name; empty where there are none. */
interface DutyValues {
  by: string
  left: string
  stake: string
}

/** What is due for a wallet in a job. */
export const dutyWords = {
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
    text: () => 'Somebody who was due did not publish in time. Anybody may begin the next round, for others to be due.',
  },
  closed: {
    title: 'Closed to newcomers',
    deed: '',
    text: () => 'Joining has ended. You can follow what happens here.',
  },
  ended: { title: 'Ended', deed: '', text: () => 'Nothing can happen to this job any more.' },
} satisfies Record<DutyKind, { title: string; deed: string; text: (values: DutyValues) => string }>
