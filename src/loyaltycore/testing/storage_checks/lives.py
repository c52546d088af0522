"""The life of records: every short story of adding, saving and removing, versions of any size, unique tuples that are nearly alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from attrs import evolve, frozen

from loyaltycore.errors import Conflict, DuplicateKey, StaleRecord
from loyaltycore.kernel.criteria import Query, has_key, stored
from loyaltycore.ports.storage import Storage, Transaction
from loyaltycore.testing.samples import Part, Relic
from loyaltycore.testing.storage_checks.base import StorageChecks, Undo, all_of, fetched, keep, keys_of, write
from loyaltycore.testing.storage_checks.words import WORDS
from loyaltycore.testing.suite import needs

State: TypeAlias = Mapping[str, int]
"""The versions of the parts that there are, by key. All of them want the same serial number."""

_STEPS: Final = tuple(
    (verb, key, version)
    for key in ("k", "l")
    for verb, versions in (("add", (1,)), ("save", (1, 2)), ("remove", (1, 2)))
    for version in versions
)
_LONGEST: Final = 4
_LONGEST_OF_UNITS: Final = 3
_BEGINNINGS: Final[tuple[State, ...]] = ({}, {"k": 2})

SIZES: Final = (
    *(1, 2, 9, 10, 99, 100, 127, 128, 255, 256, 999, 1000, 9999, 10_000),
    *(2**15 - 1, 2**15, 2**16 - 1, 2**16, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53, 2**63 - 2),
)
"""Versions on both sides of what counters of any kind hold."""

SAVES: Final = 300
"""How often one record is saved."""

_GREATEST: Final = 2**63 - 1
_SEPARATORS: Final = (
    *("", " ", "|", "||", ":", "::", ";", ",", ", ", "-", "--", "_", "/", "\\", ".", "#", "~", "&", "=", "+"),
    *("\t", "\n", "\x01", "\x1e", "\x1f", "'", '"', "', '", '", "', "\u2028", "\ue000", "\uffff"),
)
_STEMS: Final = (1, 8, 10, 16, 20, 31, 32, 50, 63, 99, 127, 190, 200, 254)
_NUMBERS: Final = (0, 1, -1, 10, 11, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63 - 2, -(2**63))


@frozen
class Story:
    """Steps in a row, of which only the last may be refused."""

    before: State
    steps: tuple[tuple[str, str, int], ...]
    after: State | type[Conflict]
    """What is there afterwards, or how the last step is refused."""

    @property
    def said(self) -> str:
        """The story in words."""
        begun = ", ".join(f"{key} at version {version}" for key, version in self.before.items()) or "nothing"
        return f"with {begun} at first, " + ", then ".join(
            f"{verb} {key}@{at}" for verb, key, at in self.steps
        )


def stories(before: State, longest: int) -> Iterator[Story]:
    """All stories of some steps that begin with what is there, each ended by its length or by a refusal."""
    yield from _continued(Story(before, (), before), longest)


def _continued(story: Story, left: int) -> Iterator[Story]:
    if isinstance(story.after, type) or not left:
        yield story
        return
    for step in _STEPS:
        longer = evolve(story, steps=(*story.steps, step), after=_outcome(story.after, *step))
        yield from _continued(longer, left - 1)


def _outcome(state: State, verb: str, key: str, version: int) -> State | type[Conflict]:
    held = state.get(key)
    if verb == "add":
        # The other one has the serial number.
        return DuplicateKey if state else {key: version}
    if held != version:
        return StaleRecord
    return {key: version + 1} if verb == "save" else {}


class LifeChecks(StorageChecks, kit=True):
    """Histories of one record and of those that are nearly like it."""

    @needs("exhaustive")
    def test_every_short_story_in_one_unit_has_its_end(self) -> None:
        """Whatever is added, saved and removed in a row is there at its version, or is refused: "A transaction sees its own writes", and "StaleRecord: The stored version is another one, or the record is gone"."""
        for before in _BEGINNINGS:
            with self.bound() as storage:
                _begin(storage, before)
                for story in stories(before, _LONGEST):
                    assert _told_at_once(storage, story) == story.after, f"{story.said}: that ends otherwise"
                    if not before and not isinstance(story.after, type):
                        write(
                            storage,
                            *(
                                (verb, Part(code=key, serial="s", version=at))
                                for verb, key, at in story.steps
                            ),
                        )
                        found = _versions(storage)
                        assert found == story.after, f"{story.said}, all in one unit: {found} is kept"
                        _clear(storage)
                assert _versions(storage) == before, f"with {before} at first, something of a unit was kept"

    @needs("exhaustive")
    def test_every_short_story_in_several_units_has_its_end(self) -> None:
        """Across commits a record has the same life as in one unit: "Replace stored records that carry the version at which they were read", and "Remove stored records that carry the version at which they were read"."""
        with self.bound() as storage:
            for story in stories({}, _LONGEST_OF_UNITS):
                _clear(storage)
                state: State | type[Conflict] = {}
                for place, (verb, key, version) in enumerate(story.steps, start=1):
                    state = _outcome(_present(state), verb, key, version)
                    part = Part(code=key, serial="s", note=f"w{place}", version=version)
                    found = _refusal(storage, verb, part) or _versions(storage)
                    assert found == state, (
                        f"{evolve(story, steps=story.steps[:place]).said}: that ends otherwise"
                    )
                    _assert_found(storage, state, f"w{place}")

    @needs("exhaustive")
    def test_versions_of_any_size_count(self) -> None:
        """A version is compared to its last digit and grows by one, however large it is: "each at the version that it carries", and "with its version increased by one"."""
        with self.bound() as storage:
            keep(storage, *(Relic(f"{size}", "w", size) for size in SIZES))
            for size in SIZES:
                relic = fetched(storage, Relic, f"{size}")
                assert relic == Relic(f"{size}", "w", size), (
                    f"added at version {size}, and found at {relic.version}"
                )
                for wrong in _nearly(size):
                    for verb in ("save", "remove"):
                        refused = _refusal(storage, verb, evolve(relic, version=wrong))
                        assert refused is StaleRecord, f"at version {size} `{verb}` takes {wrong}"
                assert _refusal(storage, "save", relic) is None, f"at version {size} a save is refused"
                version = fetched(storage, Relic, relic.id).version
                assert version == size + 1, f"a save at version {size} leads to version {version}"
                refused = _refusal(storage, "save", relic)
                assert refused is StaleRecord, f"version {size} can be saved twice"
            with storage.transaction() as tx:
                tx.remove(*(Relic(f"{size}", "w", size + 1) for size in SIZES))
            assert all_of(storage, Relic) == [], "not all versions could be removed"

    @needs("exhaustive")
    def test_a_record_may_be_saved_hundreds_of_times(self) -> None:
        """Each of many saves counts, in one unit and across units: "Afterwards the stored record equals the given one with its version increased by one"."""
        with self.bound() as storage:
            keep(storage, Relic("one"), Relic("many"))
            with storage.transaction() as tx:
                for version in range(1, SAVES + 1):
                    tx.save(Relic("one", f"{version}", version))
            for start in range(1, SAVES + 1, 30):
                with storage.transaction() as tx:
                    for version in range(start, start + 30):
                        tx.save(Relic("many", f"{version}", version))
            for key in ("one", "many"):
                found = fetched(storage, Relic, key)
                assert found == Relic(key, f"{SAVES}", SAVES + 1), f"after {SAVES} saves {found} is there"
                for wrong in {1, 2, SAVES, (SAVES + 1) % 256}:
                    refused = _refusal(storage, "save", Relic(key, "stale", wrong))
                    assert refused is StaleRecord, (
                        f"after {SAVES} saves the record can be saved at version {wrong}"
                    )

    def test_unique_tuples_are_told_apart(self) -> None:
        """Tuples that are nearly alike are two, whatever stands between their values: "Two values are the same only if they are equal to the last character, digit and microsecond"."""
        parts = list(_alike())
        with self.bound() as storage:
            for part in parts:
                try:
                    keep(storage, part)
                except DuplicateKey as error:
                    raise AssertionError(
                        f"no other part has the {error.fields} of this one: {part}"
                    ) from error
            assert len(all_of(storage, Part)) == len(parts), (
                "of parts that are nearly alike some are not there"
            )

    def test_equal_unique_tuples_are_found(self) -> None:
        """Values of any kind and length are unique, and can be looked up: "Tuples of fields that no two records share"."""
        parts = list(_alike())[::3]
        with self.bound() as storage:
            keep(storage, *parts)
            for part in parts:
                shares = part.serial is not None or part.thing_id is not None
                refused = _refusal(storage, "add", evolve(part, code="another")) if shares else DuplicateKey
                assert refused is DuplicateKey, f"two parts have the unique values of {part}"
                if part.serial is not None:
                    with storage.transaction(read_only=True) as tx:
                        found = keys_of(tx, Part, stored("serial") == part.serial)
                    assert found == [part.code], f"the serial {part.serial!r} finds {found}"


def _nearly(size: int) -> list[int]:
    """Other versions that a careless comparison takes for this one."""
    shifted = (size + step for step in (-1, 1, -(2**8), 2**8, 2**15, -(2**16), 2**16, 2**31, -(2**32), 2**32))
    others = {*shifted, size % 2**8, size % 2**16, size % 2**32, int(f"{size}"[0]), -size, 0}
    return sorted(each for each in others if each != size and -_GREATEST <= each < _GREATEST)


def _alike() -> Iterator[Part]:
    """Parts whose unique tuples differ by little."""
    for number, separator in enumerate(_SEPARATORS):
        yield Part(code=f"a{number}", batch="a", order=1, thing_id=f"1{separator}b")
        yield Part(code=f"b{number}", batch=f"a{separator}1", order=1, thing_id="b")
    for stem in _STEMS:
        for end in "xy":
            yield Part(code=f"c{stem}{end}", serial=f"{'s' * stem}{end}")
            yield Part(code=f"d{stem}{end}", batch="b" * stem, thing_id=f"{'t' * stem}{end}"[:255], order=-5)
    for place, number in enumerate(_NUMBERS):
        yield Part(code=f"e{place}", batch="n", order=number, thing_id="n")
    for place, word in enumerate(WORDS):
        yield (
            Part(code=f"f{place}", serial=word)
            if place % 2
            else Part(code=f"g{place}", batch="w", thing_id=word)
        )
    for number in range(2):
        yield Part(code=f"h{number}", batch="w")


def _begin(storage: Storage, before: State) -> None:
    keep(storage, *(Part(code=key, serial="s") for key in before))
    for key, version in before.items():
        for held in range(1, version):
            with storage.transaction() as tx:
                tx.save(Part(code=key, serial="s", version=held))


def _clear(storage: Storage) -> None:
    with storage.transaction() as tx:
        tx.remove(*tx.find(Part, Query()))


def _told_at_once(storage: Storage, story: Story) -> State | type[Conflict]:
    """What comes of a story in one unit, of which nothing is kept."""
    refused = isinstance(story.after, type)
    found: State = {}
    try:
        with storage.transaction() as tx:
            for verb, key, version in story.steps:
                getattr(tx, verb)(Part(code=key, serial="s", version=version))
            found = {part.code: part.version for part in tx.find(Part, Query())}
            _assert_one_answer(tx, found, story.said)
            if not refused:
                raise Undo  # noqa: TRY301  it leaves the block
    except Undo:
        return found
    except Conflict as conflict:
        return type(conflict)
    return found


def _assert_one_answer(tx: Transaction, found: State, said: str) -> None:
    """Demand that all ways of reading say the same."""
    for key in ("k", "l"):
        part = tx.get(Part, key)
        assert (part and part.version) == found.get(key), f"{said}: `get` and `find` differ about {key}"
    assert tx.count(Part, Query(stored("serial") == "s")) == len(found), f"{said}: `count` and `find` differ"


def _refusal(storage: Storage, verb: str, record: Any) -> type[Conflict] | None:
    """How one verb is refused in a unit of its own; None if it works."""
    try:
        with storage.transaction() as tx:
            getattr(tx, verb)(record)
    except Conflict as conflict:
        return type(conflict)
    return None


def _present(state: State | type[Conflict]) -> State:
    return {} if isinstance(state, type) else state


def _versions(storage: Storage) -> State:
    return {part.code: part.version for part in all_of(storage, Part)}


def _assert_found(storage: Storage, state: State | type[Conflict], word: str) -> None:
    if isinstance(state, type):
        return
    with storage.transaction(read_only=True) as tx:
        found = keys_of(tx, Part, has_key("word", word))
    assert found == list(state), f"by its lookup key {found} is found, and {list(state)} was just written"
