"""The contract as a judge: what goes over the wire is held against the OpenAPI document."""

from __future__ import annotations

import gzip
import json
import re
import socket
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from attrs import Factory, define
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .proxy import Proxy

URN = "urn:contract"


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document that is shipped with the adapter."""
    text = resources.files("loyaltycore_cardprint").joinpath("cardprint.openapi.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def _registry() -> Registry:
    return Registry().with_resource(URN, DRAFT202012.create_resource(document()))


def errors(schema: dict[str, Any], value: object) -> list[str]:
    """What is wrong with a value, held against a schema of the document."""
    absolute = json.loads(json.dumps(schema).replace('"#/', f'"{URN}#/'))
    validator = Draft202012Validator(absolute, registry=_registry(), format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def component(name: str) -> dict[str, Any]:
    """A schema of the document by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


@define
class Judge:
    """A behaviour for `Proxy` that passes everything on and notes every breach of the contract."""

    breaches: list[str] = Factory(list)
    seen: set[tuple[str, int]] = Factory(set)
    """Operation and status of every exchange."""

    def __call__(self, running: Proxy, client: socket.socket) -> None:
        """Judge every exchange on a connection."""
        while request := running.read_request(client):
            answer = running.ask(request)
            self.breaches += self._judge(request, answer)
            client.sendall(answer)

    def _judge(self, request: bytes, answer: bytes) -> Iterator[str]:
        method, target, headers, body = _parse(request)
        operation, path = _operation(method, urlsplit(target).path.removeprefix("/v1"))
        name = operation["operationId"]
        yield from (f"{name}: {error}" for error in _wrong_request(operation, path, target, headers, body))
        _, status, answer_headers, content = _parse(answer)
        self.seen.add((name, int(status)))
        yield from (f"{name} {status}: {error}" for error in _wrong_answer(operation, status, content))
        given = answer_headers.get("content-type", "")
        expected = "application/problem+json" if int(status) >= 400 else "application/json"
        if given != expected:
            yield f"{name} {status}: Content-Type {given}"


def _parse(message: bytes) -> tuple[str, str, dict[str, str], Any]:
    head, _, body = message.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    words = first.split(" ")
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return words[0], words[1], headers, json.loads(body) if body else None


def _operation(method: str, path: str) -> tuple[dict[str, Any], str]:
    for template, item in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{.*?\}", "[^/]+", template), path):
            return item[method.lower()] | {"parameters": _parameters(item, method)}, path
    raise AssertionError(f"{method} {path} is not in the contract")


def _parameters(item: dict[str, Any], method: str) -> list[dict[str, Any]]:
    both = [*item.get("parameters", []), *item[method.lower()].get("parameters", [])]
    return [_resolved(parameter) for parameter in both]


def _wrong_request(
    operation: dict[str, Any], path: str, target: str, headers: dict[str, str], body: Any
) -> Iterator[str]:
    query = dict(parse_qsl(urlsplit(target).query))
    for parameter in operation["parameters"]:
        yield from _wrong_parameter(parameter, path, query, headers)
    yield from (f"unknown parameter {name}" for name in query if not _is_known(operation, name))
    if not headers.get("authorization", "").startswith("Bearer "):
        yield "no bearer token"
    if "requestBody" in operation:
        if headers.get("content-type") != "application/json":
            yield "the body is not application/json"
        yield from errors(operation["requestBody"]["content"]["application/json"]["schema"], body)
    elif body is not None:
        yield "a body where none belongs"


def _wrong_parameter(
    parameter: dict[str, Any], path: str, query: dict[str, str], headers: dict[str, str]
) -> Iterator[str]:
    name = parameter["name"]
    places = {"query": query.get(name), "header": headers.get(name.lower()), "path": path.split("/")[2:3]}
    value: Any = places[parameter["in"]]
    if parameter["in"] == "path":
        value = value[0] if value else None
    if value is None:
        if parameter.get("required"):
            yield f"{name} is missing"
        return
    if _resolved(parameter["schema"]).get("type") == "integer":
        value = int(value)
    yield from errors(parameter["schema"], value)


def _is_known(operation: dict[str, Any], name: str) -> bool:
    return any(parameter["name"] == name for parameter in operation["parameters"])


def _wrong_answer(operation: dict[str, Any], status: str, content: Any) -> Iterator[str]:
    if status not in operation["responses"]:
        yield "a status that is not in the contract"
        return
    response = _resolved(operation["responses"][status])
    (media,) = response["content"].values()
    yield from errors(media["schema"], content)
    if int(status) >= 400 and content["status"] != int(status):
        yield "the problem is about another status"
