import { type Config, defineConfig } from '@wagmi/cli'
import { foundry } from '@wagmi/cli/plugins'

const DEML = '../contracts'
const CARTESI = '../node_modules/@cartesi/rollups'

/** What `npm run generate` writes: a file for each contract, so that nobody loads what they do not call. */
const CONTRACTS: [file: string, project: string, artifact: string][] = [
  ['inputs', DEML, 'IDeML.sol/Inputs.json'],
  ['notices', DEML, 'IDeML.sol/Notices.json'],
  ['modelRegistry', DEML, 'IModelRegistry.sol/IModelRegistry.json'],
  ['inputBox', CARTESI, 'InputBox.sol/InputBox.json'],
  ['erc20Portal', CARTESI, 'ERC20Portal.sol/ERC20Portal.json'],
  ['application', CARTESI, 'Application.sol/Application.json'],
  ['consensus', CARTESI, 'IConsensus.sol/IConsensus.json'],
  ['outputs', CARTESI, 'Outputs.sol/Outputs.json'],
]

export default defineConfig(
  CONTRACTS.map(
    ([file, project, artifact]): Config => ({
      out: `abi/${file}.ts`,
      plugins: [foundry({ project, artifacts: 'out', include: [artifact], forge: { build: false } })],
    }),
  ),
)
