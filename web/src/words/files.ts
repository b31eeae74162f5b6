/** What the page says of files that come from gateways, or by hand. */
export const fileWords = {
  tooSlow: 'It sends too slowly.',
  missing: 'No gateway gives a file of this job',
  handOver:
    'If somebody else can give you the file as a CAR (“ipfs dag export”), hand it over here. It is checked block by block against its CID, stays in this tab, and is used when you try again.',
  drop: (cid: string) => `Choose the CAR of ${cid.slice(0, 8)}…${cid.slice(-6)}`,
  refused: (reason: string) => `This is not that file: ${reason}`,
  noCar: 'It is no CAR.',
}
