"""What a hospital runs beside its SuperNode: the program that holds its key, as in: python keeper.py client1."""

import sys
from pathlib import Path

from deml_flower import NodeKeeper, Policy
from deml_flower.keeper import KeeperEvent
from deml_flower.news import news
from deml_sdk import Client

SPONSOR = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"


def tell(event: KeeperEvent) -> None:
    if (text := news(event)) is not None:
        print(text, flush=True)


name = sys.argv[1]
folder = Path(name) / "updates"
folder.mkdir(parents=True, exist_ok=True)
with Client.of_devnet(".deml/devnet/deployment.json", account=name, home=name) as client:
    policy = Policy(
        sponsors=frozenset({SPONSOR}),
        max_stake=client.amount(client.token_address, "10"),
        min_pay=client.amount(client.token_address, "100"),
    )
    NodeKeeper(client, folder, policy).run(on_event=tell, every=1)
