"""What is done about an input over which the dapp's process has died: a report, and a rejection.

The process that does it has waited since before the dapp was there, so it has nothing of the dapp's: neither its state,
nor its libraries.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from deml.base.errors import Bug
from deml.base.reports import encode_json
from deml.shell.channel import Channel
from deml.shell.cmt import Device
from deml.shell.errors import RescueFailed


def rescue(channel: Channel, cause: str) -> None:
    """Reject the current input with a ``BUG`` that names `cause`.

    In the machine this does not return: everything goes back to where the input came in, and the dapp lives again.

    Raises
    ------
    LibcmtFailed, RescueFailed
        If the rejection was not taken; the machine then halts.
    """
    report = encode_json(Bug(cause).as_report())
    if channel.library is not None:
        device = Device(channel.library)
        device.report(report)
        device.reject()
    else:
        _post(channel.name, "report", {"payload": "0x" + report.hex()})
        _post(channel.name, "finish", {"status": "reject"})


def _post(url: str, path: str, body: dict[str, str]) -> None:
    # Imported only if it comes to this: it is larger than all else in this process.
    from http.client import HTTPConnection, HTTPException

    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc)
    try:
        headers = {"content-type": "application/json"}
        connection.request("POST", f"{parts.path.rstrip('/')}/{path}", encode_json(body), headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise RescueFailed(path, type(error).__name__) from error
    finally:
        connection.close()
    if status >= HTTPStatus.BAD_REQUEST:
        raise RescueFailed(path, f"status {status}")
