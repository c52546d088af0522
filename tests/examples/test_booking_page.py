"""The booking page, request by request: the whole way, and what strangers try."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booking_page.serving import origin
from loyaltycore.booking import AppointmentState
from loyaltycore.memory import MemoryStorage
from tests.bounded import line_with, running
from tests.examples.booking import BRANCH, MONDAY, PASSWORD, Site, book, click, hidden, send, site, times
from tests.examples.running import EXAMPLES, run
from tests.listening import nobody_listens

SCRIPT = "<script>alert(1)</script>"
ARABIC = "\u0639\u0627\u0626\u0634\u0629"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(MemoryStorage(), tmp_path, embed_in="https://shop.example") as shop:
        yield shop


@pytest.fixture
def visitor(shop: Site) -> FlaskClient:
    return shop.app.test_client()


@pytest.fixture
def anna(shop: Site) -> FlaskClient:
    """Somebody of the staff, signed in."""
    anna = shop.app.test_client()
    answer = _sign_in(anna, PASSWORD)
    assert answer.location == "/staff/"
    return anna


def _sign_in(client: FlaskClient, password: str, who: str = "anna") -> TestResponse:
    page = client.get("/staff/sign-in")
    return client.post("/staff/sign-in", data={**hidden(page), "who": who, "password": password})


def _act(anna: FlaskClient, page: TestResponse, action: str, **fields: str) -> TestResponse:
    """Press a button on the page of an appointment; answers the page that follows."""
    data = {"csrf": hidden(page)["csrf"], "action": action, **fields}
    return anna.post(page.request.path, data=data, follow_redirects=True)


def _only(shop: Site) -> AppointmentState:
    (appointment,) = shop.desk.appointments.on(BRANCH, MONDAY.date())
    return appointment.state


def test_from_the_page_to_the_desk_and_back(shop: Site, visitor: FlaskClient, anna: FlaskClient) -> None:
    """F121, F129, F139, F143: an appointment is booked, moved by the staff, told of, and cancelled by the link in the latest mail."""
    booked = book(visitor)
    assert booked.status_code == 200
    assert "Eye test, Monday, 12 January, 10:00 to 10:30" in booked.text
    first = shop.link()
    assert "Cancel this appointment" in visitor.get(first).text

    desk = anna.get("/staff/")
    assert "Erika Mustermann, 2026-01-12 10:00" in desk.text
    (reminder,) = shop.desk.appointments.reminders(BRANCH).items
    page = anna.get(f"/staff/appointments/{reminder.about}")
    page = _act(anna, page, "create")
    page = _act(anna, page, "move", starts_at="2026-01-12T15:00", resource="room-2")
    assert "Room 2" in page.text
    assert "Tell the customer: moved" in page.text
    page = _act(anna, page, "tell", by="email")
    assert "told by email: moved (anna)" in page.text
    done = anna.post(f"/staff/reminders/{reminder.id}", data={"csrf": hidden(page)["csrf"]})
    assert "Nothing to do" in anna.get(done.location).text

    latest = shop.link()
    assert visitor.get(first).status_code == 404  # a newer link has replaced it
    assert "Monday, 12 January, 15:00 to 15:30" in visitor.get(latest).text
    assert "is cancelled" in visitor.post(latest, follow_redirects=True).text
    assert _only(shop) is AppointmentState.CANCELLED
    assert "cancelled: " in anna.get("/staff/").text
    assert "Your appointment has been moved" in anna.get("/staff/mails").text


def test_the_staff_confirm_assign_and_cancel(shop: Site, visitor: FlaskClient, anna: FlaskClient) -> None:
    """A known customer is suggested; what is cancelled can be told on the phone."""
    erika = shop.desk.customers.create(
        last_name="Mustermann", email="erika@example.org", phones=["01 555 1234"]
    )
    book(visitor)
    (reminder,) = shop.desk.appointments.reminders(BRANCH).items
    page = anna.get(f"/staff/appointments/{reminder.about}")
    assert "Say whose appointment it is" not in page.text  # there is nothing to tell yet
    page = _act(anna, page, "confirm")
    assert "Say whose appointment it is" in page.text
    page = _act(anna, page, "assign", customer=erika.id)
    page = _act(anna, page, "cancel", reason="nobody is in")
    page = _act(anna, page, "tell", by="phone")
    assert "told by phone: cancelled (anna)" in page.text


def test_whoever_goes_back_gives_the_time_back(visitor: FlaskClient) -> None:
    """The button above the form leads to the times of that day, and the one that was held is among them."""
    first = times(visitor.get("/?kind=eye-test"))[0]
    form, _ = (click(visitor, first) for _ in range(2))  # there are two rooms
    assert first not in times(visitor.get("/?kind=eye-test"))
    back = visitor.post("/release", data=hidden(form), follow_redirects=True)
    assert times(back)[0] == first


def test_without_a_kind_a_whole_stretch_is_booked(shop: Site, visitor: FlaskClient) -> None:
    """There is nothing to choose, and the page works all the same."""
    for kind in shop.loyalty.planner(BRANCH).templates():
        shop.desk.appointments.setup.save_template(kind.id, online=False)
    start = times(visitor.get("/"))[0]
    booked = send(visitor, click(visitor, start, kind=""))
    assert "Monday, 12 January, 09:00 to 12:30" in booked.text
    assert "Monday, 12 January, 09:00" in visitor.get(shop.link()).text
    assert visitor.get(f"/form?kind=eye-test&starts_at={start}".replace("+", "%2B")).status_code == 404


def test_a_program_gives_itself_away(shop: Site, visitor: FlaskClient) -> None:
    """It fills in the field that people do not see: the page is the same, and no mail leaves."""
    page = book(visitor, website="https://pills.example")
    assert "A mail is on its way" in page.text
    shop.loyalty.deliver()
    assert shop.mailer.sent() == []
    (reminder,) = shop.desk.appointments.reminders(BRANCH).items
    assert reminder.kind.value == "suspicious"


def test_weeks_go_forward_and_back(visitor: FlaskClient) -> None:
    """F127: nothing is chosen for anybody; weeks begin today and end where nothing is offered any more."""
    assert times(visitor.get("/")) == []
    page = visitor.get("/?kind=eye-test").text
    assert "week=2026-01-19" in page
    assert "Earlier" not in page
    assert "closed" in page
    assert "week=2026-01-12" in visitor.get("/?kind=eye-test&week=2026-01-19").text
    assert "Later" not in visitor.get("/?kind=eye-test&week=9999-12-31").text
    for odd in ("week=yesterday", "week=0001-01-01", "week="):
        assert "Monday, 12 January" in visitor.get(f"/?kind=eye-test&{odd}").text


def test_a_time_that_somebody_fills_the_form_for_is_an_x(visitor: FlaskClient) -> None:
    """F128: there are two rooms; when both are held, the time is gone; who is too late sees the grid again."""
    first = times(visitor.get("/?kind=eye-test"))[0]
    click(visitor, first)
    assert first in times(visitor.get("/?kind=eye-test"))
    form = click(visitor, first)
    assert "is held for you until 09:10" in form.text
    page = visitor.get("/?kind=eye-test")
    assert first not in times(page)
    assert "10:00 not free" in page.text
    late = click(visitor, first)
    assert late.status_code == 409
    assert "this time cannot be booked" in late.text
    assert times(late)
    assert send(visitor, form).status_code == 200  # whoever holds it has it


def test_the_form_keeps_what_was_typed(shop: Site, visitor: FlaskClient) -> None:
    """F130: all faults are named at once, beside their fields and above them, and the first faulty field has the focus."""
    form = click(visitor, times(visitor.get("/?kind=eye-test"))[0])
    answer = send(visitor, form, first_name="", email="erika@", remark="a\nb")
    assert answer.status_code == 422
    assert '<a href="#first_name">First name must not be empty</a>' in answer.text
    assert '<a href="#email">E-mail is not an e-mail address</a>' in answer.text
    assert 'value="Mustermann"' in answer.text
    assert ">a\nb</textarea>" in answer.text
    assert answer.text.count("autofocus") == 1
    assert hidden(answer) == hidden(form)
    assert send(visitor, answer).status_code == 200
    assert _only(shop) is AppointmentState.REQUESTED


def test_a_form_for_a_time_that_is_gone_offers_others(shop: Site, visitor: FlaskClient) -> None:
    """Nothing has to be typed again."""
    form = click(visitor, times(visitor.get("/?kind=eye-test"))[0])
    shop.clock.advance(minutes=11)  # nobody else can have it before
    for room in ("room-1", "room-2"):
        shop.desk.appointments.make(room, MONDAY.replace(hour=10, minute=0), minutes=30)
    answer = send(visitor, form)
    assert answer.status_code == 409
    assert "Another time on this day" in answer.text
    assert "is held for you" not in answer.text
    assert "10:30</option>" in answer.text
    assert 'value="Mustermann"' in answer.text
    assert "Monday, 12 January, 10:30" in send(visitor, answer, starts_at="2026-01-12T10:30:00+00:00").text


def test_a_form_that_is_sent_twice_books_once(shop: Site, visitor: FlaskClient) -> None:
    """The second answer is the first one; the same form with other words is refused."""
    form = click(visitor, times(visitor.get("/?kind=eye-test"))[0])
    assert send(visitor, form).text == send(visitor, form).text
    assert send(visitor, form, last_name="Other").status_code == 409
    assert _only(shop) is AppointmentState.REQUESTED


def test_looking_at_a_link_changes_nothing(shop: Site, visitor: FlaskClient) -> None:
    """Programs that check mails open every link."""
    book(visitor)
    link = shop.link()
    for method in ("GET", "HEAD", "OPTIONS"):
        assert visitor.open(link, method=method).status_code == 200
    for method in ("PUT", "DELETE"):
        assert visitor.open(link, method=method).status_code == 405
    assert _only(shop) is AppointmentState.REQUESTED


def test_guessed_tokens_lead_nowhere(shop: Site, visitor: FlaskClient) -> None:
    """All look the same, nothing is cancelled, and whoever tries too often has to wait."""
    book(visitor)
    link = shop.link()
    guesses = [link[:-1], link.swapcase().replace("/APPOINTMENTS", "/appointments"), "/appointments/%00"]
    answers = {(answer.status_code, answer.text) for answer in map(visitor.post, guesses)}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    for _ in range(57):
        assert visitor.get("/appointments/guessed").status_code == 404
    assert visitor.get("/appointments/guessed").status_code == 429
    assert _only(shop) is AppointmentState.REQUESTED


@pytest.mark.parametrize("name", [SCRIPT, ARABIC, "{{ 7654321 * 1234567 }}", '" autofocus x="'])
def test_whatever_somebody_is_called(shop: Site, visitor: FlaskClient, anna: FlaskClient, name: str) -> None:
    """It is text on every page, for the visitor and for the staff."""
    form = click(visitor, times(visitor.get("/?kind=eye-test"))[0])
    wrong = send(visitor, form, first_name=name, remark=name, email="")
    assert wrong.status_code == 422
    pages = [wrong, send(visitor, wrong, first_name=name, remark=name)]
    (reminder,) = shop.desk.appointments.reminders(BRANCH).items
    page = anna.get(f"/staff/appointments/{reminder.about}")
    shop.loyalty.deliver()
    pages += [anna.get("/staff/"), page, _act(anna, page, "create"), anna.get("/staff/mails")]
    for each in pages:
        assert each.status_code in {200, 422}
        assert SCRIPT not in each.text
        assert '" autofocus x="' not in each.text
        assert str(7654321 * 1234567) not in each.text


def test_a_name_of_300_characters(visitor: FlaskClient) -> None:
    """It is refused beside its field, and stands there still."""
    answer = book(visitor, last_name="x" * 300)
    assert answer.status_code == 422
    assert "Last name is longer than 80 characters" in answer.text
    assert "x" * 300 in answer.text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/hold", {}),
        ("/hold", {"kind": "eye-test", "starts_at": "soon"}),
        ("/hold", {"kind": "eye-test", "starts_at": "2026-01-12T10:00"}),
        ("/hold", {"kind": "eye-test", "starts_at": "0001-01-01T00:00:00+14:00"}),
        ("/hold", {"kind": "eye-test", "starts_at": "9999-12-31T23:00:00-14:00"}),
        ("/hold", {"kind": "eye-test", "starts_at": "9999-12-31T12:00:00+00:00"}),
        ("/hold", {"kind": "eye-test", "starts_at": "0001-01-02T12:00:00+00:00"}),
        ("/hold", {"kind": "cure", "starts_at": "2026-01-12T10:00:00+00:00"}),
        ("/book", {"kind": "eye-test"}),
        ("/nowhere", {}),
    ],
)
def test_odd_requests_are_turned_away(visitor: FlaskClient, path: str, data: dict[str, str]) -> None:
    """With a page that says so, and no trace of the program."""
    answer = visitor.post(path, data=data)
    assert 400 <= answer.status_code < 500
    assert "<h1>" in answer.text


def test_a_form_of_any_size_is_not_read(visitor: FlaskClient) -> None:
    """A shop has no use for more than a few lines."""
    assert book(visitor, remark="x" * 40_000).status_code == 413


def test_pages_of_customers_can_be_embedded(visitor: FlaskClient, anna: FlaskClient) -> None:
    """They need no cookie, and say whose pages may frame them; the staff's pages are framed by nobody."""
    for path in ("/", "/?kind=eye-test", "/appointments/guessed"):
        answer = visitor.get(path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Content-Security-Policy"].endswith(
            "frame-ancestors 'self' https://shop.example"
        )
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = anna.get("/staff/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'")
    assert policy.endswith("frame-ancestors 'none'")


@pytest.mark.parametrize(
    "given", ["shop.example", "https://shop.example/page", "https://a.example; script-src *"]
)
def test_what_no_browser_would_compare_is_no_origin(given: str) -> None:
    """It would fit no page around the frame, or say something else."""
    with pytest.raises(argparse.ArgumentTypeError, match="is no origin"):
        origin(given)
    assert origin("https://shop.example:8443/") == "https://shop.example:8443"


def test_the_desk_is_for_the_staff(shop: Site, visitor: FlaskClient) -> None:
    """Without the password no page of it opens and no button works; and the cookie goes to the desk alone."""
    book(visitor)
    (reminder,) = shop.desk.appointments.reminders(BRANCH).items
    stranger = shop.app.test_client()
    paths = ("/staff/", "/staff/mails", f"/staff/appointments/{reminder.about}")
    assert {stranger.get(path).location for path in paths} == {"/staff/sign-in"}
    token = hidden(stranger.get("/staff/sign-in"))
    cancelling = {**token, "action": "cancel", "reason": ""}
    answer = stranger.post(paths[2], data=cancelling)
    assert answer.location == "/staff/sign-in"
    assert _only(shop) is AppointmentState.REQUESTED
    for wrong in ("", "guessed", "correct horsé"):
        assert _sign_in(stranger, wrong).status_code == 403
    assert _sign_in(stranger, PASSWORD, who="").status_code == 400
    cookie = _sign_in(stranger, PASSWORD).headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/staff", "SameSite=Strict"} <= {*cookie.split("; ")}
    assert stranger.post(paths[2], data=cancelling).status_code == 400  # signed in, there is another token


def test_no_other_site_presses_buttons_of_the_staff(
    shop: Site, visitor: FlaskClient, anna: FlaskClient
) -> None:
    """A form without the token of the session is refused, even with its cookie."""
    book(visitor)
    (reminder,) = shop.desk.appointments.reminders(BRANCH).items
    for token in ({}, {"csrf": ""}, {"csrf": "guessed"}):
        data = {"action": "cancel", "reason": "", **token}
        assert anna.post(f"/staff/appointments/{reminder.about}", data=data).status_code == 400
        assert anna.post(f"/staff/reminders/{reminder.id}", data=token).status_code == 400
    assert _only(shop) is AppointmentState.REQUESTED
    assert len(shop.desk.appointments.reminders(BRANCH).items) == 1


def test_odd_requests_of_the_staff(shop: Site, visitor: FlaskClient, anna: FlaskClient) -> None:
    """They are turned away, too."""
    book(visitor)
    (reminder,) = shop.desk.appointments.reminders(BRANCH).items
    page = anna.get(f"/staff/appointments/{reminder.about}")
    assert _act(anna, page, "explode").status_code == 400
    assert _act(anna, page, "move", starts_at="soon", resource="room-1").status_code == 400
    assert _act(anna, page, "move", starts_at="2026-01-12T15:00", resource="room-3").status_code == 404
    assert _act(anna, page, "tell", by="email").status_code == 409
    assert anna.get("/staff/appointments/none").status_code == 404
    assert anna.get("/staff/?day=9999-12-31").status_code == 400
    assert "12 January" in anna.get("/staff/?day=soon").text


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """It says so, and how to take another one."""
    with nobody_listens() as port:
        ended = run("booking_page/run.py", tmp_path, "--port", str(port))
    assert ended.returncode == 1
    assert f"cannot listen at port {port}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_runs_with_one_command(tmp_path: Path) -> None:
    """It says where customers and staff go, serves on a file, delivers mails by itself, and ends when it is asked to."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / "booking_page" / "run.py"), "--port", "0"]
    with running(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        address = line_with("Customers book at", process.stdout).split()[-1]
        assert f"{address}staff/" in line_with("The staff work at", process.stdout)
        page = requests.get(address, {"kind": "eye-test"}, timeout=30)
        assert page.ok
        assert "Later" in page.text
        process.terminate()
        assert process.wait(30) == 0
    folder = tmp_path / "demo-output" / "booking-page"
    assert {path.name for path in folder.iterdir()} == {"mails", "shop.db"}
