"""The client: what programs import.

>>> from deml_sdk import Client
>>> with Client.of_devnet(".deml/devnet/deployment.json") as client:  # doctest: +SKIP
...     for job in client.jobs():
...         print(job.job_id, job.terms.title, client.phase(job))
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from deml_sdk.marketplace import Marketplace
from deml_sdk.roles.campaigning import Campaigning
from deml_sdk.roles.participant import ParticipantRole
from deml_sdk.roles.retention import Retention
from deml_sdk.roles.training import AtHome
from deml_sdk.roles.watching import Watching
from deml_sdk.wallet.wallets import devnet_wallet


class Client(Campaigning, ParticipantRole, AtHome, Retention, Watching):
    """For sponsors, clients and readers of one marketplace.

    What changes anything is done in two calls: a method makes an `Intent`, which says what would be sent, what it costs
    and what becomes public; `send` carries it out.

    Parameters
    ----------
    marketplace
        Where chain, node, contracts and files are.
    wallet
        Who acts, or what opens the wallet when it is first needed; None to read only, or to have `web3` sign.
    home
        Folder that holds keys, journals, salts and files; None to read only, and keep nothing.
    password
        Obtains the password of the wallet of a name: for salts that the wallet cannot derive.
    web3
        An instance of one's own that asks the chain, with its provider and middleware; None to make one for `rpc_url`.
    observer
        Told of everything that takes a while.

    Examples
    --------
    >>> client = Client(marketplace, wallet=open_wallet("alice", home, getpass), home=home)  # doctest: +SKIP
    >>> intent = client.accept(7)  # doctest: +SKIP
    >>> intent.gas.wei, intent.public  # doctest: +SKIP
    >>> client.send(intent)  # doctest: +SKIP
    """

    @classmethod
    def of_devnet(cls, deployment: Path | str, *, account: str | None = None, **given: Any) -> Self:
        """Make a client of a running devnet.

        Parameters
        ----------
        deployment
            The file ``deployment.json`` in the devnet's folder.
        account
            One of the devnet's accounts, such as "sponsor" or "client1"; None to read only.
        given
            What `Client` takes besides.

        Raises
        ------
        NotADeployment
        """
        wallet = None if account is None else devnet_wallet(account)
        return cls(Marketplace.of_devnet(deployment), wallet=wallet, **given)
