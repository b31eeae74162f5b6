// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {VerifiedModel} from "../src/interfaces/IDeML.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {RegistryTest} from "./support/RegistryTest.sol";
import {ANN, ANNS_CID, BEN, BENS_CID, DATA_CID, JOB, Sample} from "./support/Sample.sol";
import {vm} from "./support/Vm.sol";

/// @notice What it costs to record: gas of whole transactions, calldata included, in snapshots/ModelRegistry.json.
contract ModelRegistryGasTest is RegistryTest {
    /// @dev Most clients in a job: `MAX_PARTICIPANTS` in dapp/deml/base/limits.py.
    uint256 private constant MAX_PARTICIPANTS = 128;
    /// @dev What a transaction may cost at most: EIP-7825.
    uint256 private constant MAX_TRANSACTION_GAS = 16_777_216;

    function test_gas_scored() public {
        _measure("record Scored, first of a job", Sample.scored(ANN, ANNS_CID, 900_000));
        _measure("record Scored, second of a job", Sample.scored(BEN, BENS_CID, 900_001));
        _measure("record Scored, known", Sample.scored(ANN, ANNS_CID, 900_000));
    }

    function test_gas_settled() public {
        _measure("record Settled, 2 models", Sample.settled(900_000, 900_001));
        _measure("record Settled, known", Sample.settled(900_000, 900_001));
    }

    /// @dev The largest job there is can be recorded in one transaction.
    function test_gas_settledLargest() public {
        VerifiedModel[] memory models = new VerifiedModel[](MAX_PARTICIPANTS);
        for (uint256 i = 0; i < models.length; ++i) {
            address client = address(uint160(uint256(keccak256(abi.encode(i)))));
            models[i] = VerifiedModel(client, ANNS_CID, int64(900_000), int64(890_000));
        }
        uint256 gas = _measure("record Settled, 128 models", Sample.settled("settled", DATA_CID, models));
        vm.assertTrue(gas < MAX_TRANSACTION_GAS);
    }

    function test_gas_aggregated() public {
        _measure("record Aggregated", Sample.aggregated(900_000));
        _measure("record Aggregated, known", Sample.aggregated(900_000));
    }

    function test_gas_views() public {
        _record(Sample.scored(ANN, ANNS_CID, 900_000));
        IModelRegistry.Model memory model = registry.model(app, JOB, ANN);
        vm.snapshotGasLastCall("ModelRegistry", "model");
        (address best,) = registry.bestModel(app, JOB);
        vm.snapshotGasLastCall("ModelRegistry", "bestModel");
        vm.assertEq(best, ANN);
        vm.assertEq(model.score, 900_000);
    }

    function _measure(string memory name, bytes memory payload) private returns (uint256) {
        _record(payload);
        return vm.snapshotGasLastCall("ModelRegistry", name);
    }
}
