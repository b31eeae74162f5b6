"""A whole job by its sponsor: open it, have it looked after, keep what was learnt."""

from pathlib import Path

from deml_sdk import Client

with Client.of_devnet(".deml/devnet/deployment.json", account="sponsor", home="sponsor") as client:
    intent = client.post(client.draft("job.toml"))
    print(f"This will {intent.action}; it costs {intent.gas.describe()}.")
    for sentence in (*intent.public, *intent.warnings):
        print("  ", sentence)
    job_id = client.send(intent).job_id
    print(f"Job {job_id} is open.")

    client.watch([job_id], on_event=print, every=1)

    for who, path in client.save_models(job_id, Path("models")).items():
        print(f"The model of {who} scores {client.scores(job_id)[who]:,} ppm: {path}")
