"""Which commands a capability has, for tests that leave none out and for tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from loyaltycore.errors import RegistrationError
from loyaltycore.work.capability import Capability
from loyaltycore.work.service import Service


def services_of(capability: Capability) -> tuple[type[Service], ...]:
    """The service of a capability, and those of its package that it hands out, makes or inherits from."""
    found: list[type[Service]] = []
    waiting = [] if capability.service is None else [capability.service()]
    while waiting:
        service = waiting.pop(0)
        if service not in found:
            found.append(service)
            waiting += _beside(service)
    return tuple(found)


def commands_of(*capabilities: Capability) -> Mapping[str, str]:
    """The commands of some capabilities by name, each with class and method: ``{"cards.order": "Cards.order"}``.

    Raises:
        RegistrationError: Two commands share a name, so that under one key one would stand for the other.
    """
    found: dict[str, str] = {}
    for capability in capabilities:
        for service in services_of(capability):
            for name, place in _commands(service):
                if name in found:
                    raise RegistrationError(f"two commands {name!r}: {found[name]} and {place}")
                found[name] = place
    return found


def _beside(service: type[Service]) -> Iterator[type[Service]]:
    """The services of the same package whose names are known where a service is defined."""
    for value in vars(sys.modules[service.__module__]).values():
        if isinstance(value, type) and issubclass(value, Service) and _package(value) == _package(service):
            yield value


def _package(service: type[Service]) -> str:
    return service.__module__.rpartition(".")[0]


def _commands(service: type[Service]) -> Iterator[tuple[str, str]]:
    for attribute in vars(service).values():
        name = getattr(attribute, "command", None)
        if isinstance(name, str):
            yield name, attribute.__qualname__
