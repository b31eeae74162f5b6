"""What eth-abi imports and has no build for WebAssembly; it does not use them.

`regex` is `re` here, `cytoolz` is `toolz`, and the pydantic models of eth-utils are left out.
"""

import re
import sys
import types

import toolz
import toolz.curried
import toolz.functoolz

sys.modules["regex"] = re
sys.modules["cytoolz"] = toolz
sys.modules["cytoolz.curried"] = toolz.curried
sys.modules["cytoolz.functoolz"] = toolz.functoolz
_models = types.ModuleType("eth_utils.pydantic")
_models.CamelModel = object
sys.modules["eth_utils.pydantic"] = _models
