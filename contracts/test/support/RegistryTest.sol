// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {CartesiTest} from "./CartesiTest.sol";
import {DATA_CID, JOB} from "./Sample.sol";
import {vm} from "./Vm.sol";

/// @notice Tests of a `ModelRegistry` beside a real Application.
abstract contract RegistryTest is CartesiTest {
    ModelRegistry internal registry;

    function setUp() public override {
        super.setUp();
        registry = new ModelRegistry();
    }

    function _record(bytes memory payload) internal {
        bytes memory output = _notice(payload);
        registry.record(app, output, _acceptOne(output));
    }

    function _assertModel(address client, string memory modelCid, int64 score) internal view {
        IModelRegistry.Model memory recorded = registry.model(app, JOB, client);
        vm.assertEq(recorded.modelCid, modelCid);
        vm.assertEq(recorded.dataCid, DATA_CID);
        vm.assertEq(recorded.score, score);
        vm.assertEq(recorded.credited, score / 2);
    }

    function _assertBest(address client) internal view {
        (address best, IModelRegistry.Model memory recorded) = registry.bestModel(app, JOB);
        vm.assertEq(best, client);
        vm.assertEq(abi.encode(recorded), abi.encode(registry.model(app, JOB, client)), "bestModel is not a model");
    }
}
