"""Options: how each type is read, what an option's own check says, and which of two scopes wins."""

from __future__ import annotations

from typing import Any

import pytest

from loyaltycore.errors import InvalidInput, NotFound, RegistrationError
from loyaltycore.kernel.settings import (
    Option,
    OptionCatalogue,
    SettingSet,
    SettingsSnapshot,
    Severity,
    scope_of,
    snapshot,
)
from loyaltycore.kernel.validation import Faults

TEXT = Option("a.text", "x", "A text.")
NUMBER = Option("a.number", 7, "A number.")
FLAG = Option("a.flag", default=True, description="A flag.")


@pytest.mark.parametrize(
    ("option", "value", "read"),
    [
        (TEXT, "", ""),
        (TEXT, "a\nb", "a\nb"),
        (TEXT, "y" * 2000, "y" * 2000),
        (NUMBER, -(2**31), -(2**31)),
        (NUMBER, 2**31, 2**31),
        (FLAG, False, False),
        (FLAG, True, True),
    ],
)
def test_an_option_reads_values_of_its_own_type(option: Option[Any], value: object, read: object) -> None:
    """The type is that of the default; texts may have lines and 2000 characters, numbers 32 bits."""
    assert option.read(value) == read


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        (TEXT, None, "wrong_type"),
        (TEXT, 1, "wrong_type"),
        (TEXT, "y" * 2001, "too_long"),
        (NUMBER, "7", "wrong_type"),
        (NUMBER, True, "wrong_type"),
        (NUMBER, 2**31 + 1, "out_of_range"),
        (NUMBER, -(2**31) - 1, "out_of_range"),
        (FLAG, 1, "wrong_type"),
    ],
)
def test_a_value_of_another_type_is_a_fault_of_the_option(
    option: Option[Any], value: object, code: str
) -> None:
    """The fault stands at the option's key."""
    with pytest.raises(InvalidInput) as caught:
        option.read(value)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [(option.key, code)]


def test_an_options_own_check_sees_clean_values_only() -> None:
    """It is asked after the type was right, and its faults count."""
    seen: list[str] = []

    def check(faults: Faults, value: str) -> None:
        seen.append(value)
        if value == "bad":
            faults.note("a.text", "bad", "is bad")

    option = Option("a.text", "x", "A text.", check=check)
    assert option.read(" good ") == "good"
    for value in ("bad", 1):
        with pytest.raises(InvalidInput):
            option.read(value)
    assert seen == ["good", "bad"]


def test_an_option_says_no_more_than_it_was_given() -> None:
    """No place on a screen, nothing watched, and a reminder is the mildest thing to do."""
    assert (TEXT.tab, TEXT.section, TEXT.watches, TEXT.check) == ("", "", (), None)
    assert TEXT.severity is Severity.REMIND


def test_a_branch_wins_over_the_chain_and_the_chain_over_the_default() -> None:
    """Each option by itself; what is in neither scope has its default."""
    chain = SettingSet("chain", {"a.text": "chain", "a.number": 1})
    branch = SettingSet("branch:berlin", {"a.text": "branch"})
    both = snapshot(chain, branch)
    assert (both[TEXT], both[NUMBER], both[FLAG]) == ("branch", 1, True)
    assert snapshot(chain, None)[TEXT] == "chain"
    assert snapshot(None, branch)[TEXT] == "branch"
    assert snapshot(None, None) == SettingsSnapshot()
    assert chain.version == 1


def test_a_false_value_is_a_value() -> None:
    """An option that was switched off does not fall back to its default."""
    assert snapshot(SettingSet("chain", {"a.flag": False}), None)[FLAG] is False


def test_scopes_have_names_that_never_meet() -> None:
    """The chain's name is none that a branch can have."""
    assert (scope_of(None), scope_of("chain"), scope_of("")) == ("chain", "branch:chain", "branch:")


def test_a_catalogue_knows_its_options_and_no_others() -> None:
    """In the order in which they came; another option under a known key is a stranger."""
    catalogue = OptionCatalogue([NUMBER, TEXT])
    assert catalogue.all == (NUMBER, TEXT)
    catalogue.require(TEXT)
    for stranger in (FLAG, Option("a.text", "other", "Another text.")):
        with pytest.raises(NotFound) as missed:
            catalogue.require(stranger)
        assert (missed.value.kind, missed.value.key) == ("option", stranger.key)


@pytest.mark.parametrize("option", [TEXT, NUMBER, FLAG])
def test_a_key_finds_its_option_and_is_none(option: Option[Any]) -> None:
    """A key given for its option is told from an option that does not exist, and the remedy is named."""
    catalogue = OptionCatalogue([NUMBER, TEXT, FLAG])
    assert catalogue.named(option.key) is option
    for use in (catalogue.require, SettingsSnapshot().__getitem__):
        with pytest.raises(InvalidInput, match=f"settings.option.'{option.key}'") as refused:
            use(option.key)
        assert [(fault.field, fault.code) for fault in refused.value.faults] == [("option", "wrong_type")]


def test_a_mistyped_key_is_answered_with_the_right_one() -> None:
    """Wherever a key is looked up."""
    catalogue = OptionCatalogue([NUMBER, TEXT])
    for look in (catalogue.named, catalogue.require):
        with pytest.raises(NotFound, match=r"no option 'a\.txt'; did you mean 'a\.text'\?"):
            look("a.txt")


def test_a_key_stands_once_in_a_catalogue() -> None:
    """A second option of the same key is refused when the catalogue is made."""
    with pytest.raises(RegistrationError, match=r"'a\.text' is registered twice"):
        OptionCatalogue([TEXT, Option("a.text", "other", "Another text.")])


def test_the_words_of_severity_are_those_that_are_stored() -> None:
    """They stand in reports and interfaces."""
    assert [severity.value for severity in Severity] == ["remind", "require"]
