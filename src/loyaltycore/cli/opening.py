"""From the configuration file to a `Loyalty` that is ready for work, which is closed again afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from loyaltycore import plugins
from loyaltycore.cli.config import SECTIONS, BadConfig, Section, read_config
from loyaltycore.cli.option_check import check_options
from loyaltycore.errors import Fault, InvalidInput, LoyaltyError, MissingExtra, PluginError
from loyaltycore.kernel.validation import Faults
from loyaltycore.loyalty import Loyalty
from loyaltycore.outbox import NewsSource
from loyaltycore.ports import SupportsSetUpCheck


@runtime_checkable
class _Closes(Protocol):
    def close(self) -> object:
        """Close connections."""
        ...


@runtime_checkable
class _Upgrades(Protocol):
    def upgrade(self) -> object:
        """Bring the tables up to date."""
        ...


@contextmanager
def open_loyalty(path: Path, *, upgrade: bool = False) -> Iterator[Loyalty]:
    """Create a `Loyalty` from a configuration file, and close its adapters afterwards.

    Args:
        upgrade: Whether to create the tables, or bring them up to date, before they are used. Otherwise they have to
            be there.

    Raises:
        BadConfig: Everything that is wrong with the file; in a section that can be read, what the adapter says about
            its options, too.
        MissingExtra: An adapter lacks an optional dependency.
        NotSetUp: There are no tables; a storage that cannot tell (`SupportsSetUpCheck`) is used as it is.
        StorageError: The storage cannot be used.
    """
    with ExitStack() as stack:
        parts = _build(path, stack)
        storage = parts.pop("storage")
        if upgrade and isinstance(storage, _Upgrades):
            storage.upgrade()
        elif not upgrade and isinstance(storage, SupportsSetUpCheck):
            storage.require_set_up()
        yield Loyalty(storage, **parts)


def sections_of(sources: Iterable[NewsSource]) -> str:
    """Which sections of the file set these vendors up."""
    return " or ".join(f"[{source.name.replace('-', '_')}]" for source in sources)


def _build(path: Path, stack: ExitStack) -> dict[str, Any]:
    """Make every adapter, so that all faults are known before anything is opened."""
    faults = Faults()
    sections = read_config(faults, path)
    parts = _adapters(faults, sections, stack)
    if faults.found:
        order = [*SECTIONS]
        raise BadConfig(path, sorted(faults.found, key=lambda fault: _place(fault, order)))
    return parts


def _place(fault: Fault, order: Sequence[str]) -> int:
    """The position of a fault's section; faults without a section come first."""
    section = fault.field.partition(".")[0]
    return order.index(section) if section in order else -1


def _adapters(faults: Faults, sections: Sequence[Section], stack: ExitStack) -> dict[str, Any]:
    parts = {}
    missing: list[MissingExtra] = []
    for section in sections:
        try:
            parts[section.name] = _adapter(faults, section, stack)
        except MissingExtra as error:
            missing.append(error)
    if missing and not faults.found:
        raise missing[0]
    return parts


def _adapter(faults: Faults, section: Section, stack: ExitStack) -> Any:
    """Make one adapter, or note why not and return None."""
    inner = faults.at(section.name)
    if not section.use:
        return None
    try:
        factory = plugins.load(section.group, section.use, section.distribution)
    except PluginError as error:
        inner.note("use", "bad_plugin", str(error))
        return None
    before = len(faults.found)
    check_options(inner, factory, section.options)
    if not section.usable or len(faults.found) > before:
        return None
    return _made(faults, section, factory, stack)


def _made(faults: Faults, section: Section, factory: Any, stack: ExitStack) -> Any:
    try:
        adapter = factory(**section.options)
    except InvalidInput as error:
        for fault in error.faults:
            faults.at(section.name).note(fault.field, fault.code, fault.message)
        return None
    except LoyaltyError:
        raise
    except Exception as error:  # noqa: BLE001  an adapter may stumble over an option in any way of its own
        reason = f"{type(error).__name__}: {error.args[0] if error.args else ''}"
        faults.note(section.name, "bad_option", f"cannot be made with these options ({reason})")
        return None
    if isinstance(adapter, _Closes):
        stack.callback(adapter.close)
    return adapter
