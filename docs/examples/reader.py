"""Ten lines that list the jobs of a devnet, their clients, and what was stated and can be proven."""

from deml_sdk import Client

with Client.of_devnet(".deml/devnet/deployment.json") as client:
    for job in client.jobs():
        print(job.job_id, job.terms.title, client.phase(job), client.token(job.terms.reward_token).show(job.escrow))
        for one in client.job(job.job_id).clients:
            print("  ", one.client, one.standing, one.score, one.due, one.payout and one.payout.total)
    for notice in client.notices(kind="Scored"):
        print(notice.notice, notice.claim, notice.proof is not None)
