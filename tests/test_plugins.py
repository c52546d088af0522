"""Adapters by name: found, missing, ambiguous and broken, with distributions that are installed for one test each."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loyaltycore import plugins
from loyaltycore.errors import LoyaltyError, MissingExtra, PluginError

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a distribution: its name, its entry points of one group, and the source of one module."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    before = set(sys.modules)

    def install(name: str, offers: dict[str, str], source: str = "", group: str = plugins.SMS) -> None:
        folder = site / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
        lines = "\n".join(f"{key} = {value}" for key, value in offers.items())
        (folder / "entry_points.txt").write_text(f"[{group}]\n{lines}\n", "utf-8")
        (site / f"{name.replace('-', '_')}.py").write_text(source, "utf-8")

    yield install
    for module in set(sys.modules) - before:
        del sys.modules[module]


def test_loads_what_is_offered(install: Install) -> None:
    """A class of an installed distribution is found by its name in its group."""
    install("pigeon-post", {"pigeon": "pigeon_post:Gateway"}, "class Gateway:\n    bird = 'grey'\n")
    assert plugins.load(plugins.SMS, "pigeon").bird == "grey"


def test_functions_and_nested_names_are_offers_too(install: Install) -> None:
    """A function, and a class inside a class, can be offered."""
    source = "class Post:\n    class Gateway: pass\n\ndef make(): return 7\n"
    install("pigeon-post", {"made": "pigeon_post:make", "nested": "pigeon_post:Post.Gateway"}, source)
    assert plugins.load(plugins.SMS, "made")() == 7
    assert plugins.load(plugins.SMS, "nested").__qualname__ == "Post.Gateway"


def test_a_name_counts_in_its_group_alone(install: Install) -> None:
    """A mailer is not found when an SMS gateway of its name is asked for."""
    install("pigeon-post", {"pigeon": "pigeon_post:int"}, group=plugins.MAILER)
    with pytest.raises(PluginError):
        plugins.load(plugins.SMS, "pigeon")


def test_an_unknown_name_lists_what_there_is(install: Install) -> None:
    """A name that nobody offers is answered with the names that are offered, and with its own facts."""
    install("pigeon-post", {"pigeon": "pigeon_post:x", "dove": "pigeon_post:x"})
    with pytest.raises(
        PluginError, match=r"there is no adapter 'raven'; known are dove, kannel, pigeon, seven$"
    ) as caught:
        plugins.load(plugins.SMS, "raven")
    assert (caught.value.group, caught.value.name) == (plugins.SMS, "raven")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301  our own bytes


def test_a_group_without_offers_says_so() -> None:
    """Where nothing is installed, the message says that instead of ending in nothing."""
    with pytest.raises(PluginError, match="'raven'; none is known"):
        plugins.load("loyaltycore.no_such_port", "raven")


def test_two_claims_to_one_name_are_refused(install: Install) -> None:
    """Where two distributions offer a name, neither is chosen, neither is imported, and both are named."""
    install("pigeon-post", {"bird": "pigeon_post:Gateway"}, "raise AssertionError")
    install("owl-post", {"bird": "owl_post:Gateway"}, "raise AssertionError")
    with pytest.raises(
        PluginError, match=r"owl-post \(owl_post:Gateway\), pigeon-post \(pigeon_post:Gateway\)"
    ):
        plugins.load(plugins.SMS, "bird")


@pytest.mark.parametrize("written", ["owl-post", "Owl_Post", "owl.post"])
def test_a_distribution_settles_it(install: Install, written: str) -> None:
    """The distribution decides between two claims, however its name is written."""
    install("pigeon-post", {"bird": "pigeon_post:Gateway"}, "class Gateway: pass\n")
    install("owl-post", {"bird": "owl_post:Gateway"}, "class Gateway: pass\n")
    assert plugins.load(plugins.SMS, "bird", written).__module__ == "owl_post"


def test_another_distribution_does_not_stand_in(install: Install) -> None:
    """Where the named distribution does not offer it, nobody else's is taken, and the message says whose there is."""
    install("pigeon-post", {"bird": "pigeon_post:Gateway"})
    with pytest.raises(PluginError, match="not offered by owl-post, but by pigeon-post"):
        plugins.load(plugins.SMS, "bird", "owl-post")


def test_one_offer_written_twice_is_one_offer(install: Install) -> None:
    """A distribution that is found twice on the path is not in conflict with itself."""
    source = "class Gateway: pass\n"
    install("pigeon-post", {"bird": "pigeon_post:Gateway", "bird ": "pigeon_post:Gateway"}, source)
    assert plugins.load(plugins.SMS, "bird").__name__ == "Gateway"


@pytest.mark.parametrize(
    ("source", "reason", "cause"),
    [
        ("import no_such_module_anywhere", "no_such_module_anywhere", ModuleNotFoundError),
        ("", "AttributeError", AttributeError),
        ("raise RuntimeError('no licence')", "no licence", RuntimeError),
        ("class Gateway", "SyntaxError", SyntaxError),
    ],
    ids=["import", "attribute", "raises", "syntax"],
)
def test_a_broken_offer_names_its_distribution(
    install: Install, source: str, reason: str, cause: type[Exception]
) -> None:
    """Whatever goes wrong while an adapter is imported becomes one error with distribution, reason and cause."""
    install("pigeon-post", {"bird": "pigeon_post:Gateway"}, source)
    with pytest.raises(
        PluginError, match=rf"'bird' of pigeon-post \(pigeon_post:Gateway\).*{reason}"
    ) as caught:
        plugins.load(plugins.SMS, "bird")
    assert isinstance(caught.value.__cause__, cause)


def test_an_offer_must_make_something(install: Install) -> None:
    """A module or a constant is no adapter, and is refused before anybody calls it."""
    install("pigeon-post", {"bird": "pigeon_post"})
    with pytest.raises(PluginError, match=r"pigeon-post .* is no class or function"):
        plugins.load(plugins.SMS, "bird")


def test_a_missing_extra_passes_through(install: Install) -> None:
    """An adapter whose optional dependency is missing says by itself which command installs it."""
    source = "from loyaltycore.errors import MissingExtra\nraise MissingExtra('birds', 'ornithology')\n"
    install("pigeon-post", {"bird": "pigeon_post:Gateway"}, source)
    with pytest.raises(MissingExtra, match=r'pip install "loyaltycore\[birds\]"') as caught:
        plugins.load(plugins.SMS, "bird")
    assert isinstance(caught.value, LoyaltyError)


def test_what_is_installed_later_is_found(install: Install) -> None:
    """No answer is remembered: a failed look-up does not hide what is installed afterwards."""
    assert "bird" not in plugins.installed(plugins.SMS)
    with pytest.raises(PluginError):
        plugins.load(plugins.SMS, "bird")
    install("pigeon-post", {"bird": "pigeon_post:Gateway"}, "class Gateway: pass\n")
    assert "bird" in plugins.installed(plugins.SMS)
    assert plugins.load(plugins.SMS, "bird").__module__ == "pigeon_post"


def test_our_own_adapters_are_offered_by_us() -> None:
    """The adapters of this distribution are found by the names that the documentation uses."""
    assert plugins.load(plugins.MAILER, "smtp", "loyaltycore").__name__ == "SmtpMailer"
    assert plugins.load(plugins.CARD_PRINTER, "http", "loyaltycore").__name__ == "HttpCardPrinter"
    assert plugins.load(plugins.CALENDAR, "holidays", "loyaltycore").__name__ == "BranchHolidays"
    assert plugins.load(plugins.STORAGE, "sql", "loyaltycore").__name__ == "SqlStorage"


def test_importing_looks_nothing_up() -> None:
    """Importing the module reads no metadata and imports no adapter."""
    code = (
        "import importlib.metadata as m, sys\n"
        "m.distributions = m.entry_points = None\n"
        "import loyaltycore.plugins\n"
        "assert not [name for name in sys.modules if name.startswith('loyaltycore_')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
