/** What goes wrong below the page, in the words that people read. */
export const errorWords = {
  page: 'Paid for improving models',
  settings: {
    unread: (status: number) => `settings.json beside this page cannot be read (HTTP ${status}).`,
    missing: (name: string) => `settings.json does not say ${name}.`,
    applications: 'settings.json names no Application, or the same one twice, in applications.',
  },
  chain: {
    anotherInput: 'Another input stands where this one was added.',
    didNothing: 'The transaction was included and did nothing.',
    replaced: 'Your wallet sent another transaction in place of this one, so this one was not sent.',
    notAsAsked: 'The chain has included something else than what this page asked the wallet for.',
    tooLate: 'Its time is over by the chain’s clock: it would have come too late, so it was not sent.',
    otherAccount: 'The wallet shows another account than the one that this was made for. Nothing was sent.',
  },
  node: {
    silent: 'The node does not answer.',
    notReady: 'The node is not ready.',
    tooLarge: 'An answer too large.',
    noJson: (status: number) => `HTTP ${status}, and no JSON.`,
    refused: (method: string, reason: string | undefined) => `${method}: ${reason ?? 'no reason given'}`,
    noResult: (method: string) => `${method}: an answer without a result`,
    noAnswer: (query: string, status: string) => `The node has no answer to ${query} (${status}).`,
    another: (query: string) => `The node was asked about ${query} and answers about another.`,
    notRun: (index: number) => `The node has not run input ${index} yet. It is on the chain.`,
    noReason: 'The dapp gave no reason.',
  },
  files: {
    noGateway: 'No gateway is configured.',
    otherBlock: 'A block is not what its CID says.',
    noBlock: 'A block is missing.',
    noFile: 'This CID is not a file.',
    tooLarge: 'The file is larger than it may be.',
    status: (status: number) => `HTTP ${status}`,
    ipfsSilent: 'The IPFS node does not answer.',
    ipfsOther: 'The IPFS node answered without the file’s CID.',
  },
  spec: {
    none: 'This file is no specification of version 1.',
    noLabel: 'The specification names no label.',
    noName: 'A column has no name.',
    twice: 'The specification names a column twice.',
    categories: (column: string) =>
      `The column ${column} has categories and is of another kind, or is of that kind and has none.`,
    optional: (column: string) => `The column ${column} is learnt from and may be empty: only text may.`,
    noType: (column: string) => `The column ${column} has no type.`,
  },
  python: {
    stopped: 'Stopped.',
    memory:
      'This tab has too little memory for that. Close other tabs, take fewer rows, or use the command on a computer.',
    notLoaded: 'Python could not be loaded.',
    failed: 'Python failed',
  },
  /** What a stranger’s trainer did; follows “Nothing was trained:”. */
  script: {
    title: 'A trainer',
    tooMuch: 'it printed too much',
    failed: 'it failed',
    left: (name: string) => `it left '${name}', which is not the model`,
    noModel: 'it left no model',
    tooLarge: (most: number) => `its model has more than ${most} bytes`,
    tooLong: 'it took too long',
    stopped: 'it was stopped',
  },
}
