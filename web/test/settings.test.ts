import type { Address } from 'viem'
import { expect, test } from 'vitest'
import { type SettingsFile, settingsOf } from '../src/app/settings'

const account = (number: number) => `0x${number.toString(16).padStart(40, '0')}` as Address

const FILE: SettingsFile = {
  chainId: 1,
  rpcUrl: 'https://rpc.example',
  nodeUrl: 'https://node.example/rpc',
  inspectUrl: 'https://node.example/inspect',
  appAddress: account(1),
  erc20Portal: account(2),
  token: account(3),
  gateways: [],
  walletConnect: { projectId: '' },
}

test('an Application alone is the whole market', () => {
  const settings = settingsOf({ ...FILE })
  expect(settings.applications.map((one) => one.appAddress)).toEqual([account(1)])
})

test('each Application has the settings of its own, and knows of all', () => {
  const other = { nodeUrl: 'https://old.example/rpc', inspectUrl: 'https://old.example/inspect' }
  const settings = settingsOf({
    ...FILE,
    applications: [{ appAddress: account(4), ...other }, { appAddress: account(5) }],
  })
  const [first, second, third] = settings.applications
  expect(first).toBe(settings)
  expect(second).toMatchObject({ ...other, appAddress: account(4), rpcUrl: FILE.rpcUrl, token: FILE.token })
  expect(third).toMatchObject({ appAddress: account(5), nodeUrl: FILE.nodeUrl, inspectUrl: FILE.inspectUrl })
  expect(settings.applications.map((one) => one.applications.length)).toEqual([3, 3, 3])
})

test.each([
  ['the same one twice', [{ appAddress: account(1) }]],
  ['one in other letters', [{ appAddress: account(10) }, { appAddress: account(10).toUpperCase() as Address }]],
  ['none', [{} as never]],
  ['a node without its inspect', [{ appAddress: account(4), nodeUrl: 'https://old.example/rpc' }]],
])('a list that names %s is refused', (_, applications) => {
  expect(() => settingsOf({ ...FILE, applications })).toThrow('settings.json')
})
