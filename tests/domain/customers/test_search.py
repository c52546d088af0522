"""Finding by name: however people type it, the beginning of a name finds it."""

# ruff: noqa: RUF001  letters of other scripts that look like ours are the matter here

import unicodedata

import pytest
from hypothesis import assume, given, strategies as st

from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.customers.rules.search import email_key, fold, foldings, lookup_keys, name_keys, sort_name
from loyaltycore.kernel.contact import Address, AddressKind, Phone

letters = st.characters(codec="utf-8", categories=("L", "Nd"), max_codepoint=0x24F)
names = st.text(st.one_of(letters, st.sampled_from(" -'\u2019.,")), min_size=1, max_size=40).filter(
    lambda text: any(character.isalnum() for character in text)
)

anywhere = st.text(st.characters(categories=("L", "N", "M", "Cf", "S", "Pd")), min_size=1, max_size=8)


def finds(search, keys):
    """What `find(name=...)` asks the storage."""
    return any(key.startswith(folded) for folded in foldings(search) for key in keys)


@given(names, names, st.data())
def test_every_beginning_of_a_name_finds_it(last, first, data):
    """Any beginning with a letter in it, of either order of the names and in any case, is a beginning of some key."""
    keys = name_keys(last, first, "")
    for whole in (f"{last} {first}", f"{first} {last}"):
        beginning = whole[: data.draw(st.integers(1, len(whole)))]
        shown = data.draw(st.sampled_from([beginning, beginning.upper(), beginning.lower()]))
        if any(character.isalnum() for character in shown):
            assert finds(shown, keys)


def _composed(text):
    return unicodedata.normalize("NFKC", text)


@given(anywhere, st.integers(1, 8))
def test_every_beginning_finds_a_name_of_any_script(name, length):
    """The same in every script that Unicode has, with its marks, joiners and symbols; a mark belongs to its letter."""
    beginning, rest = name[:length], name[length:]
    assume(_composed(beginning) + _composed(rest) == _composed(name))
    if any(character.isalnum() for character in beginning):
        assert finds(beginning, name_keys(name, "", ""))


@given(names)
def test_writing_a_name_decomposed_makes_no_difference(name):
    """Composed and decomposed Unicode fold alike."""
    assert foldings(unicodedata.normalize("NFD", name)) == foldings(unicodedata.normalize("NFC", name))


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text):
    """A folded text is folded already."""
    assert fold(fold(text)) == fold(text)


parts = st.lists(
    st.text(
        st.characters()
        | st.sampled_from("aZäÖßøÆ'\u2019 -_.\u0301\u0308\u00ad\u200dиҋ\u0306か\u3099हि🦄\u00a8\ufb01"),
        max_size=8,
    ),
    max_size=4,
)


@given(parts)
def test_a_name_in_parts_is_the_name_with_blanks_between(names):
    """However odd the parts are: no letter, mark or sign of one has to do with those of the next."""
    whole = " ".join(names)
    assert foldings(*names) == foldings(whole)
    for two_letters in (False, True):
        assert fold(*names, two_letters=two_letters) == fold(whole, two_letters=two_letters)


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip()))
def test_no_visible_text_folds_to_nothing(text):
    """Even a name of symbols alone has something to be found by."""
    assert foldings(text)


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("Müller", ["muller", "mueller", "Müller", "MUELLER", "mull", "Muell", "Mu\u0308ller"]),
        ("Mueller", ["mueller"]),
        ("Weiß", ["weiss", "Weiß", "WEISS"]),
        ("Bär", ["bar", "baer", "BÄR"]),
        ("Örtel", ["ortel", "oertel"]),
        ("Ålund", ["alund", "aalund"]),
        ("Müller-Lüdenscheidt", ["mueller lued", "Lüdenscheidt", "ludensch", "müller-l"]),
        ("O'Brien", ["obrien", "O\u2019Brien", "o'b"]),
        ("d\u00b4Angelo", ["dangelo", "d'angelo"]),
        ("Łukasiewicz", ["lukas"]),
        ("Sørensen", ["sorensen", "soerensen"]),
        ("Ærøe", ["aeroe", "aero"]),
        ("Ǿster", ["oster"]),
        ("İnönü", ["inonu", "inoenue"]),
        ("van der Berg", ["berg", "der berg", "van der"]),
        ("Νικολαΐδης", ["νικολαιδησ", "ΝΙΚΟΛΑΪΔΗΣ"]),
        ("हिन्दी", ["हि", "हिन्दी"]),
        ("Mül\u00adler", ["muller"]),
        ("🦄", ["🦄"]),
    ],
)
def test_names_are_found_as_people_type_them(name, searches):
    """Umlauts both ways, accents, apostrophes, later words, foreign scripts, symbols: all of them find the name."""
    keys = name_keys(name, "", "")
    assert [search for search in searches if not finds(search, keys)] == []


@pytest.mark.parametrize(
    ("text", "one", "two"),
    [
        *((f"O{mark}Brien", "obrien", "obrien") for mark in "'`\u00b4\u2018\u2019\u02bc"),
        *((f"O{mark}Brien", "o brien", "o brien") for mark in '"_\u201c\u00b7'),
        ("Äöü", "aou", "aeoeue"),
        ("Åø", "ao", "aaoe"),
        ("Æœł", "aeoel", "aeoel"),
        ("Đðþ", "ddth", "ddth"),
        ("\N{LATIN SMALL LETTER DOTLESS I}", "i", "i"),
        ("a\u0301b\u20ddc\u200dd", "abcd", "abcd"),
        ("हिन", "हिन", "हिन"),
        ("か\u3099", "が", "が"),
        ("กี่", "กี่", "กี่"),
        ("Андрей", "андрей", "андрей"),
        ("Семён", "семен", "семен"),
        ("שָׁ", "ש", "ש"),
        ("أَ", "ا", "ا"),
        ("\N{BLACK-LETTER CAPITAL H}ans", "hans", "hans"),
        (" 🦄  🦄 ", "🦄 🦄", "🦄 🦄"),
    ],
)
def test_each_letter_is_folded_as_people_read_it(text, one, two):
    """Apostrophes join and other signs part; letters without a decomposition have their likeness; marks are dropped."""
    assert (fold(text), fold(text, two_letters=True)) == (one, two)


def test_a_name_has_no_keys_but_its_own():
    """What is not there leaves no key, and one name alone has one key for each way to fold it."""
    assert name_keys("Müller", "", "") == ("muller", "mueller")
    assert name_keys("Weiß", "Ina", "") == ("weiss ina", "ina weiss")


def test_other_names_are_not_found():
    """The fold keeps names apart that are different names."""
    keys = name_keys("Müller", "Erika", "")
    assert not any(finds(search, keys) for search in ("miller", "muller max", "rika", "-", "🦄"))


def test_the_extension_of_a_name_belongs_to_it():
    """A name like von Goethe is found with and without its extension."""
    keys = name_keys("Goethe", "Johann", "", "von")
    assert all(finds(search, keys) for search in ("goethe", "von goethe", "johann von g", "johann goethe"))


@pytest.mark.parametrize(
    ("kind", "parts", "expected"),
    [
        (CustomerKind.PERSON, ("Müller", "Erika", "Optik GmbH"), "mueller erika"),
        (CustomerKind.COMPANY, ("Müller", "Erika", "Optik GmbH"), "optik gmbh mueller erika"),
        (CustomerKind.PERSON, ("🦄", "", ""), "🦄"),
    ],
)
def test_people_stand_under_their_name_and_companies_under_theirs(kind, parts, expected):
    """The alphabetical list sorts a person by last and first name, a company by its own."""
    assert sort_name(kind, *parts) == expected


def test_long_names_and_addresses_still_fit_their_keys():
    """A key is never longer than the storage keeps, and two long addresses that begin alike stay apart."""
    assert all(len(key) <= 120 for key in name_keys("ﷺ" * 80, "B" * 80, "C" * 120))
    long = "a" * 60 + "." + "b" * 60 + "@" + "c" * 60 + ".example"
    assert len(email_key(long)) == 120
    assert email_key(long) != email_key(long + "x")
    assert email_key(long.upper()) == email_key(long)
    assert email_key("a" * 120) == "a" * 120
    assert email_key("ß" * 200) != email_key("s" * 400)
    assert len(sort_name(CustomerKind.COMPANY, "B" * 80, "A" * 80, "C" * 120)) == 120


def test_a_customer_is_looked_up_by_names_address_and_numbers():
    """The lookup keys of a record hold what `find` asks for."""
    customer = Customer(
        id="1",
        last_name="Weiß",
        first_name="Ina",
        email="Ina@example.org",
        phones=(Phone("+491701234567"), Phone("+49301234567")),
        addresses=(Address(city="Köln"), Address(city="Bonn", kind=AddressKind.OLD_RESIDENCE)),
        custom={"shoe_size": 42},
    )
    assert lookup_keys(customer) == {
        "name": ("weiss ina", "ina weiss"),
        "email": ("ina@example.org",),
        "phone": ("+491701234567", "+49301234567"),
        "city": ("koln", "koeln"),
        "custom": ("shoe_size=1000000000000042",),
    }


marks = st.characters(categories=("Mn", "Mc"))
indic = st.characters(min_codepoint=0x900, max_codepoint=0xEFF, categories=("Lo", "Mn", "Mc"))


@given(st.text(indic, min_size=1, max_size=6), st.text(indic, min_size=1, max_size=6))
def test_names_from_devanagari_to_lao_are_one_only_if_unicode_says_so(one, other):
    """No letter, vowel sign, tone or virama of these scripts is folded away: only compatible forms of one text are one."""
    same = unicodedata.normalize("NFKD", one) == unicodedata.normalize("NFKD", other)
    assert (fold(one) == fold(other)) == same


@given(st.text(indic, min_size=2, max_size=6), st.data())
def test_a_mark_that_is_left_out_makes_another_name(name, data):
    """Whichever letter or mark is missing, the name without it has another key."""
    place = data.draw(st.integers(0, len(name) - 1))
    assert fold(name[:place] + name[place + 1 :]) != fold(name)


@given(
    st.text("かきくけこさしすせそたちつてとはひふへほカキクケコハヒフヘホ", min_size=1, max_size=6), st.data()
)
def test_a_voiced_syllable_is_another_one(name, data):
    """In both syllabaries, and not found by the beginning of its plain one."""
    place = data.draw(st.integers(0, len(name) - 1))
    voiced = f"{name[: place + 1]}\u3099{name[place + 1 :]}"
    assert fold(voiced) != fold(name)
    assert not finds(name[: place + 1], name_keys(voiced, "", ""))


@given(st.text("aeiouycnszAEIOUYαεηιουωАЕИОУ", min_size=1, max_size=6), marks)
def test_accents_of_latin_greek_and_russian_letters_are_folded(name, mark):
    """Whatever stands on such a letter, if it comes from the blocks of accents, is folded, except where it makes й or ў."""
    assume(
        "\u0300" <= mark <= "\u036f" and mark != "\u0345" and not (mark == "\u0306" and set(name) & set("ИУ"))
    )
    assert fold("".join(each + mark for each in name)) == fold(name)
