"""The server's OpenAPI document, made from the same calls that its routes are made from."""

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from storage.ops import Op
from storage.team import protocol
from storage.team.protocol import FAILED, Batch, Greeting, Problem, PushRequest
from storage.team.server.answers import packed_answer
from storage.team.server.calls import EVENTS, JSON, Call
from storage.team.server.problems import STATUS

Node: TypeAlias = dict[str, Any]
"""A part of the document."""

_REF = "#/components/schemas/{name}"

_INCIDENT = "01a1ffc7-55f5-7000-8000-000000000001"

_PARAMETERS: dict[str, Node] = {
    "incident": {
        "description": "The incident's id.",
        "schema": {"type": "string", "format": "uuid"},
        "example": _INCIDENT,
    },
    "user": {
        "description": "A user's name, or `*` for everyone.",
        "schema": {"type": "string", "minLength": 1},
        "example": "dana",
    },
    "device": {
        "description": "A device's id.",
        "schema": {"type": "string", "minLength": 1},
        "example": "5f1c9a02",
    },
}

_STAMP = "^[0-9a-e][0-9a-f]{15}-[0-9a-z]{1,64}$"
_ID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

_RESERVED = "^(id|op|by|rev|old|purged|sum)$"

_EXAMPLE_OP: Node = {
    "id": "019aa5c0a1000000-5f1c9a02",
    "entry": "01a1ffc7-55f6-7000-8000-000000000002",
    "by": "dana",
    "set": {"kind": "note", "text": "checkout answers 503"},
}

_EXAMPLES: dict[str, Node] = {
    "EnrollRequest": {"code": "7KQ2-M9XB-41TC", "device": "5f1c9a02", "name": "dana's laptop"},
    "PushRequest": {"ops": [_EXAMPLE_OP]},
    "PurgeRequest": {
        "op": {
            "id": "019aa5c0a2000000-5f1c9a02",
            "entry": "01a1ffc7-55f6-7000-8000-000000000002",
            "by": "dana",
            "purge": ["019aa5c0a1000000-5f1c9a02"],
        }
    },
    "RoleRequest": {"role": "write"},
}

_WHY = {
    400: "Not of the shape that it should have.",
    401: "No token, or one that is unknown or revoked.",
    403: "Not permitted.",
    404: "There is no such thing.",
    408: "The request came too slowly.",
    409: "It would contradict what is there.",
    413: "The request is too large.",
    415: "Neither JSON nor gzip.",
    429: "Too often; `Retry-After` says when to try again.",
    500: "A fault of the server's own; its log says more under the request's id.",
    503: "The database does not answer, its disk is full, or the server is shutting down.",
}


class OpenApiRoutes:
    """The document."""

    def __init__(self, calls: Sequence[Call]) -> None:
        """Describe `calls`, and itself."""
        own = self.calls()
        self._body = msgspec.json.encode(document([*calls, *own]))

    def calls(self) -> tuple[Call, ...]:
        """Its route."""
        return (
            Call(
                method="GET",
                path="/v1/openapi.json",
                name="openapi",
                summary="This document.",
                handler=self.openapi,
                gives=dict,
                token=False,
            ),
        )

    async def openapi(self, request: Request) -> Response:
        """Tell what can be called."""
        return await packed_answer(request, self._body)


def document(calls: Sequence[Call]) -> Node:
    """The OpenAPI 3.1 document of some calls."""
    paths: dict[str, Node] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hotwash team server",
            "version": str(protocol.PROTOCOL),
            "description": (
                "Keeps the changes of shared incidents, and tells whoever follows them. Bodies may be"
                " packed with gzip, and answers are when the client takes it."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(calls),
            "securitySchemes": {
                "device": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token that a device was given when it was enrolled.",
                }
            },
        },
    }


def statuses(call: Call) -> list[int]:
    """The statuses that a call may be answered with, beside those that no document names."""
    codes = {*call.refusals, FAILED}
    if call.token:
        codes |= {protocol.UNAUTHORIZED, protocol.TOO_MANY}
    if call.takes:
        codes |= {protocol.MALFORMED, protocol.TIMEOUT, protocol.TOO_LARGE, protocol.UNSUPPORTED}
    if call.token or call.takes:
        codes |= {protocol.UNAVAILABLE}
    if call.query:
        codes |= {protocol.BAD_CURSOR}
    return [200 if call.gives else 204, *sorted({STATUS[code] for code in codes})]


def _operation(call: Call) -> Node:
    operation: Node = {
        "operationId": call.name,
        "summary": call.summary,
        "security": [{"device": []}] if call.token else [],
        "parameters": [*_path_parameters(call), *_query_parameters(call), *_headers(call)],
        "responses": {str(status): _response(call, status) for status in statuses(call)},
    }
    if call.takes:
        content: Node = {"schema": _ref(call.takes)}
        if call.takes.__name__ in _EXAMPLES:
            content["example"] = _EXAMPLES[call.takes.__name__]
        operation["requestBody"] = {"required": True, "content": {JSON: content}}
    return operation


def _path_parameters(call: Call) -> list[Node]:
    return [
        {"name": name, "in": "path", "required": True, **_PARAMETERS[name]}
        for name in re.findall(r"\{(\w+)\}", call.path)
    ]


def _query_parameters(call: Call) -> list[Node]:
    if call.query is None:
        return []
    _, found = msgspec.json.schema_components([call.query], ref_template=_REF)
    properties: dict[str, Node] = found[call.query.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in properties.items()
    ]


def _headers(call: Call) -> list[Node]:
    if call.media_type != EVENTS:
        return []
    return [
        {
            "name": "Last-Event-ID",
            "in": "header",
            "required": False,
            "description": "The position to go on after; wins over `after`.",
            "schema": {"type": "integer", "minimum": 0, "maximum": (1 << 53) - 1},
        }
    ]


def _response(call: Call, status: int) -> Node:
    if status == 204:
        return {"description": "Done."}
    if status == 200:
        assert call.gives is not None
        schema = _ref(call.gives) if call.media_type == JSON else {"type": "string"}
        return {"description": "Done.", "content": {call.media_type: {"schema": schema}}}
    response: Node = {"description": _WHY[status], "content": {JSON: {"schema": _ref(Problem)}}}
    if status in {429, 503}:
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds.",
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    return response


def _ref(kind: type) -> Node:
    if _is_struct(kind):
        return {"$ref": _REF.format(name=kind.__name__)}
    return {"type": "object"}


def _schemas(calls: Sequence[Call]) -> dict[str, Node]:
    kinds: set[type] = {Problem, Op, Greeting, Batch}
    for call in calls:
        kinds |= {
            kind for kind in (call.takes, call.gives) if kind is not None and _is_struct(kind)
        }
    in_order = sorted(kinds, key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(in_order, ref_template=_REF)
    for schema in schemas.values():
        # A newer client may say more than this server understands.
        schema["description"] = schema.get("description", "").split("\n\nAttributes:")[0]
    _sharpen(schemas)
    return schemas


def _is_struct(kind: type) -> bool:
    return issubclass(kind, msgspec.Struct)


def _sharpen(schemas: dict[str, Node]) -> None:
    """Say what is checked beyond the shape."""
    op = schemas["Op"]["properties"]
    op["id"]["pattern"] = _STAMP
    op["entry"]["pattern"] = _ID
    op["purge"]["items"]["pattern"] = _STAMP
    op["set"]["propertyNames"] = {"not": {"pattern": _RESERVED}}
    if PushRequest.__name__ in schemas:
        ops = schemas[PushRequest.__name__]["properties"]["ops"]
        ops["maxItems"] = protocol.MAX_OPS
        ops["items"] = {
            "description": "An Op. Anything else is rejected by its id, and holds nobody up.",
            "anyOf": [{"$ref": _REF.format(name="Op")}, {}],
        }
