"""What all conformance classes share: hooks that must be filled, tests that nobody may change, gaps that are declared.

An author subclasses the class of a port and fills its hooks. The tests are inherited as they are. `capabilities` says
what an adapter cannot do, with a reason; the tests that need it are then skipped and print the reason.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any, ClassVar, Final, Literal, TypeAlias, TypeVar

import pytest
from attrs import field, fields, frozen
from hypothesis import HealthCheck, Phase, settings

from loyaltycore.errors import LoyaltyError
from loyaltycore.testing.citing import Promise, one_line, promises
from loyaltycore.testing.hooks import HookFault, looked_at, origin

F = TypeVar("F", bound=Callable[..., Any])

_JUDGED: Final = (AssertionError, pytest.fail.Exception, LoyaltyError, BaseExceptionGroup)
"""What a test itself raises, and what ports name; hypothesis puts several failures into a group."""

_USUAL_EXAMPLES: Final = 100
"""What a hypothesis profile runs unless it says otherwise."""


_HOME: Final = "loyaltycore.testing"

KIT: Final[dict[type, dict[str, object]]] = {}
"""The classes of the kit, and what they were made with."""

_UNTOUCHED: Final = {"__getattribute__", "__getattr__", "__init_subclass__", "__new__"}
"""What decides which test runs when one is asked for."""


@frozen
class Lacks:
    """Stands for a capability that an adapter does not have."""

    reason: str = field()
    """Why not; printed for every test that is skipped because of it."""

    @reason.validator
    def _check_reason(self, _attribute: Any, reason: str) -> None:
        if not reason.strip():
            raise ValueError("say why the capability is missing")

    def __bool__(self) -> bool:
        return False


Ability: TypeAlias = Literal[True] | Lacks
"""True, or the reason why not."""


def hook(function: F) -> F:
    """Mark a method that every author fills."""
    return _marked(function, "__hook__", "")


def hook_for(capability: str) -> Callable[[F], F]:
    """Mark a method that an author fills if the adapter has the capability."""
    return lambda function: _marked(function, "__hook__", capability)


class OpenFact:
    """Stands for a class attribute that an author has not set yet."""

    def __init__(self, capability: str, wish: str) -> None:
        self.__hook__ = capability
        self.__doc__ = wish


def fact_for(capability: str, wish: str) -> Any:
    """Stand for a class attribute that an author sets if the adapter has the capability.

    Args:
        wish: What to set it to: a sentence that begins with a verb.
    """
    return OpenFact(capability, wish)


def needs(capability: str) -> Callable[[F], F]:
    """Mark a test that is skipped if the capability is missing."""
    return lambda function: _marked(function, "__needs__", capability)


def _marked(function: F, mark: str, value: str) -> F:
    setattr(function, mark, value)
    return function


def examples(count: int) -> settings:
    """Settings for a property with a number of examples.

    Args:
        count: The number if the profile in force runs the usual 100; other profiles scale it, so that one setting makes
            the whole kit quick or thorough.
    """
    scaled = max(1, settings().max_examples * count // _USUAL_EXAMPLES)
    # An explanation takes many more runs of an adapter that may be slow, and names lines of the kit.
    phases = [phase for phase in settings().phases if phase is not Phase.explain]
    # Adapters of any speed are tested: how long an example takes says nothing about right or wrong.
    quiet = [HealthCheck.too_slow]
    return settings(max_examples=scaled, phases=phases, deadline=None, suppress_health_check=quiet)


class Conformance:
    """Base of the conformance classes."""

    __test__: ClassVar[bool] = False
    contract: ClassVar[tuple[ModuleType, ...]] = ()
    """The modules whose prose the tests quote."""
    capabilities: ClassVar[Any]
    """What the adapter can do, and why not if it cannot."""
    capabilities_type: ClassVar[type | None] = None

    def __init_subclass__(cls, *, kit: bool = False, **rest: Any) -> None:
        """Prepare a class of the kit, or check what an author wrote.

        Raises:
            TypeError: The author's class changes a test or what it works with, or leaves a hook unfilled.
        """
        super().__init_subclass__(**rest)
        if kit:
            if not cls.__module__.startswith(f"{_HOME}."):
                raise TypeError(f"{cls.__name__} is no class of the kit: leave `kit=True` out")
            for name in [name for name in vars(cls) if name.startswith("test_")]:
                setattr(cls, name, _judged(vars(cls)[name]))
            KIT[cls] = dict(vars(cls))
        else:
            check_unchanged(cls)
            # Collected by pytest whatever it is called: a class that is passed over in silence proves nothing.
            cls.__test__ = True


KIT[Conformance] = dict(vars(Conformance))


def _judged(test: Callable[..., None]) -> Callable[..., None]:
    """The test, skipped if a capability is missing; if it fails, it says what it shows, and which promise is broken."""

    @functools.wraps(test)
    def run(self: Conformance) -> None:
        check_unchanged(type(self))
        for name, made in _made(type(self)).items():
            if name in vars(self):
                _check_override(type(self), name, made)
        lacking = _lacking(type(self), getattr(test, "__needs__", ""))
        if lacking is not None:
            pytest.skip(lacking.reason)
        try:
            _look_at_hooks(self)
            test(self)
        except (Exception, pytest.fail.Exception) as error:
            for note in _notes(test, error, self.contract):
                error.add_note(note)
            raise

    return run


def _look_at_hooks(judged: Conformance) -> None:
    """Have the hooks of one object looked at; pytest makes a new one for each test."""
    cls = type(judged)
    for name in _names(cls, ""):
        declared = (vars(base).get(name) for base in cls.__mro__)
        asked = next((found for found in declared if hasattr(found, "__hook__")), None)
        if callable(asked):
            vars(judged)[name] = looked_at(name, getattr(judged, name), asked)


def _notes(test: Callable[..., None], error: BaseException, contract: Iterable[ModuleType]) -> Iterator[str]:
    """What an author is told beside the error itself: an error that no port names is no broken promise yet."""
    if isinstance(error, HookFault):
        return
    kind = type(error)
    if foreign := not isinstance(error, _JUDGED):
        name = (
            kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        )
        yield f"foreign error: {name} came out of {origin(error)}"
    elif not str(error):
        yield f"what was to be shown: {_says(test)}"
    for promise in promises(test, contract):
        yield f"{'while this was tried' if foreign else 'broken promise'}: {promise}"


def _lacking(cls: type[Conformance], capability: str) -> Lacks | None:
    held = getattr(cls.capabilities, capability) if capability else True
    return held if isinstance(held, Lacks) else None


def check_unchanged(cls: type[Conformance]) -> None:
    """Demand that an author's class is what it may be: the tests of the kit, with every hook filled or declared as a gap.

    Raises:
        TypeError: It is not, or is not any more.
    """
    for base in cls.__mro__:
        if base is not object and base not in KIT:
            for name in _UNTOUCHED & vars(base).keys():
                raise TypeError(f"{base.__name__} defines {name}: the tests would not be those of the kit")
    for name, made in _made(cls).items():
        owner = next((base for base in cls.__mro__ if name in vars(base)), cls)
        if owner not in KIT or vars(owner)[name] is not KIT[owner].get(name):
            _check_override(owner, name, made)
    kind = cls.capabilities_type
    if kind is not None and not isinstance(getattr(cls, "capabilities", None), kind):
        raise TypeError(f"{cls.__name__} leaves `capabilities` open: set it to a {kind.__name__}")
    for name, ability in _abilities(cls):
        if ability is not True and not isinstance(ability, Lacks):
            raise TypeError(
                f"{cls.__name__} sets `{name}` to {ability!r}: a gap is `{name}=Lacks(...)` with the reason"
            )
    for name in _names(cls, ""):
        _check_hook(cls, name)


def _abilities(cls: type[Conformance]) -> Iterator[tuple[str, object]]:
    """What an author declares, by its names."""
    if cls.capabilities_type is not None:
        yield from (
            (found.name, getattr(cls.capabilities, found.name)) for found in fields(cls.capabilities_type)
        )


def _made(cls: type[Conformance]) -> dict[str, object]:
    """What the classes of the kit have made, by name; the last one counts."""
    made: dict[str, object] = {}
    for base in reversed(cls.__mro__):
        made |= KIT.get(base, {})
    return {name: value for name, value in made.items() if not name.startswith("__")}


def _check_override(owner: type, name: str, made: object) -> None:
    if name.startswith("test_"):
        raise TypeError(
            f"{owner.__name__} overrides {name}: a conformance test is never changed; "
            "what the adapter cannot do is declared in `capabilities`, with the reason"
        )
    is_fact = not (callable(made) or hasattr(made, "__get__") or name in {"contract", "capabilities_type"})
    if not (is_fact or hasattr(made, "__hook__")):
        raise TypeError(
            f"{owner.__name__} overrides {name}: the tests of the kit work with it, and it is no hook; "
            "give yours another name"
        )


def _check_hook(cls: type[Conformance], name: str) -> None:
    function = getattr(cls, name)
    capability = getattr(function, "__hook__", None)
    if capability is None or _lacking(cls, capability) is not None:
        return
    wish = one_line(function.__doc__).partition(". ")[0].rstrip(".")
    way_out = f", or declare `{capability}=Lacks(...)` with the reason" if capability else ""
    raise TypeError(f"{cls.__name__} leaves the hook `{name}` open: {wish}{way_out}")


def _names(cls: type[Conformance], beginning: str) -> Iterator[str]:
    """The names of tests and hooks that the classes of the kit define."""
    for base in reversed(cls.__mro__):
        # As it was made: what was added or taken away since is none of the kit's.
        names = KIT.get(base, {})
        yield from (name for name in names if name.startswith(beginning) and name[0] != "_")


@frozen
class Listed:
    """One conformance test, as a page of reference shows it."""

    name: str
    says: str
    """What it proves, without what it quotes."""
    promises: tuple[Promise, ...]
    """The sentences of the contract that it checks."""
    needs: str
    """The capability without which it is skipped, or empty."""


def listed_tests(cls: type[Conformance]) -> tuple[Listed, ...]:
    """The conformance tests of a class, in the order of their definition."""
    return tuple(_info(cls, name) for name in _names(cls, "test_"))


def _info(cls: type[Conformance], name: str) -> Listed:
    test = getattr(cls, name)
    return Listed(name, _says(test), promises(test, cls.contract), getattr(test, "__needs__", ""))


def _says(test: Callable[..., None]) -> str:
    return one_line(test.__doc__ or "").partition(': "')[0].rstrip(".")


@frozen
class Judgement:
    """What became of one conformance test."""

    test: str
    outcome: Literal["kept", "broken", "skipped"]
    """Whether the promise was kept."""
    detail: str = ""
    """Why it was skipped, or how it failed and which promise is broken; empty otherwise."""


def judge(cls: type[Conformance], only: Iterable[str] = ()) -> tuple[Judgement, ...]:
    """Run the conformance tests of an author's class without pytest.

    Args:
        cls: A subclass with its hooks filled.
        only: The tests to run; by default all.
    """
    names = tuple(only) or tuple(_names(cls, "test_"))
    return tuple(_judgement(cls, name) for name in names)


def _judgement(cls: type[Conformance], name: str) -> Judgement:
    try:
        getattr(cls(), name)()
    except pytest.skip.Exception as skipped:
        return Judgement(name, "skipped", str(skipped))
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001  whatever goes wrong is the verdict
        notes = getattr(error, "__notes__", [])
        return Judgement(name, "broken", "\n".join([f"{type(error).__name__}: {error}", *notes]))
    return Judgement(name, "kept")
