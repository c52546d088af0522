"""The configuration file: what it builds, and every fault with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loyaltycore import plugins
from loyaltycore.cli.config import BadConfig
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.errors import Fault, InvalidInput, MissingExtra, PluginError
from loyaltycore.kernel.branches import Branch
from loyaltycore.memory import MemoryMailer, MemoryStorage

MEMORY = '[storage]\nuse = "memory"\n'


class Pigeon(MemoryMailer):
    """A mailer with options of every kind, which says when it is closed."""

    closed = 0

    def __init__(
        self,
        *,
        cage: str,
        birds: int = 1,
        speed: float = 1.0,
        armed: bool = False,
        routes: Any = (),
        **_: Any,
    ) -> None:
        if birds > 9:
            raise InvalidInput([Fault("birds", "out_of_range", "do not fit into one cage")])
        if cage == "open":
            raise KeyError("no door")
        super().__init__()
        self.facts = (cage, birds, speed, armed, routes)

    def close(self) -> None:
        Pigeon.closed += 1


def lend_mail(*, cage: str | None = None) -> MemoryMailer:
    """A function can be a plug-in, too; it takes no other option."""
    del cage
    return MemoryMailer()


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offers the storage in memory and two mailers, as if distributions did."""
    real = plugins.load
    ours = {"memory": MemoryStorage, "pigeon": Pigeon, "lent": lend_mail}

    def load(group: str, name: str, distribution: str | None = None) -> Any:
        if name == "heavy":
            raise MissingExtra("heavy", "lead")
        return ours[name] if name in ours else real(group, name, distribution)

    monkeypatch.setattr(plugins, "load", load)
    Pigeon.closed = 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file lies."""
    return tmp_path / "loyaltycore.toml"


def faults_of(path: Path, text: str) -> dict[str, str]:
    """The code of each fault by its place."""
    path.write_text(text, "utf-8")
    with pytest.raises(BadConfig) as caught, open_loyalty(path):
        raise AssertionError("it was taken")
    assert caught.value.path == path
    assert len(set(caught.value.fields)) == len(caught.value.faults)
    return {fault.field: fault.code for fault in caught.value.faults}


def test_builds_what_it_says(path: Path) -> None:
    """Every section becomes the adapter of its port, with its options as they stand in the file."""
    path.write_text(
        f'{MEMORY}[mailer]\nuse = "pigeon"\ncage = "blue"\nbirds = 3\nspeed = 2\narmed = true\n'
        'routes = [["a", "b"], ["c"]]\nfood = {corn = 1}\n'
        '[calendar]\nuse = "holidays"\nclosed_every = [[12, 24]]\n',
        "utf-8",
    )
    with open_loyalty(path) as loyalty:
        assert isinstance(loyalty.storage, MemoryStorage)
        assert isinstance(loyalty.mailer, Pigeon)
        assert loyalty.mailer.facts == ("blue", 3, 2, True, (("a", "b"), ("c",)))
        assert (loyalty.sms, loyalty.card_printer) == (None, None)
        calendar = loyalty.calendar(Branch("x", "X", subdivision="BY"))
        assert type(calendar).__name__ == "HolidayCalendar"
        assert Pigeon.closed == 0
    assert Pigeon.closed == 1


def test_secrets_stand_elsewhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret comes from the environment or from the first line of a file beside the configuration, at any depth."""
    monkeypatch.setenv("CAGE", " blue = { } ")
    (path.parent / "keys").mkdir()
    (path.parent / "keys" / "one").write_text("grün\r\nnot this\n", "utf-8")
    path.write_text(
        f'{MEMORY}[mailer]\nuse = "pigeon"\ncage = {{ env = "CAGE" }}\n'
        'routes = [{ file = "keys/one" }, { a = { file = "keys/one" } }]\n',
        "utf-8",
    )
    with open_loyalty(path) as loyalty:
        assert isinstance(loyalty.mailer, Pigeon)
        assert loyalty.mailer.facts == (" blue = { } ", 1, 1.0, False, ("grün", {"a": "grün"}))


def test_all_faults_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults of all kinds in all sections come as one error, in the order of the sections, each with its place."""
    monkeypatch.setenv("EMPTY", "")
    (path.parent / "empty").touch()
    (path.parent / "binary").write_bytes(b"\xff\xfe")
    found = faults_of(
        path,
        "colour = 3\n"
        '[storage]\nuse = "memory"\nsize = 3\n'
        '[mailer]\nuse = "pigeon"\nbirds = "many"\nspeed = "fast"\narmed = 1\n'
        '[sms]\nuse = "no_such_gateway"\n'
        '[card_printer]\nuse = "http"\nbase_url = { env = "NOWHERE" }\ntoken = { file = "missing" }\n'
        'ca_file = { file = "empty" }\nsource = { env = "EMPTY" }\n'
        'webhook_secrets = [{ file = "binary" }, { env = "A", file = "b" }, { env = 3 }]\n'
        '[calendar]\nuse = "holidays"\nclosed_every = [[13, 1], [2, 30]]\n',
    )
    assert found == {
        "colour": "unknown_section",
        "storage.size": "unknown_option",
        "mailer.cage": "required",
        "mailer.birds": "wrong_type",
        "mailer.speed": "wrong_type",
        "mailer.armed": "wrong_type",
        "sms.use": "bad_plugin",
        "card_printer.base_url": "missing_secret",
        "card_printer.token": "missing_secret",
        "card_printer.ca_file": "missing_secret",
        "card_printer.source": "missing_secret",
        "card_printer.webhook_secrets[0]": "missing_secret",
        "card_printer.webhook_secrets[1]": "bad_reference",
        "card_printer.webhook_secrets[2]": "bad_reference",
        "calendar.closed_every[0]": found["calendar.closed_every[0]"],
        "calendar.closed_every[1]": found["calendar.closed_every[1]"],
    }
    order = ["colour", "storage", "mailer", "sms", "card_printer", "renderer", "calendar"]
    places = [order.index(place.partition(".")[0]) for place in found]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", {"storage": "required"}),
        ("storage = 3", {"storage.use": "required"}),
        ("[storage]", {"storage.use": "required"}),
        ("[storage]\nuse = 3", {"storage.use": "wrong_type"}),
        ("[storage\n", {"": "bad_toml"}),
        (f'{MEMORY}[mailer]\nuse = "lent"\nbird = 1', {"mailer.bird": "unknown_option"}),
        (f'{MEMORY}[mailer]\nuse = "lent"\ncage = 1', {"mailer.cage": "wrong_type"}),
        (f'{MEMORY}[mailer]\nuse = "pigeon"\ncage = "a"\nbirds = 10', {"mailer.birds": "out_of_range"}),
        (f'{MEMORY}[mailer]\nuse = "pigeon"\ncage = "open"', {"mailer": "bad_option"}),
        (f'{MEMORY}[mailer]\nuse = "pigeon"\ncage = "a"\narmed = "yes"', {"mailer.armed": "wrong_type"}),
        (f'{MEMORY}[mailer]\nuse = "smtp"\ndistribution = "other"', {"mailer.use": "bad_plugin"}),
    ],
)
def test_each_fault_has_its_place(path: Path, text: str, faults: dict[str, str]) -> None:
    """Each way to be wrong alone is one fault in the right place."""
    assert faults_of(path, text) == faults


def test_no_file_and_no_text(path: Path) -> None:
    """A missing file says how to make one; a folder, and bytes that are no UTF-8, are told apart from it."""
    with pytest.raises(BadConfig, match="loyaltycore init") as caught, open_loyalty(path):
        pass
    assert caught.value.codes == {"not_found"}
    path.write_bytes(b"# \xff\n")
    with pytest.raises(BadConfig) as caught, open_loyalty(path):
        pass
    assert caught.value.codes == {"bad_toml"}
    with pytest.raises(BadConfig) as caught, open_loyalty(path.parent):
        pass
    assert caught.value.codes == {"unreadable"}


def test_a_mark_at_the_beginning_does_no_harm(path: Path) -> None:
    """An editor that begins the file with a byte order mark is forgiven."""
    path.write_text(MEMORY, "utf-8-sig")
    with open_loyalty(path) as loyalty:
        assert isinstance(loyalty.storage, MemoryStorage)


def test_what_was_made_is_closed_when_the_rest_is_wrong(path: Path) -> None:
    """An adapter that was made before another one failed is closed again."""
    assert faults_of(path, f'{MEMORY}[mailer]\nuse = "pigeon"\ncage = "a"\n[sms]\nuse = "x"\n') == {
        "sms.use": "bad_plugin"
    }
    assert Pigeon.closed == 1


def test_a_missing_extra_is_said_when_the_file_is_right(path: Path) -> None:
    """What is not installed is no fault of the file: it comes with its install command, after the file's own faults."""
    path.write_text(f'{MEMORY}[mailer]\nuse = "heavy"\n', "utf-8")
    with pytest.raises(MissingExtra, match=r"loyaltycore\[heavy\]"), open_loyalty(path):
        pass
    assert faults_of(path, f'{MEMORY}[mailer]\nuse = "heavy"\n[sms]\nuse = "x"\n') == {
        "sms.use": "bad_plugin"
    }


def test_secrets_do_not_show(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that an adapter refuses is not repeated in the error."""
    monkeypatch.setenv("TOKEN", "two words")
    path.write_text(
        f'{MEMORY}[card_printer]\nuse = "http"\nbase_url = "http://127.0.0.1/v1"\ntoken = {{ env = "TOKEN" }}\n',
        "utf-8",
    )
    with pytest.raises(BadConfig) as caught, open_loyalty(path):
        pass
    assert caught.value.fields == ("card_printer.token",)
    assert "two words" not in str(caught.value)


def test_the_distribution_reaches_the_look_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`distribution` decides between two plug-ins of one name, and is no option of the adapter."""
    asked: list[str | None] = []

    def load(group: str, name: str, distribution: str | None = None) -> Any:
        asked.append(distribution)
        if distribution is None:
            raise PluginError(group, name, "offered more than once")
        return MemoryStorage

    monkeypatch.setattr(plugins, "load", load)
    path.write_text(f'{MEMORY}distribution = "mine"\n', "utf-8")
    with open_loyalty(path) as loyalty:
        assert isinstance(loyalty.storage, MemoryStorage)
    assert asked == ["mine"]


def test_a_mistyped_name_is_answered_with_the_right_one(path: Path) -> None:
    """A section, an adapter and an option, each with the one that was meant."""
    path.write_text(
        '[storage]\nuse = "sqll"\n[mailr]\n[calendar]\nuse = "holidays"\nclose_every = []\n', "utf-8"
    )
    with pytest.raises(BadConfig) as refused, open_loyalty(path):
        raise AssertionError("it was taken")
    assert [fault.message for fault in refused.value.faults] == [
        "there is no section 'mailr'; did you mean 'mailer'?",
        "loyaltycore.storage: there is no adapter 'sqll'; did you mean 'sql'?",
        "there is no option 'close_every'; did you mean 'closed_every'?",
    ]
