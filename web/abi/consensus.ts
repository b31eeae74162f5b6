//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// IConsensus
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const iConsensusAbi = [
  {
    type: 'function',
    inputs: [],
    name: 'getEpochLength',
    outputs: [{ name: '', internalType: 'uint256', type: 'uint256' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [],
    name: 'getNumberOfAcceptedClaims',
    outputs: [{ name: '', internalType: 'uint256', type: 'uint256' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [],
    name: 'getNumberOfSubmittedClaims',
    outputs: [{ name: '', internalType: 'uint256', type: 'uint256' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [
      { name: 'appContract', internalType: 'address', type: 'address' },
      { name: 'outputsMerkleRoot', internalType: 'bytes32', type: 'bytes32' },
    ],
    name: 'isOutputsMerkleRootValid',
    outputs: [{ name: '', internalType: 'bool', type: 'bool' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [
      { name: 'appContract', internalType: 'address', type: 'address' },
      {
        name: 'lastProcessedBlockNumber',
        internalType: 'uint256',
        type: 'uint256',
      },
      { name: 'outputsMerkleRoot', internalType: 'bytes32', type: 'bytes32' },
    ],
    name: 'submitClaim',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [{ name: 'interfaceId', internalType: 'bytes4', type: 'bytes4' }],
    name: 'supportsInterface',
    outputs: [{ name: '', internalType: 'bool', type: 'bool' }],
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
        name: 'lastProcessedBlockNumber',
        internalType: 'uint256',
        type: 'uint256',
        indexed: false,
      },
      {
        name: 'outputsMerkleRoot',
        internalType: 'bytes32',
        type: 'bytes32',
        indexed: false,
      },
    ],
    name: 'ClaimAccepted',
  },
  {
    type: 'event',
    anonymous: false,
    inputs: [
      {
        name: 'submitter',
        internalType: 'address',
        type: 'address',
        indexed: true,
      },
      {
        name: 'appContract',
        internalType: 'address',
        type: 'address',
        indexed: true,
      },
      {
        name: 'lastProcessedBlockNumber',
        internalType: 'uint256',
        type: 'uint256',
        indexed: false,
      },
      {
        name: 'outputsMerkleRoot',
        internalType: 'bytes32',
        type: 'bytes32',
        indexed: false,
      },
    ],
    name: 'ClaimSubmitted',
  },
  {
    type: 'error',
    inputs: [
      {
        name: 'lastProcessedBlockNumber',
        internalType: 'uint256',
        type: 'uint256',
      },
      { name: 'epochLength', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'NotEpochFinalBlock',
  },
  {
    type: 'error',
    inputs: [
      { name: 'appContract', internalType: 'address', type: 'address' },
      {
        name: 'lastProcessedBlockNumber',
        internalType: 'uint256',
        type: 'uint256',
      },
    ],
    name: 'NotFirstClaim',
  },
  {
    type: 'error',
    inputs: [
      {
        name: 'lastProcessedBlockNumber',
        internalType: 'uint256',
        type: 'uint256',
      },
      { name: 'currentBlockNumber', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'NotPastBlock',
  },
] as const
