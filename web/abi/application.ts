//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// Application
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const applicationAbi = [
  {
    type: 'constructor',
    inputs: [
      {
        name: 'outputsMerkleRootValidator',
        internalType: 'contract IOutputsMerkleRootValidator',
        type: 'address',
      },
      { name: 'initialOwner', internalType: 'address', type: 'address' },
      { name: 'templateHash', internalType: 'bytes32', type: 'bytes32' },
      { name: 'dataAvailability', internalType: 'bytes', type: 'bytes' },
    ],
    stateMutability: 'nonpayable',
  },
  { type: 'receive', stateMutability: 'payable' },
  {
    type: 'function',
    inputs: [
      { name: 'output', internalType: 'bytes', type: 'bytes' },
      {
        name: 'proof',
        internalType: 'struct OutputValidityProof',
        type: 'tuple',
        components: [
          { name: 'outputIndex', internalType: 'uint64', type: 'uint64' },
          {
            name: 'outputHashesSiblings',
            internalType: 'bytes32[]',
            type: 'bytes32[]',
          },
        ],
      },
    ],
    name: 'executeOutput',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [],
    name: 'getDataAvailability',
    outputs: [{ name: '', internalType: 'bytes', type: 'bytes' }],
    stateMutability: 'view',
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
    inputs: [],
    name: 'getNumberOfExecutedOutputs',
    outputs: [{ name: '', internalType: 'uint256', type: 'uint256' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [],
    name: 'getOutputsMerkleRootValidator',
    outputs: [
      {
        name: '',
        internalType: 'contract IOutputsMerkleRootValidator',
        type: 'address',
      },
    ],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [],
    name: 'getTemplateHash',
    outputs: [{ name: '', internalType: 'bytes32', type: 'bytes32' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [
      {
        name: 'newOutputsMerkleRootValidator',
        internalType: 'contract IOutputsMerkleRootValidator',
        type: 'address',
      },
    ],
    name: 'migrateToOutputsMerkleRootValidator',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: '', internalType: 'address', type: 'address' },
      { name: '', internalType: 'address', type: 'address' },
      { name: '', internalType: 'uint256[]', type: 'uint256[]' },
      { name: '', internalType: 'uint256[]', type: 'uint256[]' },
      { name: '', internalType: 'bytes', type: 'bytes' },
    ],
    name: 'onERC1155BatchReceived',
    outputs: [{ name: '', internalType: 'bytes4', type: 'bytes4' }],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: '', internalType: 'address', type: 'address' },
      { name: '', internalType: 'address', type: 'address' },
      { name: '', internalType: 'uint256', type: 'uint256' },
      { name: '', internalType: 'uint256', type: 'uint256' },
      { name: '', internalType: 'bytes', type: 'bytes' },
    ],
    name: 'onERC1155Received',
    outputs: [{ name: '', internalType: 'bytes4', type: 'bytes4' }],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: '', internalType: 'address', type: 'address' },
      { name: '', internalType: 'address', type: 'address' },
      { name: '', internalType: 'uint256', type: 'uint256' },
      { name: '', internalType: 'bytes', type: 'bytes' },
    ],
    name: 'onERC721Received',
    outputs: [{ name: '', internalType: 'bytes4', type: 'bytes4' }],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [],
    name: 'owner',
    outputs: [{ name: '', internalType: 'address', type: 'address' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [],
    name: 'renounceOwnership',
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
    type: 'function',
    inputs: [{ name: 'newOwner', internalType: 'address', type: 'address' }],
    name: 'transferOwnership',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'output', internalType: 'bytes', type: 'bytes' },
      {
        name: 'proof',
        internalType: 'struct OutputValidityProof',
        type: 'tuple',
        components: [
          { name: 'outputIndex', internalType: 'uint64', type: 'uint64' },
          {
            name: 'outputHashesSiblings',
            internalType: 'bytes32[]',
            type: 'bytes32[]',
          },
        ],
      },
    ],
    name: 'validateOutput',
    outputs: [],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [
      { name: 'outputHash', internalType: 'bytes32', type: 'bytes32' },
      {
        name: 'proof',
        internalType: 'struct OutputValidityProof',
        type: 'tuple',
        components: [
          { name: 'outputIndex', internalType: 'uint64', type: 'uint64' },
          {
            name: 'outputHashesSiblings',
            internalType: 'bytes32[]',
            type: 'bytes32[]',
          },
        ],
      },
    ],
    name: 'validateOutputHash',
    outputs: [],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [{ name: 'outputIndex', internalType: 'uint256', type: 'uint256' }],
    name: 'wasOutputExecuted',
    outputs: [{ name: '', internalType: 'bool', type: 'bool' }],
    stateMutability: 'view',
  },
  {
    type: 'event',
    anonymous: false,
    inputs: [
      {
        name: 'outputIndex',
        internalType: 'uint64',
        type: 'uint64',
        indexed: false,
      },
      { name: 'output', internalType: 'bytes', type: 'bytes', indexed: false },
    ],
    name: 'OutputExecuted',
  },
  {
    type: 'event',
    anonymous: false,
    inputs: [
      {
        name: 'newOutputsMerkleRootValidator',
        internalType: 'contract IOutputsMerkleRootValidator',
        type: 'address',
        indexed: false,
      },
    ],
    name: 'OutputsMerkleRootValidatorChanged',
  },
  {
    type: 'event',
    anonymous: false,
    inputs: [
      {
        name: 'previousOwner',
        internalType: 'address',
        type: 'address',
        indexed: true,
      },
      {
        name: 'newOwner',
        internalType: 'address',
        type: 'address',
        indexed: true,
      },
    ],
    name: 'OwnershipTransferred',
  },
  {
    type: 'error',
    inputs: [
      { name: 'value', internalType: 'uint256', type: 'uint256' },
      { name: 'balance', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'InsufficientFunds',
  },
  { type: 'error', inputs: [], name: 'InvalidOutputHashesSiblingsArrayLength' },
  {
    type: 'error',
    inputs: [
      { name: 'outputsMerkleRoot', internalType: 'bytes32', type: 'bytes32' },
    ],
    name: 'InvalidOutputsMerkleRoot',
  },
  {
    type: 'error',
    inputs: [{ name: 'output', internalType: 'bytes', type: 'bytes' }],
    name: 'OutputNotExecutable',
  },
  {
    type: 'error',
    inputs: [{ name: 'output', internalType: 'bytes', type: 'bytes' }],
    name: 'OutputNotReexecutable',
  },
  {
    type: 'error',
    inputs: [{ name: 'owner', internalType: 'address', type: 'address' }],
    name: 'OwnableInvalidOwner',
  },
  {
    type: 'error',
    inputs: [{ name: 'account', internalType: 'address', type: 'address' }],
    name: 'OwnableUnauthorizedAccount',
  },
  { type: 'error', inputs: [], name: 'ReentrancyGuardReentrantCall' },
] as const
