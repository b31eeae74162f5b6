// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {vm} from "./Vm.sol";

/// @notice A place in a JSON document.
struct Json {
    string document;
    string path;
}

/// @notice Reads the vectors in tests/vectors: integers are decimal strings there, bytes are hex.
library JsonReader {
    using JsonReader for Json;

    function open(string memory file) internal view returns (Json memory) {
        return Json(vm.readFile(string.concat("../tests/vectors/", file)), "");
    }

    /// @dev The items of the array that a document has under `key`; never none, so that no loop over them is idle.
    function open(string memory file, string memory key) internal view returns (Json[] memory list) {
        list = open(file).items(key);
        require(list.length != 0, "no vectors");
    }

    function at(Json memory json, string memory key) internal pure returns (Json memory) {
        return Json(json.document, string.concat(json.path, ".", key));
    }

    function items(Json memory json, string memory key) internal view returns (Json[] memory list) {
        uint256 length = 0;
        while (vm.keyExistsJson(json.document, json.item(key, length).path)) ++length;
        list = new Json[](length);
        for (uint256 i = 0; i < length; ++i) {
            list[i] = json.item(key, i);
        }
    }

    function item(Json memory json, string memory key, uint256 index) internal pure returns (Json memory) {
        return json.at(string.concat(key, "[", vm.toString(index), "]"));
    }

    function text(Json memory json, string memory key) internal pure returns (string memory) {
        return vm.parseJsonString(json.document, json.at(key).path);
    }

    function says(Json memory json, string memory key, string memory expected) internal pure returns (bool) {
        return keccak256(bytes(json.text(key))) == keccak256(bytes(expected));
    }

    function truth(Json memory json, string memory key) internal pure returns (bool) {
        return vm.parseJsonBool(json.document, json.at(key).path);
    }

    function data(Json memory json, string memory key) internal pure returns (bytes memory) {
        return vm.parseJsonBytes(json.document, json.at(key).path);
    }

    function word(Json memory json, string memory key) internal pure returns (bytes32) {
        return vm.parseJsonBytes32(json.document, json.at(key).path);
    }

    function account(Json memory json, string memory key) internal pure returns (address) {
        return vm.parseJsonAddress(json.document, json.at(key).path);
    }

    function accounts(Json memory json, string memory key) internal pure returns (address[] memory) {
        return vm.parseJsonAddressArray(json.document, json.at(key).path);
    }

    function numbers(Json memory json, string memory key) internal pure returns (uint256[] memory) {
        return vm.parseJsonUintArray(json.document, json.at(key).path);
    }

    function number(Json memory json, string memory key) internal pure returns (uint256) {
        return vm.parseJsonUint(json.document, json.at(key).path);
    }

    // The narrow ones go through abi.decode, which reverts where a value does not fit.

    function number8(Json memory json, string memory key) internal pure returns (uint8) {
        return abi.decode(abi.encode(json.number(key)), (uint8));
    }

    function number16(Json memory json, string memory key) internal pure returns (uint16) {
        return abi.decode(abi.encode(json.number(key)), (uint16));
    }

    function number32(Json memory json, string memory key) internal pure returns (uint32) {
        return abi.decode(abi.encode(json.number(key)), (uint32));
    }

    function number64(Json memory json, string memory key) internal pure returns (uint64) {
        return abi.decode(abi.encode(json.number(key)), (uint64));
    }

    function number128(Json memory json, string memory key) internal pure returns (uint128) {
        return abi.decode(abi.encode(json.number(key)), (uint128));
    }

    function signed64(Json memory json, string memory key) internal pure returns (int64) {
        return abi.decode(abi.encode(vm.parseJsonInt(json.document, json.at(key).path)), (int64));
    }
}
