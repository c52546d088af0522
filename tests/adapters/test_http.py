"""What the adapters over HTTP share."""

from __future__ import annotations

import pytest

from loyaltycore_http.answers import NoAnswer
from loyaltycore_http.options import check_base_url
from loyaltycore_http.transport import Transport


@pytest.mark.parametrize(
    "odd",
    ["\r", "\n", "\r\n", "\t", " ", "\x00", "\x7f", "\x85", "\u00a0", "\u2028", "\u200b", "ä", "\ud800"],
)
@pytest.mark.parametrize(
    "url",
    ["{}https://a.example/x", "https://a{}b.example/x", "https://a.example/x{}y", "https://a.example/x{}"],
)
def test_an_address_holds_nothing_but_signs_of_addresses(url: str, odd: str) -> None:
    """No blank, no line end, no control character and no letter of another alphabet, wherever it stands."""
    assert check_base_url(url.format("")) == []
    assert [fault.code for fault in check_base_url(url.format(odd))] == ["bad_format"]


@pytest.mark.parametrize(
    ("base_url", "headers"),
    [
        ("https://*.example", {}),
        ("https://.example", {}),
        ("https://a.example", {"X-Name": "a\r\nb"}),
        ("https://a.example", {"X-Name": "\u20ac"}),
        ("https://a.example", {"X Name\r\n": "a"}),
    ],
)
def test_what_cannot_be_written_is_not_sent(base_url: str, headers: dict[str, str]) -> None:
    """That is certain, so the message may leave once it can be written."""
    transport = Transport(
        base_url=base_url,
        headers={},
        connect_timeout=1,
        read_timeout=1,
        deadline=1,
        max_bytes=1,
        verify=True,
    )
    answer = transport.call("POST", "/x", body=b"x", headers=headers)
    assert isinstance(answer, NoAnswer)
    assert (answer.sent, answer.code) == (False, "unwritable")
    transport.close()
