"""Files that a person writes: the marks and encodings of editors are no part of what they say."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from loyaltycore.cli.config import BadConfig, read_config
from loyaltycore.errors import Fault
from loyaltycore.kernel.validation import Faults

MARKED = {
    "plain": (b"", "utf-8"),
    "UTF-8": (codecs.BOM_UTF8, "utf-8"),
    "UTF-16 LE": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "UTF-16 BE": (codecs.BOM_UTF16_BE, "utf-16-be"),
}
MARK = "\ufeff"
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n" + MARK)


def written(text: str, how: str) -> bytes:
    """The text as an editor saves it."""
    mark, encoding = MARKED[how]
    return mark + text.encode(encoding)


def read(path: Path) -> tuple[object, tuple[Fault, ...]]:
    """The option `secret` of the storage, and what was wrong."""
    faults = Faults()
    (section,) = read_config(faults, path)
    return section.options["secret"], faults.found


def shop(folder: Path, reference: str) -> Path:
    """A configuration with one secret."""
    path = folder / "loyaltycore.toml"
    path.write_text(f'[storage]\nuse = "sql"\nsecret = {reference}\n', "utf-8")
    return path


@given(
    how=st.sampled_from(list(MARKED)),
    secret=st.text(letters, min_size=1, max_size=40),
    end=st.sampled_from(["", "\n", "\r\n", "\nmore"]),
)
@example(how="UTF-8", secret="s3cret", end="\r\n")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_secret_is_what_a_person_wrote(tmp_path: Path, how: str, secret: str, end: str) -> None:
    """A secret file says the same in every encoding that an editor offers, with and without a byte order mark."""
    (tmp_path / "secret").write_bytes(written(secret + end, how))
    assert read(shop(tmp_path, '{ file = "secret" }')) == (secret, ())


@pytest.mark.parametrize("how", MARKED)
def test_a_configuration_is_what_a_person_wrote(tmp_path: Path, how: str) -> None:
    """So does a configuration."""
    path = shop(tmp_path, '"Grüße 👓"')
    path.write_bytes(written(path.read_text("utf-8").replace("\n", "\r\n"), how))
    assert read(path) == ("Grüße 👓", ())


def test_a_mark_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that was filled from such a file has no mark either."""
    monkeypatch.setenv("SHOP_SECRET", f"{MARK}s3cret")
    assert read(shop(tmp_path, '{ env = "SHOP_SECRET" }')) == ("s3cret", ())


NO_TEXT = [
    "s3cret".encode("utf-16-le"),
    codecs.BOM_UTF32_LE + "s3cret".encode("utf-32-le"),
    codecs.BOM_UTF32_BE + "s3cret".encode("utf-32-be"),
    codecs.BOM_UTF16_LE + b"s",
    "Grüße".encode("cp1252"),
    codecs.BOM_UTF8,
    codecs.BOM_UTF16_LE,
    b"",
    b"\n\n",
]


@pytest.mark.parametrize("octets", NO_TEXT, ids=repr)
def test_what_is_no_text_is_no_secret(tmp_path: Path, octets: bytes) -> None:
    """A file in another encoding, or without a first line, is one fault that names the file."""
    (tmp_path / "secret").write_bytes(octets)
    _, (fault,) = read(shop(tmp_path, '{ file = "secret" }'))
    assert (fault.field, fault.code) == ("storage.secret", "missing_secret")
    assert str(tmp_path / "secret") in fault.message


@pytest.mark.parametrize("octets", NO_TEXT[:5], ids=repr)
def test_what_is_no_text_is_no_configuration(tmp_path: Path, octets: bytes) -> None:
    """The same for a configuration."""
    path = tmp_path / "loyaltycore.toml"
    path.write_bytes(octets)
    with pytest.raises(BadConfig) as caught:
        read_config(Faults(), path)
    assert [fault.code for fault in caught.value.faults] == ["bad_toml"]
