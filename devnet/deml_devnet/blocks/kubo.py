"""As much of Kubo's RPC as it takes to add, get and pin a file, so that one client serves both."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deml.base.errors import DemlError
from deml.base.limits import MAX_FILE_BYTES
from deml.ipld import Cid
from deml.ipld.car import write_car
from deml_devnet.blocks.gateway import CAR_TYPE, RAW_TYPE
from deml_devnet.blocks.store import BlockFolder

MAX_CAR_BYTES: Final = 2 * MAX_FILE_BYTES
"""Largest CAR: the largest file of a job and its tree fit with room to spare."""


class KuboService:
    """Answers ``POST`` of ``/api/v0/...``; see https://docs.ipfs.tech/reference/kubo/rpc/."""

    def __init__(self, store: BlockFolder) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        """Commands that are understood."""
        commands = {
            "version": self._version,
            "dag/import": self._import,
            "dag/export": self._export,
            "block/get": self._block,
            "pin/add": self._pin,
            "pin/ls": self._pins,
            "pin/rm": self._unpin,
        }
        return [Route(f"/api/v0/{path}", command, methods=["POST"]) for path, command in commands.items()]

    def _version(self, _request: Request) -> Response:
        return JSONResponse({"Version": f"deml-devnet-{version('deml')}", "Repo": "1"})

    async def _import(self, request: Request) -> Response:
        if int(request.headers.get("content-length", MAX_CAR_BYTES + 1)) > MAX_CAR_BYTES:
            return _failure(f"a CAR may have at most {MAX_CAR_BYTES} bytes, and its length must be given", 413)
        async with request.form() as form:
            cars = [await part.read() for part in form.values() if isinstance(part, UploadFile)]
        try:
            roots = [root for car in cars for root in await run_in_threadpool(self._store.import_car, car)]
        except DemlError as error:
            return _failure(str(error))
        if request.query_params.get("pin-roots", "true") == "true":
            for root in roots:
                self._store.pin(root)
        lines = [json.dumps({"Root": {"Cid": {"/": str(root)}, "PinErrorMsg": ""}}) for root in roots]
        return Response("\n".join([*lines, ""]), media_type="application/json")

    def _export(self, request: Request) -> Response:
        try:
            cid = Cid.parse(request.query_params.get("arg", ""))
            return Response(write_car([cid], self._store.walk(cid)), media_type=CAR_TYPE)
        except DemlError as error:
            return _failure(str(error))

    def _block(self, request: Request) -> Response:
        try:
            return Response(self._store.get(Cid.parse(request.query_params.get("arg", ""))), media_type=RAW_TYPE)
        except DemlError as error:
            return _failure(str(error))

    def _pin(self, request: Request) -> Response:
        try:
            cid = Cid.parse(request.query_params.get("arg", ""))
            blocks = sum(1 for _ in self._store.walk(cid))
        except DemlError as error:
            return _failure(f"pin: {error}")
        self._store.pin(cid, request.query_params.get("name", ""))
        progress = [{"Progress": blocks}] if request.query_params.get("progress") == "true" else []
        lines = [json.dumps(one) for one in (*progress, {"Pins": [str(cid)]})]
        return Response("\n".join([*lines, ""]), media_type="application/json")

    def _pins(self, request: Request) -> Response:
        wanted = request.query_params.get("arg")
        keys = {
            cid: {"Type": "recursive", "Name": name}
            for cid, name in self._store.pins().items()
            if wanted in (None, cid)
        }
        if wanted is not None and not keys:
            return _failure(f"path '{wanted}' is not pinned")
        return JSONResponse({"Keys": keys})

    def _unpin(self, request: Request) -> Response:
        try:
            cid = Cid.parse(request.query_params.get("arg", ""))
        except DemlError as error:
            return _failure(str(error))
        if not self._store.unpin(cid):
            return _failure("not pinned or pinned indirectly")
        return JSONResponse({"Pins": [str(cid)]})


def _failure(message: str, status: int = 500) -> Response:
    return JSONResponse({"Message": message, "Code": 0, "Type": "error"}, status)
