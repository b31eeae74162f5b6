"""What the sponsor runs."""

import numpy as np
from flwr.app import Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from digits.task import fresh, to_arrays

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    strategy = FedAvg(min_train_nodes=3, min_evaluate_nodes=3, min_available_nodes=3)
    rounds = int(context.run_config["num-server-rounds"])
    result = strategy.start(grid=grid, initial_arrays=to_arrays(fresh()), num_rounds=rounds)
    np.savez(str(context.run_config["save"]), **{key: one.numpy() for key, one in result.arrays.items()})
