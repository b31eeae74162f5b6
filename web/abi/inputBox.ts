//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// InputBox
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const inputBoxAbi = [
  {
    type: 'function',
    inputs: [
      { name: 'appContract', internalType: 'address', type: 'address' },
      { name: 'payload', internalType: 'bytes', type: 'bytes' },
    ],
    name: 'addInput',
    outputs: [{ name: '', internalType: 'bytes32', type: 'bytes32' }],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [],
    name: 'getDeploymentBlockNumber',
    outputs: [{ name: '', internalType: 'uint256', type: 'uint256' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [
      { name: 'appContract', internalType: 'address', type: 'address' },
      { name: 'index', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'getInputHash',
    outputs: [{ name: '', internalType: 'bytes32', type: 'bytes32' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [{ name: 'appContract', internalType: 'address', type: 'address' }],
    name: 'getNumberOfInputs',
    outputs: [{ name: '', internalType: 'uint256', type: 'uint256' }],
    stateMutability: 'view',
  },
  {
    type: 'event',
    anonymous: false,
    inputs: [
      {
        name: 'appContract',
        internalType: 'address',
        type: 'address',
        indexed: true,
      },
      {
        name: 'index',
        internalType: 'uint256',
        type: 'uint256',
        indexed: true,
      },
      { name: 'input', internalType: 'bytes', type: 'bytes', indexed: false },
    ],
    name: 'InputAdded',
  },
  {
    type: 'error',
    inputs: [
      { name: 'appContract', internalType: 'address', type: 'address' },
      { name: 'inputLength', internalType: 'uint256', type: 'uint256' },
      { name: 'maxInputLength', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'InputTooLarge',
  },
] as const
