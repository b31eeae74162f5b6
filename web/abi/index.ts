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

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// ERC20Portal
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const erc20PortalAbi = [
  {
    type: 'constructor',
    inputs: [
      { name: 'inputBox', internalType: 'contract IInputBox', type: 'address' },
    ],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'token', internalType: 'contract IERC20', type: 'address' },
      { name: 'appContract', internalType: 'address', type: 'address' },
      { name: 'value', internalType: 'uint256', type: 'uint256' },
      { name: 'execLayerData', internalType: 'bytes', type: 'bytes' },
    ],
    name: 'depositERC20Tokens',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [],
    name: 'getInputBox',
    outputs: [
      { name: '', internalType: 'contract IInputBox', type: 'address' },
    ],
    stateMutability: 'view',
  },
  { type: 'error', inputs: [], name: 'ERC20TransferFailed' },
] as const

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

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// IModelRegistry
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const iModelRegistryAbi = [
  {
    type: 'function',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'average',
    outputs: [
      {
        name: '',
        internalType: 'struct IModelRegistry.Average',
        type: 'tuple',
        components: [
          { name: 'modelCid', internalType: 'string', type: 'string' },
          { name: 'dataCid', internalType: 'string', type: 'string' },
          { name: 'models', internalType: 'uint16', type: 'uint16' },
          { name: 'score', internalType: 'int64', type: 'int64' },
          { name: 'blockNumber', internalType: 'uint64', type: 'uint64' },
        ],
      },
    ],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'bestModel',
    outputs: [
      { name: 'client', internalType: 'address', type: 'address' },
      {
        name: '',
        internalType: 'struct IModelRegistry.Model',
        type: 'tuple',
        components: [
          { name: 'modelCid', internalType: 'string', type: 'string' },
          { name: 'dataCid', internalType: 'string', type: 'string' },
          { name: 'score', internalType: 'int64', type: 'int64' },
          { name: 'credited', internalType: 'int64', type: 'int64' },
          { name: 'blockNumber', internalType: 'uint64', type: 'uint64' },
        ],
      },
    ],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'ending',
    outputs: [{ name: '', internalType: 'string', type: 'string' }],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
    ],
    name: 'model',
    outputs: [
      {
        name: '',
        internalType: 'struct IModelRegistry.Model',
        type: 'tuple',
        components: [
          { name: 'modelCid', internalType: 'string', type: 'string' },
          { name: 'dataCid', internalType: 'string', type: 'string' },
          { name: 'score', internalType: 'int64', type: 'int64' },
          { name: 'credited', internalType: 'int64', type: 'int64' },
          { name: 'blockNumber', internalType: 'uint64', type: 'uint64' },
        ],
      },
    ],
    stateMutability: 'view',
  },
  {
    type: 'function',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
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
    name: 'record',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'event',
    anonymous: false,
    inputs: [
      {
        name: 'app',
        internalType: 'contract IApplication',
        type: 'address',
        indexed: true,
      },
      {
        name: 'jobId',
        internalType: 'uint256',
        type: 'uint256',
        indexed: true,
      },
      {
        name: 'modelCid',
        internalType: 'string',
        type: 'string',
        indexed: false,
      },
      {
        name: 'models',
        internalType: 'uint16',
        type: 'uint16',
        indexed: false,
      },
      { name: 'score', internalType: 'int64', type: 'int64', indexed: false },
    ],
    name: 'AverageRecorded',
  },
  {
    type: 'event',
    anonymous: false,
    inputs: [
      {
        name: 'app',
        internalType: 'contract IApplication',
        type: 'address',
        indexed: true,
      },
      {
        name: 'jobId',
        internalType: 'uint256',
        type: 'uint256',
        indexed: true,
      },
      {
        name: 'ending',
        internalType: 'string',
        type: 'string',
        indexed: false,
      },
    ],
    name: 'EndingRecorded',
  },
  {
    type: 'event',
    anonymous: false,
    inputs: [
      {
        name: 'app',
        internalType: 'contract IApplication',
        type: 'address',
        indexed: true,
      },
      {
        name: 'jobId',
        internalType: 'uint256',
        type: 'uint256',
        indexed: true,
      },
      {
        name: 'client',
        internalType: 'address',
        type: 'address',
        indexed: true,
      },
      {
        name: 'modelCid',
        internalType: 'string',
        type: 'string',
        indexed: false,
      },
      {
        name: 'dataCid',
        internalType: 'string',
        type: 'string',
        indexed: false,
      },
      { name: 'score', internalType: 'int64', type: 'int64', indexed: false },
    ],
    name: 'ModelRecorded',
  },
  {
    type: 'error',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'ContradictingAverage',
  },
  {
    type: 'error',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'recorded', internalType: 'string', type: 'string' },
      { name: 'proven', internalType: 'string', type: 'string' },
    ],
    name: 'ContradictingData',
  },
  {
    type: 'error',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'recorded', internalType: 'string', type: 'string' },
      { name: 'proven', internalType: 'string', type: 'string' },
    ],
    name: 'ContradictingEnding',
  },
  {
    type: 'error',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
    ],
    name: 'ContradictingModel',
  },
  { type: 'error', inputs: [], name: 'MalformedNotice' },
  {
    type: 'error',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'NoModels',
  },
  {
    type: 'error',
    inputs: [{ name: 'app', internalType: 'address', type: 'address' }],
    name: 'NotAContract',
  },
  { type: 'error', inputs: [], name: 'NotANotice' },
  {
    type: 'error',
    inputs: [{ name: 'selector', internalType: 'bytes4', type: 'bytes4' }],
    name: 'UnexpectedNotice',
  },
  {
    type: 'error',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'UnknownAverage',
  },
  {
    type: 'error',
    inputs: [
      { name: 'app', internalType: 'contract IApplication', type: 'address' },
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
    ],
    name: 'UnknownModel',
  },
] as const

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

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// Inputs
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const inputsAbi = [
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'payTo', internalType: 'address', type: 'address' },
    ],
    name: 'accept',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [{ name: 'jobId', internalType: 'uint256', type: 'uint256' }],
    name: 'aggregate',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [{ name: 'jobId', internalType: 'uint256', type: 'uint256' }],
    name: 'cancel',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'commitment', internalType: 'bytes32', type: 'bytes32' },
    ],
    name: 'commit',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      {
        name: 'terms',
        internalType: 'struct Terms',
        type: 'tuple',
        components: [
          { name: 'title', internalType: 'string', type: 'string' },
          { name: 'specCid', internalType: 'string', type: 'string' },
          { name: 'initialModelCid', internalType: 'string', type: 'string' },
          { name: 'architecture', internalType: 'string', type: 'string' },
          { name: 'metric', internalType: 'string', type: 'string' },
          { name: 'baseline', internalType: 'int64', type: 'int64' },
          {
            name: 'holdoutCommitment',
            internalType: 'bytes32',
            type: 'bytes32',
          },
          { name: 'rewardToken', internalType: 'address', type: 'address' },
          {
            name: 'rule',
            internalType: 'struct RewardRule',
            type: 'tuple',
            components: [
              { name: 'kind', internalType: 'string', type: 'string' },
              { name: 'params', internalType: 'bytes', type: 'bytes' },
            ],
          },
          { name: 'commitUntil', internalType: 'uint64', type: 'uint64' },
          { name: 'holdoutUntil', internalType: 'uint64', type: 'uint64' },
          { name: 'declareUntil', internalType: 'uint64', type: 'uint64' },
          { name: 'submitUntil', internalType: 'uint64', type: 'uint64' },
          { name: 'maxRounds', internalType: 'uint16', type: 'uint16' },
          { name: 'stake', internalType: 'uint128', type: 'uint128' },
          { name: 'bondBps', internalType: 'uint16', type: 'uint16' },
          { name: 'maxParticipants', internalType: 'uint16', type: 'uint16' },
          { name: 'maxModelBytes', internalType: 'uint32', type: 'uint32' },
          { name: 'maxHoldoutBytes', internalType: 'uint32', type: 'uint32' },
          { name: 'maxRows', internalType: 'uint32', type: 'uint32' },
          { name: 'minRows', internalType: 'uint32', type: 'uint32' },
          { name: 'confidence', internalType: 'uint32', type: 'uint32' },
          { name: 'evidenceCut', internalType: 'uint64', type: 'uint64' },
          { name: 'previousJob', internalType: 'uint256', type: 'uint256' },
          { name: 'aggregate', internalType: 'bool', type: 'bool' },
          { name: 'allowList', internalType: 'address[]', type: 'address[]' },
          { name: 'nonce', internalType: 'bytes32', type: 'bytes32' },
        ],
      },
    ],
    name: 'createJob',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'credited', internalType: 'int64', type: 'int64' },
      { name: 'minPay', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'declare',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'dataCid', internalType: 'string', type: 'string' },
      { name: 'salt', internalType: 'bytes32', type: 'bytes32' },
      {
        name: 'holdout',
        internalType: 'struct Stream',
        type: 'tuple',
        components: [
          { name: 'codec', internalType: 'Codec', type: 'uint8' },
          { name: 'data', internalType: 'bytes', type: 'bytes' },
        ],
      },
      {
        name: 'initialModel',
        internalType: 'struct Stream',
        type: 'tuple',
        components: [
          { name: 'codec', internalType: 'Codec', type: 'uint8' },
          { name: 'data', internalType: 'bytes', type: 'bytes' },
        ],
      },
    ],
    name: 'revealHoldout',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
      { name: 'slices', internalType: 'uint32', type: 'uint32' },
    ],
    name: 'score',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'payTo', internalType: 'address', type: 'address' },
    ],
    name: 'setPayTo',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [{ name: 'jobId', internalType: 'uint256', type: 'uint256' }],
    name: 'settle',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'modelCid', internalType: 'string', type: 'string' },
      { name: 'dataCid', internalType: 'string', type: 'string' },
      { name: 'salt', internalType: 'bytes32', type: 'bytes32' },
      {
        name: 'weights',
        internalType: 'struct Stream',
        type: 'tuple',
        components: [
          { name: 'codec', internalType: 'Codec', type: 'uint8' },
          { name: 'data', internalType: 'bytes', type: 'bytes' },
        ],
      },
    ],
    name: 'submit',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [{ name: 'jobId', internalType: 'uint256', type: 'uint256' }],
    name: 'topUp',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'slot', internalType: 'Slot', type: 'uint8' },
      { name: 'seq', internalType: 'uint32', type: 'uint32' },
      { name: 'chunk', internalType: 'bytes', type: 'bytes' },
    ],
    name: 'upload',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'token', internalType: 'address', type: 'address' },
      { name: 'amount', internalType: 'uint256', type: 'uint256' },
      { name: 'to', internalType: 'address', type: 'address' },
    ],
    name: 'withdraw',
    outputs: [],
    stateMutability: 'nonpayable',
  },
] as const

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// Notices
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const noticesAbi = [
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
      { name: 'payTo', internalType: 'address', type: 'address' },
    ],
    name: 'Accepted',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'modelCid', internalType: 'string', type: 'string' },
      { name: 'models', internalType: 'uint16', type: 'uint16' },
      { name: 'score', internalType: 'int64', type: 'int64' },
    ],
    name: 'Aggregated',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
      { name: 'commitment', internalType: 'bytes32', type: 'bytes32' },
    ],
    name: 'Committed',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
      { name: 'credited', internalType: 'int64', type: 'int64' },
      { name: 'minPay', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'Declared',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'round', internalType: 'uint16', type: 'uint16' },
      { name: 'roundUntil', internalType: 'uint64', type: 'uint64' },
      {
        name: 'dues',
        internalType: 'struct Due[]',
        type: 'tuple[]',
        components: [
          { name: 'client', internalType: 'address', type: 'address' },
          { name: 'pay', internalType: 'uint256', type: 'uint256' },
        ],
      },
      { name: 'waived', internalType: 'address[]', type: 'address[]' },
      { name: 'failed', internalType: 'address[]', type: 'address[]' },
    ],
    name: 'DuesFixed',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'dataCid', internalType: 'string', type: 'string' },
      { name: 'baseline', internalType: 'int64', type: 'int64' },
      { name: 'rows', internalType: 'uint32', type: 'uint32' },
    ],
    name: 'HoldoutRevealed',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'sponsor', internalType: 'address', type: 'address' },
      { name: 'escrow', internalType: 'uint256', type: 'uint256' },
      {
        name: 'terms',
        internalType: 'struct Terms',
        type: 'tuple',
        components: [
          { name: 'title', internalType: 'string', type: 'string' },
          { name: 'specCid', internalType: 'string', type: 'string' },
          { name: 'initialModelCid', internalType: 'string', type: 'string' },
          { name: 'architecture', internalType: 'string', type: 'string' },
          { name: 'metric', internalType: 'string', type: 'string' },
          { name: 'baseline', internalType: 'int64', type: 'int64' },
          {
            name: 'holdoutCommitment',
            internalType: 'bytes32',
            type: 'bytes32',
          },
          { name: 'rewardToken', internalType: 'address', type: 'address' },
          {
            name: 'rule',
            internalType: 'struct RewardRule',
            type: 'tuple',
            components: [
              { name: 'kind', internalType: 'string', type: 'string' },
              { name: 'params', internalType: 'bytes', type: 'bytes' },
            ],
          },
          { name: 'commitUntil', internalType: 'uint64', type: 'uint64' },
          { name: 'holdoutUntil', internalType: 'uint64', type: 'uint64' },
          { name: 'declareUntil', internalType: 'uint64', type: 'uint64' },
          { name: 'submitUntil', internalType: 'uint64', type: 'uint64' },
          { name: 'maxRounds', internalType: 'uint16', type: 'uint16' },
          { name: 'stake', internalType: 'uint128', type: 'uint128' },
          { name: 'bondBps', internalType: 'uint16', type: 'uint16' },
          { name: 'maxParticipants', internalType: 'uint16', type: 'uint16' },
          { name: 'maxModelBytes', internalType: 'uint32', type: 'uint32' },
          { name: 'maxHoldoutBytes', internalType: 'uint32', type: 'uint32' },
          { name: 'maxRows', internalType: 'uint32', type: 'uint32' },
          { name: 'minRows', internalType: 'uint32', type: 'uint32' },
          { name: 'confidence', internalType: 'uint32', type: 'uint32' },
          { name: 'evidenceCut', internalType: 'uint64', type: 'uint64' },
          { name: 'previousJob', internalType: 'uint256', type: 'uint256' },
          { name: 'aggregate', internalType: 'bool', type: 'bool' },
          { name: 'allowList', internalType: 'address[]', type: 'address[]' },
          { name: 'nonce', internalType: 'bytes32', type: 'bytes32' },
        ],
      },
    ],
    name: 'JobCreated',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
      { name: 'payTo', internalType: 'address', type: 'address' },
    ],
    name: 'PayToChanged',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
      { name: 'modelCid', internalType: 'string', type: 'string' },
      { name: 'declared', internalType: 'int64', type: 'int64' },
      { name: 'computed', internalType: 'int64', type: 'int64' },
      { name: 'reason', internalType: 'string', type: 'string' },
    ],
    name: 'Refuted',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
      { name: 'modelCid', internalType: 'string', type: 'string' },
      { name: 'dataCid', internalType: 'string', type: 'string' },
      { name: 'score', internalType: 'int64', type: 'int64' },
      { name: 'credited', internalType: 'int64', type: 'int64' },
    ],
    name: 'Scored',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'client', internalType: 'address', type: 'address' },
      { name: 'rowsDone', internalType: 'uint32', type: 'uint32' },
      { name: 'rows', internalType: 'uint32', type: 'uint32' },
    ],
    name: 'Scoring',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'ending', internalType: 'string', type: 'string' },
      { name: 'dataCid', internalType: 'string', type: 'string' },
      {
        name: 'models',
        internalType: 'struct VerifiedModel[]',
        type: 'tuple[]',
        components: [
          { name: 'client', internalType: 'address', type: 'address' },
          { name: 'modelCid', internalType: 'string', type: 'string' },
          { name: 'score', internalType: 'int64', type: 'int64' },
          { name: 'credited', internalType: 'int64', type: 'int64' },
        ],
      },
      {
        name: 'payouts',
        internalType: 'struct Payout[]',
        type: 'tuple[]',
        components: [
          { name: 'client', internalType: 'address', type: 'address' },
          { name: 'payTo', internalType: 'address', type: 'address' },
          { name: 'pay', internalType: 'uint256', type: 'uint256' },
          { name: 'stake', internalType: 'uint256', type: 'uint256' },
          { name: 'compensation', internalType: 'uint256', type: 'uint256' },
        ],
      },
      { name: 'sponsorRefund', internalType: 'uint256', type: 'uint256' },
      { name: 'burnt', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'Settled',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'jobId', internalType: 'uint256', type: 'uint256' },
      { name: 'escrow', internalType: 'uint256', type: 'uint256' },
    ],
    name: 'ToppedUp',
    outputs: [],
    stateMutability: 'nonpayable',
  },
] as const

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// Outputs
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const outputsAbi = [
  {
    type: 'function',
    inputs: [
      { name: 'destination', internalType: 'address', type: 'address' },
      { name: 'payload', internalType: 'bytes', type: 'bytes' },
    ],
    name: 'DelegateCallVoucher',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [{ name: 'payload', internalType: 'bytes', type: 'bytes' }],
    name: 'Notice',
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    inputs: [
      { name: 'destination', internalType: 'address', type: 'address' },
      { name: 'value', internalType: 'uint256', type: 'uint256' },
      { name: 'payload', internalType: 'bytes', type: 'bytes' },
    ],
    name: 'Voucher',
    outputs: [],
    stateMutability: 'nonpayable',
  },
] as const
