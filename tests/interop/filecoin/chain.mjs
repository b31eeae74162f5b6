// Stands in for @filoz/synapse-sdk, and so for Filecoin's chain and providers: the mock that filecoin-pin publishes with its
// own tests, and the SDK's own constants.
export * from '@filoz/synapse-sdk'
export {
  ADD_PIECES_TYPEHASH,
  CREATE_DATA_SET_TYPEHASH,
  METADATA_KEYS,
  RPC_URLS,
  StorageContext,
  StorageService,
  Synapse
} from './node_modules/filecoin-pin/dist/test/mocks/synapse-sdk.js'
