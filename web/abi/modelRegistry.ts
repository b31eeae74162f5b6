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
