"""Settings and sessions: what is stored and what a running session sees are two things."""

from __future__ import annotations

import pytest

from loyaltycore import InvalidInput, Loyalty, NotFound
from loyaltycore.cards.rules.options import NUMBER_PREFIX, NUMBER_SCHEME
from loyaltycore.completeness import EMAIL
from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.settings import Option
from loyaltycore.memory import MemoryStorage
from tests.hosting import hosted
from tests.house import House, dump
from tests.services.workflow import TOO_DEEP


def test_a_running_session_keeps_its_settings(house: House) -> None:
    """F68: a changed option reaches sessions opened afterwards, not one that is open."""
    running = house.loyalty.session("berta", "berlin")
    house.desk.settings.change(NUMBER_SCHEME, "ean13")
    assert running.settings[NUMBER_SCHEME] == "luhn"
    assert house.loyalty.session("carla", "berlin").settings[NUMBER_SCHEME] == "ean13"


def test_the_session_that_changed_an_option_keeps_the_old_one_too(house: House) -> None:
    """F69: the editing session is not excepted; a card ordered in it still gets the old kind of number."""
    house.set_up_cards()
    erika = house.customer()
    house.desk.settings.change(NUMBER_SCHEME, "ean13")
    assert house.desk.settings[NUMBER_SCHEME] == "luhn"
    assert house.desk.settings.stored(NUMBER_SCHEME) == "ean13"
    house.desk.cards.order(erika.id)
    house.loyalty.session("anna", "berlin").cards.order(erika.id)
    new, old = house.desk.cards.of_customer(erika.id)
    assert (len(old.number), len(new.number)) == (16, 13)


def test_a_branch_overrides_the_chain(house: House) -> None:
    """The branch's value wins there; taking it back lets the chain's count again."""
    house.desk.settings.change(NUMBER_PREFIX, "22")
    house.desk.settings.change(NUMBER_PREFIX, "23", branch="berlin")
    assert house.loyalty.session("anna", "berlin").settings[NUMBER_PREFIX] == "23"
    assert house.loyalty.session("anna").settings[NUMBER_PREFIX] == "22"
    house.desk.settings.change(NUMBER_PREFIX, None, branch="berlin")
    assert house.loyalty.session("anna", "berlin").settings[NUMBER_PREFIX] == "22"


def test_a_changed_option_is_recorded(house: House) -> None:
    """Who, when, before and after."""
    house.desk.settings.change(NUMBER_PREFIX, "22")
    house.desk.settings.change(NUMBER_PREFIX, "23")
    last = house.desk.activities.of_record("settings", "chain")[-1]
    assert (last.action, last.actor, last.comment) == ("settings.changed", "anna", "cards.number_prefix")
    assert (last.changes[0].before, last.changes[0].after) == (
        {"cards.number_prefix": "22"},
        {"cards.number_prefix": "23"},
    )


def test_setting_the_same_value_again_changes_nothing(house: House) -> None:
    """No change, no record of a change."""
    house.desk.settings.change(NUMBER_PREFIX, "22")
    before = dump(house.loyalty)
    house.desk.settings.change(NUMBER_PREFIX, "22")
    assert dump(house.loyalty) == before


@pytest.mark.parametrize("value", [7, True, "x\x00", "y" * 2001, "no digits"])
def test_a_bad_value_is_refused(house: House, value: object) -> None:
    """A value of the wrong type or shape names the option and changes nothing."""
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as fault:
        house.desk.settings.change(NUMBER_PREFIX, value)  # wrong on purpose
    assert fault.value.fields == ("cards.number_prefix",)
    assert dump(house.loyalty) == before


def test_unknown_options_and_branches_are_not_found(house: House) -> None:
    """Only registered options exist, and only opened branches."""
    stray: Option[bool] = Option("stray", default=False, description="never registered")
    for use in (lambda: house.desk.settings.change(stray, True), lambda: house.desk.settings[stray]):
        with pytest.raises(NotFound):
            use()
    with pytest.raises(NotFound):
        house.desk.settings.change(NUMBER_PREFIX, "22", branch="mars")
    with pytest.raises(NotFound):
        house.loyalty.session("anna", "mars")


def test_an_option_is_found_by_its_key(memory_house: House) -> None:
    """What the reference lists can be set, whether or not one knows its name in Python."""
    settings = memory_house.desk.settings
    for option in settings.known:
        assert settings.option(option.key) is option
    settings.change(settings.option("completeness.email"), True)
    assert memory_house.loyalty.session("anna").settings[EMAIL] is True
    with pytest.raises(NotFound, match=r"did you mean 'completeness\.email'\?"):
        settings.option("completeness.mail")


@pytest.mark.parametrize("given", ["completeness.email", 7, TOO_DEEP])
def test_what_is_no_option_is_of_the_wrong_type(memory_house: House, given: object) -> None:
    """A key, a number, and a list nested too deep to be written: each says how an option is found."""
    settings = memory_house.desk.settings
    for use in (
        lambda: settings.change(given, True),
        lambda: settings.stored(given),
        lambda: settings[given],
    ):
        with pytest.raises(InvalidInput, match=r"desk\.settings\.option\(") as refused:
            use()
        assert [(fault.field, fault.code) for fault in refused.value.faults] == [("option", "wrong_type")]


def test_a_host_adds_options_of_its_own() -> None:
    """A host's option is set, overridden and read like the library's; the types are its defaults' types."""
    loud = Option("till.loud", default=False, description="Beep at the till.", tab="till", section="sound")
    beeps = Option("till.beeps", default=3, description="How often.")
    loyalty = Loyalty(MemoryStorage(), capabilities=[hosted(options=[loud, beeps])])
    desk = loyalty.session("anna")
    desk.settings.change(loud, True)
    desk.settings.change(beeps, 5)
    later = loyalty.session("anna")
    assert (later.settings[loud], later.settings[beeps]) == (True, 5)
    assert {option.key for option in later.settings.known} >= {
        "till.loud",
        "till.beeps",
        "cards.number_scheme",
    }
    with pytest.raises(InvalidInput):
        desk.settings.change(beeps, True)


def test_two_options_cannot_share_a_key() -> None:
    """An ambiguous option is an error when the house is put together."""
    with pytest.raises(RegistrationError):
        Loyalty(MemoryStorage(), capabilities=[hosted(options=[NUMBER_PREFIX])])


@pytest.mark.parametrize("actor", ["", None, 7, "x" * 101, "a\r\nb"])
def test_a_session_needs_a_name(house: House, actor: object) -> None:
    """Every change is recorded under a name, so there is no session without one."""
    with pytest.raises(InvalidInput):
        house.loyalty.session(actor)  # wrong on purpose
