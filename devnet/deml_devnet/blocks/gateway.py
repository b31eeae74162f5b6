"""A trustless gateway: blocks and CARs by CID, for clients that check them.

As in https://specs.ipfs.tech/http-gateways/trustless-gateway/, without paths below a CID and without byte ranges.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from deml.base.errors import DemlError
from deml.ipld import Cid
from deml.ipld.car import write_car
from deml_devnet.blocks.errors import BlockNotStored
from deml_devnet.blocks.store import BlockFolder

RAW_TYPE: Final = "application/vnd.ipld.raw"
CAR_TYPE: Final = "application/vnd.ipld.car"
CAR_PARAMETERS: Final = "version=1; order=dfs; dups=n"

EMPTY_CID: Final = "bafkqaaa"
"""The empty block under an identity hash; clients ask for it to see whether a gateway answers."""

_SCOPES: Final = ("all", "entity", "block")


class GatewayService:
    """Answers ``GET`` and ``HEAD`` of ``/ipfs/{cid}``."""

    def __init__(self, store: BlockFolder) -> None:
        self._store = store

    def respond(self, request: Request) -> Response:
        """Answer an HTTP request."""
        text = request.path_params["cid"]
        form = _format(request)
        if form is None:
            return _refusal("this gateway serves format=raw and format=car only", 406)
        scope = request.query_params.get("dag-scope", "all")
        if scope not in _SCOPES:
            return _refusal("dag-scope must be all, entity or block", 400)
        if text == EMPTY_CID and form == "raw":
            return _found(b"", text, form)
        try:
            cid = Cid.parse(text)
        except DemlError as error:
            return _refusal(str(error), 400)
        if _etag(text, form) in request.headers.get("if-none-match", ""):
            return Response(status_code=304)
        try:
            return _found(self._content(cid, form, scope), text, form)
        except BlockNotStored as error:
            return _refusal(str(error), 404)
        except DemlError as error:
            return _refusal(str(error), 500)

    def _content(self, cid: Cid, form: str, scope: str) -> bytes:
        if form == "raw":
            return self._store.get(cid)
        blocks = [(cid, self._store.get(cid))] if scope == "block" else self._store.walk(cid)
        return write_car([cid], blocks)


def _format(request: Request) -> str | None:
    """What is asked for; the query wins over the header."""
    asked = request.query_params.get("format")
    if asked is None:
        accepted = request.headers.get("accept", "")
        asked = "car" if CAR_TYPE in accepted else "raw" if RAW_TYPE in accepted else None
    return asked if asked in ("raw", "car") else None


def _found(content: bytes, cid: str, form: str) -> Response:
    headers = {
        "content-type": RAW_TYPE if form == "raw" else f"{CAR_TYPE}; {CAR_PARAMETERS}",
        "content-disposition": f'attachment; filename="{cid}.{"bin" if form == "raw" else "car"}"',
        "cache-control": "public, max-age=29030400, immutable",
        "etag": _etag(cid, form),
        "x-ipfs-path": f"/ipfs/{cid}",
        "x-content-type-options": "nosniff",
    }
    return Response(content, headers=headers)


def _etag(cid: str, form: str) -> str:
    return f'"{cid}.{form}"'


def _refusal(reason: str, status: int) -> Response:
    return PlainTextResponse(reason + "\n", status)
