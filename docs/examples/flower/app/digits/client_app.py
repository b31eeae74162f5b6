"""What each hospital runs."""

import warnings

from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from sklearn.exceptions import ConvergenceWarning

from digits.task import from_arrays, rows, to_arrays

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    model = from_arrays(message.content["arrays"])
    x, y = rows(context.node_config["rows"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # A few steps a round are meant.
        model.fit(x, y)
    metrics = MetricRecord({"num-examples": len(y)})
    return Message(RecordDict({"arrays": to_arrays(model), "metrics": metrics}), reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    model = from_arrays(message.content["arrays"])
    x, y = rows(context.node_config["rows"])
    metrics = MetricRecord({"num-examples": len(y), "accuracy": float(model.score(x, y))})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)
