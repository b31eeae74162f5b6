import type { Dispute } from '../market/disputes'

/** What the page says that checks what the node says. */
export const verifyWords = {
  title: 'Proven in this browser, against the claim on chain',
  of: (count: number) => `of ${count} notices`,
  means:
    'For each of them, this page has followed its Merkle proof to a root, and asked the consensus contract on chain whether it accepted that root.',
  waiting: (count: number) => `${count} wait for their claim; nothing can be proven of them yet.`,
  pending: (count: number) =>
    `${count} ${count === 1 ? 'leads' : 'lead'} to a claim that waits for acceptance on chain.`,
  squares: 'Notices, in order',
  square: (index: number, state: string) => `Output ${index}: ${state}`,
  outputs: 'Notices',
  columns: { output: 'Output', says: 'What it says', hash: 'Hash', root: 'Root it leads to', state: 'On chain' },
  states: {
    proven: 'proven',
    waiting: 'waits for its claim',
    pending: 'waits for acceptance',
    differs: 'not accepted',
  },
  differs: (count: number) =>
    `${count === 1 ? 'One proof does' : `${count} proofs do`} not lead to a root that the chain has accepted.`,
  differsHint: 'Do not act on what this node says. Ask another node.',
  newest: (shown: number, all: number) =>
    `The newest ${shown.toLocaleString('en')} of ${all.toLocaleString('en')} notices.`,
  failed: 'This could not be checked.',
  recomputed: (outputs: number) => `${outputs.toLocaleString('en')} outputs recomputed`,
  disputed: (found: Dispute[]) =>
    found
      .map(({ what, count }) => {
        if (what === 'root') return 'The root differs'
        if (what === 'proof') return count === 1 ? '1 proof fails' : `${count} proofs fail`
        if (what === 'chain') return 'An input is not on chain'
        return `${count} ${what} differs`
      })
      .join(', '),
  replay: {
    title: 'Run the whole market again, here',
    intro:
      'The machine’s own program runs in this browser, on every input from the first, and each of its outputs, notices and payments alike, is compared with the node’s. Python is loaded for that, 18 MB once.',
    start: 'Run it again',
    second: 'Another chain client, asked about inputs and claims (optional)',
    secondHint:
      'The address of its JSON-RPC. Which inputs were sent, and whether the chain has accepted a claim, is then read from it, and not from the client that this page otherwise asks.',
    secondBad: 'An address that begins with https://, or one of this computer.',
    stop: 'Stop',
    starting: 'Loading Python…',
    running: (inputs: number, outputs: number) =>
      `${inputs.toLocaleString('en')} inputs run again, ${outputs.toLocaleString('en')} outputs equal.`,
    done: (inputs: number, outputs: number) =>
      `Your browser ran ${inputs.toLocaleString('en')} inputs and checked ${outputs.toLocaleString('en')} of ${outputs.toLocaleString('en')} outputs: all equal.`,
    doneBut: (inputs: number, outputs: number, bugs: number) =>
      `Your browser ran ${inputs.toLocaleString('en')} inputs and found the ${outputs.toLocaleString('en')} outputs that the node tells of. On ${bugs.toLocaleString('en')} of the inputs the program failed, here as there.`,
    claimed: (outputs: number) =>
      `The root of the first ${outputs.toLocaleString('en')} outputs, computed here, is one that the consensus contract on chain has accepted.`,
    resumed: (inputs: number) =>
      `The first ${inputs.toLocaleString('en')} inputs were run in an earlier visit; this browser kept what the program then remembered.`,
    follows:
      'New inputs are run as they come, also while you look at other pages, until you stop it or close this tab.',
    unclaimed: 'No claim about them has been accepted on chain yet.',
    pending: (outputs: number) =>
      `The node has computed a claim about the first ${outputs.toLocaleString('en')} outputs, whose root is the one computed here. It waits for acceptance on chain.`,
    notAccepted: 'The chain has not accepted the root of these outputs',
    differs: {
      chain: (input: number) =>
        `Input ${input} is not on chain as the node tells it: it was never sent, or was sent otherwise.`,
      input: (input: number) => `What the node says that input ${input} says is not what its bytes say.`,
      encoding: (input: number, place: number) =>
        `Output ${place} of input ${input} is written in other bytes by a second program than by the machine’s.`,
      verdict: (input: number) => `The node’s verdict on input ${input} is not the program’s.`,
      output: (input: number, place: number) => `Output ${place} of input ${input} is not what the node says.`,
      report: (input: number, place: number) => `Report ${place} of input ${input} is not what the node says.`,
    },
    bugs: (inputs: number[]) =>
      `The program failed on ${inputs.length === 1 ? 'input' : 'inputs'} ${inputs.join(', ')}, here as at the node’s, and they changed nothing. How it failed is not compared.`,
    onChain: 'On chain',
    here: 'Recomputed here',
    there: 'The node says',
    failed: 'This stopped before the end.',
    unset: 'The settings of this page do not name Cartesi’s contracts, so the market cannot be run again here.',
  },
  cannotTitle: 'What this cannot tell',
  cannot:
    'That the consensus accepted a root says whom one trusts for it, not that it is right: for that, run the market again. And no check can tell whether test rows are good, or whether a client trained on real data.',
}
