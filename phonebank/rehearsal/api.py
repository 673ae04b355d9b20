"""Twilio's API on a port: routes from the OpenAPI description, Basic auth, faults, and Twilio's shape of answers."""

import asyncio
import base64
import json
import secrets
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from phonebank.rehearsal.account import Reply
from phonebank.rehearsal.carrier import Carrier
from phonebank.rehearsal.checking import Operation, Values, operations
from phonebank.rehearsal.config import Config
from phonebank.rehearsal.faults import AFTER, BEFORE, Fault, FaultKind, Touched
from phonebank.rehearsal.refusals import CarrierRefusalError

Handle = Callable[[Values, Values], Reply]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HTML = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


def add_routes(app: web.Application, carrier: Carrier) -> None:
    """One route for each operation of the description that the stand-in answers."""
    answering = Answering(carrier)
    handles = _handles(carrier)
    for operation in operations():
        if operation.name in handles:
            handle, touched = handles[operation.name]
            app.router.add_route(operation.method, operation.path, answering.endpoint(operation, handle, touched))
    recording = "/2010-04-01/Accounts/{AccountSid}/Recordings/{Sid}"
    app.router.add_get(f"{recording}.mp3", answering.sound)
    app.router.add_delete(f"{recording}.json", answering.sound)
    app.router.add_route("*", "/{anything:.*}", _not_found)


def _handles(carrier: Carrier) -> Mapping[str, tuple[Handle, Touched]]:
    messages, account = carrier.messages, carrier.account
    calls, participants = carrier.voice.calls, carrier.voice.participants
    return {
        "CreateMessage": (messages.create, Touched.CREATE),
        "ListMessage": (messages.list_page, Touched.LIST),
        "FetchMessage": (messages.fetch, Touched.FETCH),
        "UpdateMessage": (messages.update, Touched.UPDATE),
        "DeleteMessage": (messages.delete, Touched.UPDATE),
        "CreateCall": (calls.create, Touched.CREATE),
        "ListCall": (calls.list_page, Touched.LIST),
        "FetchCall": (calls.fetch, Touched.FETCH),
        "UpdateCall": (calls.update, Touched.UPDATE),
        "CreateParticipant": (participants.create, Touched.CREATE),
        "ListParticipant": (participants.list_page, Touched.LIST),
        "FetchAccount": (account.fetch_account, Touched.FETCH),
        "ListIncomingPhoneNumber": (account.list_numbers, Touched.FETCH),
        "FetchIncomingPhoneNumber": (account.fetch_number, Touched.FETCH),
        "UpdateIncomingPhoneNumber": (account.update_number, Touched.UPDATE),
        "ListService": (account.list_services, Touched.FETCH),
        "FetchService": (account.fetch_service, Touched.FETCH),
        "UpdateService": (account.update_service, Touched.UPDATE),
        "ListPhoneNumber": (account.list_pool, Touched.FETCH),
        "FetchPhoneNumber": (account.look_up, Touched.FETCH),
    }


def served_operations(carrier: Carrier) -> Mapping[str, Handle]:
    """The handle of each operation the stand-in answers, by operationId."""
    return {name: handle for name, (handle, _) in _handles(carrier).items()}


class Answering:
    """Turns one operation's handle into an endpoint that checks, fails on demand and answers as Twilio does."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._credentials = _credentials(carrier.config)
        self._latency = carrier.config.latency_ms / 1000

    def endpoint(self, operation: Operation, handle: Handle, touched: Touched) -> Endpoint:
        async def answer(request: web.Request) -> web.StreamResponse:
            self._carrier.requests[operation.name] += 1
            self._carrier.stir()
            try:
                return await self._answer(request, operation, handle, touched)
            except CarrierRefusalError as refused:
                self._carrier.refused[refused.code] += 1
                return await self._after_latency(refused.status, refused.body())

        return answer

    async def sound(self, request: web.Request) -> web.StreamResponse:
        """A recording, handed out or deleted: no operation of the description, as its answer is none of JSON."""
        recording, sid = self._carrier.voice.recording, request.match_info["Sid"]
        try:
            self._check_caller(request)
            if request.method == "DELETE":
                return await self._after_latency(*recording.delete(sid))
            return web.Response(body=recording.mp3(sid), content_type="audio/mpeg")
        except CarrierRefusalError as refused:
            return await self._after_latency(refused.status, refused.body())

    async def _answer(
        self, request: web.Request, operation: Operation, handle: Handle, touched: Touched
    ) -> web.StreamResponse:
        self._check_caller(request)
        form = parse_qsl((await request.read()).decode(errors="replace"), keep_blank_values=True)
        number = dict(form).get("To") or request.query.get("To")
        fault = self._carrier.faults.strike(BEFORE | AFTER, touched, number)
        if fault and fault.kind in BEFORE:
            return await self._suffer(fault, request, {})
        status, body = handle(request.match_info, operation.read(request.query.items(), form))
        if fault:
            return await self._suffer(fault, request, body or {})
        return await self._after_latency(status, body)

    def _check_caller(self, request: web.Request) -> None:
        if request.headers.get("Authorization") not in self._credentials:
            raise CarrierRefusalError(20003)
        account_sid = request.match_info.get("AccountSid", self._carrier.config.account_sid)
        if account_sid != self._carrier.config.account_sid:
            raise CarrierRefusalError(20404, f"The requested resource {request.path} was not found")

    async def _suffer(self, fault: Fault, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        match fault.kind:
            case FaultKind.TOO_MANY_REQUESTS:
                raise CarrierRefusalError(20429)
            case FaultKind.ERROR_BEFORE | FaultKind.ERROR_AFTER:
                raise CarrierRefusalError(20500)
            case FaultKind.HTML_BEFORE:
                return web.Response(status=502, text=_HTML, content_type="text/html")
            case FaultKind.HTML_AFTER:
                return web.Response(status=201, text=_HTML, content_type="text/html")
            case FaultKind.NO_SID:
                return await self._after_latency(201, {key: value for key, value in body.items() if key != "sid"})
            case FaultKind.HANG_BEFORE | FaultKind.HANG_AFTER:
                await asyncio.sleep(fault.seconds)
            case _:
                pass
        return _reset(request)

    async def _after_latency(self, status: int, body: dict[str, Any] | None) -> web.Response:
        if self._latency:
            await asyncio.sleep(self._latency)
        headers = {"Twilio-Request-Id": "RQ" + secrets.token_hex(16)}
        if body is None:
            return web.Response(status=status, headers=headers)
        written = json.dumps(body).encode()
        return web.Response(status=status, headers=headers, body=written, content_type="application/json")


def _credentials(config: Config) -> frozenset[str]:
    pairs = [(config.account_sid, config.auth_token)]
    if config.api_key and config.api_secret:
        pairs.append((config.api_key, config.api_secret))
    return frozenset("Basic " + base64.b64encode(":".join(pair).encode()).decode() for pair in pairs)


def _reset(request: web.Request) -> web.Response:
    """Breaks the connection off: the other side reads a reset, not an answer."""
    transport = request.transport
    if transport is not None:
        line: socket.socket | None = transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


async def _not_found(request: web.Request) -> web.Response:
    refused = CarrierRefusalError(20404, f"The requested resource {request.path} was not found")
    return web.json_response(refused.body(), status=404)
