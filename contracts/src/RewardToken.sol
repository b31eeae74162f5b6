// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title A reward token for development networks
/// @notice An ERC-20 with permit (ERC-2612) and 18 decimals, of which anyone may mint any amount: worth nothing by
/// construction. A real job names a token that is worth something in its terms.
contract RewardToken is ERC20, ERC20Permit {
    /// @param holder Receives the initial supply
    /// @param supply Initial supply in the smallest unit; may be 0
    constructor(address holder, uint256 supply) ERC20("DeML Devnet Reward", "DEVR") ERC20Permit("DeML Devnet Reward") {
        _mint(holder, supply);
    }

    /// @notice Make `amount` new tokens for `to`; anyone may.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
