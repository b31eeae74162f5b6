import { type Address, type Client, decodeFunctionData, type Hex, keccak256, parseAbi, parseAbiItem, toHex } from 'viem'
import { getBlockNumber, getLogs, multicall, readContract } from 'viem/actions'
import { type RawInput, recordAt, type Source } from './records'
import { consensusOf, isAccepted } from './roots'
import { call } from './rpc'
import { decodeInput } from './wire'

/** A root that the consensus contract has accepted, of all outputs of inputs up to a block. */
export interface AcceptedClaim {
  lastBlock: number
  root: Hex
}

/** What the chain says of an Application's claims. */
export interface Claims {
  isAccepted(root: Hex): Promise<boolean>
  /** Claims that were accepted in the blocks from `first` on. */
  acceptedSince(first: number): Promise<AcceptedClaim[]>
  /** Hashes of at most `count` inputs from `first` on, as the InputBox has them; fewer where it has no more. */
  inputHashes(first: number, count: number): Promise<readonly Hex[]>
  /** Block of an input that the node tells of; undefined if it is not the chain's. */
  blockOf(input: number): Promise<number | undefined>
}

/** An epoch, as the node tells of it. */
export interface Epoch {
  firstBlock: number
  /** Whether its claim waits for nothing any more, by the node's word. */
  isDecided: boolean
  /** The root that the node claims, if it says so. */
  root: Hex | undefined
}

/** Statuses of an epoch on whose claim the consensus has decided, one way or the other. */
const DECIDED = new Set(['CLAIM_ACCEPTED', 'CLAIM_REJECTED', 'CLAIM_FORECLOSED'])

const CLAIM_ACCEPTED = parseAbiItem(
  'event ClaimAccepted(address indexed appContract, uint256 lastProcessedBlockNumber, bytes32 outputsMerkleRoot)',
)

const INPUTS = parseAbi([
  'function getDataAvailability() view returns (bytes)',
  'function getNumberOfInputs(address appContract) view returns (uint256)',
  'function getInputHash(address appContract, uint256 index) view returns (bytes32)',
  'function InputBox(address inputBox)',
])

/** Blocks whose logs are asked for at once: what most public services take. Where even that is too much, halves are. */
const SPAN = 2_000

/** Blocks that are read again, for a re-org may have changed them. */
const REREAD = 200

/** Claims of an Application, asked of a chain, and of the node only what stands in its inputs. */
export function claimsOf(client: Client, source: Source): Claims {
  const app = source.appAddress
  const found = new Map<Address, AcceptedLog>()
  const inputHashes = async (first: number, count: number) => {
    const told = await readContract(client, { address: app, abi: INPUTS, functionName: 'getDataAvailability' })
    const [address] = decodeFunctionData({ abi: INPUTS, data: told }).args as readonly [Address]
    const box = { address, abi: INPUTS } as const
    const all = await readContract(client, { ...box, functionName: 'getNumberOfInputs', args: [app] })
    const known = Math.max(0, Math.min(count, Number(all) - first))
    const places = Array.from({ length: known }, (_, place) => BigInt(first + place))
    const contracts = places.map((place) => ({ ...box, functionName: 'getInputHash', args: [app, place] }) as const)
    return multicall(client, { contracts, allowFailure: false, batchSize: 0, deployless: true })
  }
  return {
    inputHashes,
    isAccepted: async (root) => isAccepted(client, await consensusOf(client, app), app, root),
    async acceptedSince(first) {
      const consensus = await consensusOf(client, app)
      const log = found.get(consensus) ?? new AcceptedLog(client, consensus, app)
      found.set(consensus, log)
      return log.since(first)
    },
    async blockOf(input) {
      const raw = (await recordAt<RawInput>(source, 'cartesi_listInputs', input))?.raw_data
      if (!raw) return undefined
      const [hash] = await inputHashes(input, 1)
      return keccak256(raw) === hash ? decodeInput(raw)?.meta.block_number : undefined
    },
  }
}

/** @throws NodeError */
export async function epochOf(source: Source, index: number): Promise<Epoch> {
  const params = { application: source.appAddress, epoch_index: toHex(index) }
  const { data } = await call<{
    data: { first_block: Hex; status: string; outputs_merkle_root?: Hex | null }
  }>(source.nodeUrl, 'cartesi_getEpoch', params)
  return {
    firstBlock: Number(data.first_block),
    isDecided: DECIDED.has(data.status),
    root: data.outputs_merkle_root ?? undefined,
  }
}

/** Accepted claims, read once from a block on; what is read is kept. */
class AcceptedLog {
  private from = Number.POSITIVE_INFINITY
  private read = -1
  private claims: (AcceptedClaim & { block: number })[] = []
  private readonly client: Client
  private readonly consensus: Address
  private readonly app: Address

  constructor(client: Client, consensus: Address, app: Address) {
    this.client = client
    this.consensus = consensus
    this.app = app
  }

  async since(first: number): Promise<AcceptedClaim[]> {
    const head = Number(await getBlockNumber(this.client, { cacheTime: 0 }))
    const isKnown = this.from <= first
    const next = isKnown ? Math.max(first, this.read + 1 - REREAD) : first
    const claims = isKnown ? this.claims.filter((one) => one.block < next) : []
    for (let at = next, span = SPAN; at <= head; ) {
      const end = Math.min(at + span - 1, head)
      const logs = await this.logs(at, end).catch((error: unknown) => {
        if (end === at) throw error
        return undefined
      })
      if (logs) claims.push(...logs)
      if (logs) at = end + 1
      else span = Math.ceil((end - at + 1) / 2)
    }
    Object.assign(this, { from: isKnown ? this.from : first, read: head, claims })
    return claims.filter((one) => one.block >= first)
  }

  private async logs(from: number, to: number) {
    const range = { fromBlock: BigInt(from), toBlock: BigInt(to) }
    const args = { appContract: this.app }
    const logs = await getLogs(this.client, {
      ...range,
      address: this.consensus,
      event: CLAIM_ACCEPTED,
      args,
      strict: true,
    })
    return logs.map(({ blockNumber, args: told }) => ({
      block: Number(blockNumber),
      lastBlock: Number(told.lastProcessedBlockNumber),
      root: told.outputsMerkleRoot,
    }))
  }
}
