import { defineConfig } from '@wagmi/cli'
import { foundry } from '@wagmi/cli/plugins'

/** What `npm run generate` writes to abi/index.ts: DeML's wire and registry, and the Cartesi contracts they go through. */
export default defineConfig({
  out: 'abi/index.ts',
  plugins: [
    foundry({
      project: '../contracts',
      artifacts: 'out',
      include: ['IDeML.sol/Inputs.json', 'IDeML.sol/Notices.json', 'IModelRegistry.sol/IModelRegistry.json'],
      forge: { build: false },
    }),
    foundry({
      project: '../node_modules/@cartesi/rollups',
      artifacts: 'out',
      include: [
        'InputBox.sol/InputBox.json',
        'ERC20Portal.sol/ERC20Portal.json',
        'Application.sol/Application.json',
        'IConsensus.sol/IConsensus.json',
        'Outputs.sol/Outputs.json',
        'Inputs.sol/Inputs.json',
      ].filter((name) => !name.startsWith('Inputs.sol')),
      forge: { build: false },
    }),
  ],
})
