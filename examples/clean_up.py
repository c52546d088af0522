"""A shop cleans up: two tables of customers come together, and everybody is to be there once.

    python examples/clean_up.py [--form FILE]

Two tables are imported that overlap. Who is there twice is found, compared in a form, and merged; one merge is undone; one
customer asks what is stored, and to be forgotten. `--form` keeps the page on which two customers are compared. The program
checks itself and ends with 0 only if everything came out as it should.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from loyaltycore import Desk, Loyalty
from loyaltycore.merging import Candidate, DuplicatePair, MergePlan
from loyaltycore.privacy import read_export
from loyaltycore_sql import SqlStorage

TILL = """Kd-Nr;Vorname;Nachname;Geburtsdatum;Telefon;Straße;PLZ;Ort
1001;Erika;Mustermann;12.08.1964;030 1234567;Lindenstraße 5;10969;Berlin
1002;Hans;Müller;01.02.1950;030 7654321;Hauptstraße 1;10115;Berlin
1003;Hans;Müller;09.07.1980;030 7654321;Hauptstraße 1;10115;Berlin
1004;Jörg;Weiß;24.12.1971;0170 1112233;Ring 9;50667;Köln
1005;Anna;Schmidt;03.03.1990;0171 4445566;Weg 2;80331;München
"""
SHOP = """first_name;last_name;birth_date;email;phone;street;postal_code;city
Erika;Musterman;1964-08-12;erika@example.org;030 1234567;Lindenstr. 5;10969;Berlin
Hans;Mueller;1950-02-01;hans@example.org;;;;
Joerg;Weiss;1971-12-24;joerg@example.org;0170 1112233;;;
Anna;Huber;1990-03-03;anna@example.org;0171 4445566;Gasse 7;80331;München
Anna;Schmidt;1990-03-03;;0171 4445566;;;
"""


def main(form: Path | None) -> None:
    """Play it through."""
    storage = SqlStorage("sqlite:///:memory:")
    desk = Loyalty(storage).session("anna")
    bring_in(desk)
    pairs = find(desk)
    merges = merge(desk, pairs, form)
    undo(desk, merges)
    forget(desk)
    storage.close()


def bring_in(desk: Desk) -> None:
    """Whom the import is sure of is known already, and gets what they lack; everybody else is added."""
    title("Two tables come together")
    for name, table in (("till.csv", TILL), ("shop.csv", SHOP)):
        report = desk.customers.import_file([table.encode()], default_country="DE", complete=True)
        say(f"{name}: {report.added} added, {report.skipped} known already")
        for row in report.duplicates:
            reasons = ", ".join(each.field for each in row.reasons if each.weight > 0)
            filled = f"; filled {', '.join(row.completed)}" if row.completed else ""
            say(f"  line {row.line} is customer {row.number}: {reasons}{filled}")
    expect(desk.customers.count(), 7)


def find(desk: Desk) -> list[DuplicatePair]:
    """All pairs who may be one, the likeliest first; father and son are told apart by a person."""
    title("Who is there twice")
    pairs = sorted(desk.merging.all_duplicates(), key=lambda pair: (-pair.candidate.score, pair.customer.id))
    for pair in pairs:
        say(f"{said(pair)}: {pair.candidate.strength.value}, {because(pair.candidate)}")
    father, son = (desk.customers.by_number(number) for number in ("1002", "1003"))
    desk.merging.not_duplicates(father.id, son.id)
    left = [pair for pair in pairs if {pair.customer.id, pair.candidate.customer.id} != {father.id, son.id}]
    say(f"{father.display_name}, father and son, are two: {len(left)} pairs are left")
    expect(len(left), len(list(desk.merging.all_duplicates())))
    return left


def merge(desk: Desk, pairs: Sequence[DuplicatePair], form: Path | None) -> list[str]:
    """The older record stays; it takes over what it lacks, and both phones."""
    title("Merged")
    done = []
    for pair in pairs:
        plan = desk.merging.plan(survivor=pair.customer.id, loser=pair.candidate.customer.id)
        plan = plan.take_missing().take_both("phones") if differs(plan, "phones") else plan.take_missing()
        if form is not None and pair.customer.number == "1001":
            form.write_text(page(plan, pair.candidate), "utf-8")
        merged = desk.merging.execute(plan, reason="clean-up")
        done.append(merged.id)
        took = ", ".join(each.label for each in plan.differing if each.chosen)
        say(f"{said(pair)}: took over {took}")
    expect(desk.customers.by_number("1001").email, "erika@example.org")
    return done


def undo(desk: Desk, merges: Sequence[str]) -> None:
    """Somebody calls: that was not me. Both are there again as they were."""
    title("One was a mistake")
    before = desk.customers.count()
    for each in merges:
        found = desk.merging.get(each)
        if found.loser_before.last_name == "Huber":
            undone = desk.merging.undo(each, reason="her sister-in-law")
            desk.merging.not_duplicates(found.survivor_id, found.loser_id)
            names = " and ".join(
                desk.customers.get(key).display_name for key in (found.survivor_id, found.loser_id)
            )
            say(f"{names} are two again, {len(undone.conflicts)} conflicts")
    expect(desk.customers.count(), before + 1)


def forget(desk: Desk) -> None:
    """What is stored is handed over; then it is gone."""
    title("What is stored, and what is left")
    erika = desk.customers.by_number("1001")
    archive = BytesIO()
    desk.privacy.export(erika.id, to=archive)
    archive.seek(0)
    records = read_export(archive).records
    exported = ", ".join(f"{len(some)} {table}" for table, some in sorted(records.items()) if some)
    say(f"exported: {exported}")
    preview = desk.privacy.preview(erika.id)
    erased = desk.privacy.erase(erika.id, confirm=preview.confirmation)
    say(f"erased by {erased.by}: customer {erika.number}; left are")
    for customer in desk.customers.each():
        say(f"  {customer.number}: {customer.display_name}, {customer.email or 'no e-mail'}")
    expect(list(desk.merging.all_duplicates()), [])


def page(plan: MergePlan, candidate: Candidate) -> str:
    """The form on which a person compares two customers: both values of each field, and what comes of them."""
    rows = "".join(
        f"<tr><th>{escape(each.label)}<td>{shown(each.survivor)}<td>{shown(each.loser)}"
        f"<td><b>{shown(each.result)}</b></tr>"
        for each in plan.differing
    )
    reasons = "".join(
        f"<li>{escape(each.field.replace('_', ' '))}: {each.agreement.value}, {each.weight:+.1f} bits</li>"
        for each in candidate.evidence
        if each.agreement.value != "missing"
    )
    blockers = "".join(f"<li>{escape(each.message)}</li>" for each in plan.blockers) or "<li>nothing</li>"
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Compare two customers</title>
<style>
body {{ font: 15px/1.4 sans-serif; margin: 1.5em; max-width: 46em; color: #222 }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; padding: .35em .6em; border-bottom: 1px solid #ccc; vertical-align: top }}
thead th {{ background: #eee }} tbody th {{ font-weight: normal; color: #555 }}
</style>
<h1>Are these one customer?</h1>
<p>{min(candidate.score, 0.999):.1%} likely ({candidate.strength.value}).</p><ul>{reasons}</ul>
<table><thead><tr><th>Field<th>{escape(plan.survivor.number)} stays<th>{escape(plan.loser.number)} goes<th>Result</tr></thead>
<tbody>{rows}</tbody></table>
<p>In the way:</p><ul>{blockers}</ul></html>
"""


def shown(value: Any) -> str:
    """A value in a cell."""
    if isinstance(value, tuple):
        return "<br>".join(map(shown, value)) or "-"
    text = getattr(value, "number", None) or getattr(value, "street", None) or value
    place = f", {value.postal_code} {value.city}" if hasattr(value, "street") else ""
    return escape(f"{text}{place}") if text else "-"


def differs(plan: MergePlan, key: str) -> bool:
    """Whether both have phones, and others."""
    return any(each.key == key and each.survivor and each.loser for each in plan.differing)


def said(pair: DuplicatePair) -> str:
    """Both names."""
    return f"{pair.customer.display_name} = {pair.candidate.customer.display_name}"


def because(candidate: Candidate) -> str:
    """The fields that speak for it."""
    return ", ".join(each.field for each in candidate.evidence if each.weight > 0)


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}")


def say(text: str) -> None:
    """Print a line of a part."""
    print(f"  {text}")


def expect(found: object, wanted: object) -> None:
    """Check what came out."""
    if found != wanted:
        raise SystemExit(f"expected {wanted!r}, found {found!r}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A shop cleans up its customers.")
    parser.add_argument("--form", type=Path, help="keep the page on which two customers are compared")
    main(parser.parse_args().form)
