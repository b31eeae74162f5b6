/** What is said before and while something is sent. */
export const sendingWords = {
  consent: {
    notNow: 'Not now',
    sends: 'What is sent',
    sent: (count: number, bytes: number) =>
      `${count === 1 ? 'One transaction' : `${count} transactions`}, ${bytes.toLocaleString('en')} bytes.`,
    costs: 'What it costs',
    fee: (ether: string) =>
      Number(ether) < 1e-6
        ? 'A network fee of less than 0.000001 ETH.'
        : `A network fee of at most ${Number(ether).toPrecision(3)} ETH.`,
    estimating: 'Asking the chain…',
    becomesPublic: 'What becomes public',
    stays: 'What stays here',
    otherwise: 'Good to know',
    wouldFail: 'The chain would refuse this now. Nothing was sent.',
    code: 'The code',
    mixed:
      'The portal that this page was given and the Application do not belong to the same contracts, or not to those that the dapp trusts. What is sent there would be lost, so nothing can be sent.',
  },
  obstacle: {
    nodeDown: 'The node does not answer, so nothing can be sent.',
    differs: (what: string) =>
      `${what}. What the node says is not what this browser computed, or not what the chain accepted. Nothing can be sent until Verify, asked again or of another node, finds all of it equal.`,
    wrongChain: 'The wallet is on another chain.',
    framed:
      'This page is shown inside another one, which could lay itself over the buttons. Open it by itself to send anything.',
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
    unheard: 'It was handed to the chain, and what became of it is not known yet.',
    failed: 'This did not go through.',
    again:
      'Something of it has left the wallet. Close this, and look at what the page says now before you send it again.',
  },
  refusals: {
    JOB_FULL:
      'The job has all its participants. Your stake is not lost: it is in your balance here, and you can withdraw it.',
    WRONG_PHASE: 'This came too late, or too early. Nothing changed but the network fee.',
  } as Record<string, string>,
}
