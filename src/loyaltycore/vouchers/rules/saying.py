"""What a person at a till reads when a rule says no, in German and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen


@frozen
class Sentence:
    """One sentence in both languages."""

    de: str
    en: str


_UNKNOWN: Final = Sentence("Das ist leider nicht möglich.", "Sorry, this is not possible.")

SENTENCES: Final[Mapping[str, Sentence]] = {
    "program.undefined": Sentence("Dieses Programm gibt es nicht.", "There is no such program."),
    "program.not_published": Sentence(
        "Dieses Programm wird zurzeit nicht vergeben.", "This program is not on offer at present."
    ),
    "program.used": Sentence("Kunden haben dieses Programm.", "Customers have this program."),
    "program.assigned_already": Sentence(
        "Der Kunde hat dieses Programm schon.", "The customer has this program already."
    ),
    "program.other_card": Sentence(
        "Die Karte gehört einem anderen Kunden.", "The card belongs to another customer."
    ),
    "program.card_ended": Sentence("Die Karte ist außer Betrieb.", "The card is out of use."),
    "program.card_full": Sentence(
        "Auf der Karte ist kein Platz für ein weiteres Programm.",
        "There is no room for another program on the card.",
    ),
    "program.not_assigned": Sentence(
        "Der Kunde hat von diesem Programm nichts, das er nutzen kann.",
        "The customer has nothing of this program to use.",
    ),
    "program.not_started": Sentence(
        "Das Programm hat noch nicht begonnen.", "The program has not begun yet."
    ),
    "program.ended": Sentence("Das Programm ist beendet.", "The program has ended."),
    "program.wrong_branch": Sentence(
        "Das Programm gilt in einer anderen Filiale.", "The program is valid in another branch."
    ),
    "program.wrong_reference": Sentence(
        "Das Programm gilt für eine andere Versorgung.", "The program is for another supply."
    ),
    "program.not_covered": Sentence(
        "Das Programm gilt nicht für diesen Artikel.", "The program is not for this article."
    ),
    "program.exhausted": Sentence("So viel ist nicht mehr übrig.", "Not that much is left."),
    "program.expired": Sentence(
        "So viel ist nicht mehr übrig: Ein Teil davon ist verfallen.",
        "Not that much is left: some of it has expired.",
    ),
    "program.not_counted": Sentence("Dieses Programm zählt nichts.", "This program counts nothing."),
    "program.nothing_to_undo": Sentence("Das ist schon zurückgenommen.", "This was undone already."),
    "program_sale.card_choice_required": Sentence(
        "Bitte für jedes Programm eine Karte wählen.", "Please choose a card for each program."
    ),
    "program_sale.mixed_terms": Sentence(
        "Alle Bausteine brauchen dieselbe Laufzeit.", "All modules need the same term."
    ),
    "program_sale.set_aside": Sentence(
        "Damit wird gerade etwas anderes bezahlt.", "Something else is being paid with it."
    ),
    "program_sale.redeemed": Sentence(
        "Davon wurde schon etwas eingelöst.", "Some of it has been redeemed already."
    ),
    "purse.insufficient": Sentence("Das Guthaben reicht nicht.", "The balance is not sufficient."),
    "purse.hold_exceeded": Sentence("So viel war nicht vorgemerkt.", "That is more than was set aside."),
    "purse.too_many_holds": Sentence(
        "Zu viele offene Bestellungen halten davon etwas fest.", "Too many open orders hold some of it."
    ),
    "period.not_over": Sentence("Der Monat ist noch nicht vorbei.", "The month is not over."),
    "period.not_next": Sentence(
        "Vorher ist ein früherer Monat abzuschließen.", "An earlier month has to be closed first."
    ),
    "tally.too_many_holds": Sentence(
        "Zu viele offene Bestellungen halten von dieser Aktion etwas fest.",
        "Too many open orders hold some of this promotion.",
    ),
    "voucher.mistyped": Sentence(
        "Bitte den Code noch einmal eingeben: Er enthält einen Tippfehler.",
        "Please type the code again: it has a typing error.",
    ),
    "voucher.not_usable": Sentence(
        "Dieser Code kann nicht eingelöst werden.", "This code cannot be redeemed."
    ),
    "voucher.unknown": Sentence(
        "Einen Gutschein mit diesem Code gibt es nicht.", "There is no voucher with this code."
    ),
    "voucher.other_customer": Sentence(
        "Der Gutschein gehört einem anderen Kunden.", "The voucher belongs to another customer."
    ),
    "voucher.not_started": Sentence("Der Gutschein gilt noch nicht.", "The voucher is not valid yet."),
    "voucher.expired": Sentence("Der Gutschein ist abgelaufen.", "The voucher has expired."),
    "voucher.void": Sentence("Der Gutschein ist ungültig.", "The voucher is void."),
    "voucher.spent": Sentence(
        "So viel ist auf dem Gutschein nicht mehr.", "Not that much is left on the voucher."
    ),
    "voucher.other_unit": Sentence(
        "Der Gutschein ist in einer anderen Währung.", "The voucher is in another currency."
    ),
    "voucher.limited": Sentence(
        "Dieser Gutschein wird nur mit einem Auftrag eingelöst.",
        "This voucher is redeemed with an order only.",
    ),
    "voucher.set_aside": Sentence(
        "Mit dem Gutschein wird gerade etwas bezahlt.", "Something is being paid with the voucher."
    ),
    "voucher.redeemed": Sentence(
        "Der Gutschein wurde schon eingelöst.", "The voucher has been redeemed already."
    ),
    "voucher.too_many": Sentence(
        "Zu viele Versuche: bitte kurz warten.", "Too many tries: please wait a little."
    ),
    "voucher.other_kind": Sentence("Dieses Programm hat keine Gutscheine.", "This program has no vouchers."),
    "voucher.other_card": Sentence(
        "Die Karte gehört einem anderen Kunden.", "The card belongs to another customer."
    ),
    "voucher.no_key": Sentence(
        "Für Gutscheine fehlt der Schlüssel: bitte die Verwaltung fragen.",
        "The key for vouchers is missing: please ask the administrator.",
    ),
    "voucher.own_code": Sentence("Dieser Code lässt sich nicht anzeigen.", "This code cannot be shown."),
    "voucher.code_taken": Sentence("Dieser Code ist schon vergeben.", "This code is taken."),
}


def sentence(code: str, language: str) -> str:
    """What to say to a person when a rule of programs or vouchers says no.

    Args:
        code: `Refused.code`, `Checked.reason` or `Offer.refused`.
        language: ``de``, also as ``de-AT``; every other one gets English.

    Example:
        >>> sentence("voucher.expired", "de")
        'Der Gutschein ist abgelaufen.'
    """
    found = SENTENCES.get(code, _UNKNOWN)
    return found.de if language.partition("-")[0].casefold() == "de" else found.en
