"""A whole job by a client: take part, train at home, commit, be paid. The rows stay where they are."""

import time

from deml_sdk import Client
from deml_sdk.data.reading import Reading

with Client.of_devnet(".deml/devnet/deployment.json", account="client1", home="client1") as client:
    while not (jobs := [one for one in client.jobs() if client.phase(one) == "commit"]):
        time.sleep(1)
    job = jobs[-1]
    client.send(client.accept(job))

    trained = client.train(job, "private.csv", Reading("diagnosis"), epochs=150, learning_rate=0.01)
    print(f"On rows that it did not see: {trained.before} ppm before, {trained.after} after.")
    client.send(client.commit(job, trained.file, min_pay=client.amount(job.terms.reward_token, "1")))

    client.watch([job.job_id], on_event=print, every=1)

    payout = client.payouts(job.job_id)[client.account]
    print(f"Received {client.token(job.terms.reward_token).show(payout.total)}.")
