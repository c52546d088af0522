"""Writing everything that is stored about a customer into an archive, record by record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from io import TextIOWrapper
from itertools import islice
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from attrs import evolve, frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.merging import Merge
from loyaltycore.merging.forgetting import Shared, shared_by
from loyaltycore.merging.rules.merge import MergeState
from loyaltycore.privacy.files import FILES_OF
from loyaltycore.privacy.rules.export import (
    DOCUMENT,
    FORMAT,
    VERSION,
    ExportedFile,
    FileEntry,
    place_of,
    shown_data,
)
from loyaltycore.storing.codec import all_to_json, to_data, to_json
from loyaltycore.storing.registry import CustomerLink, OnExport, OnMerge, RecordType, Registry
from loyaltycore.work.house import House
from loyaltycore.work.journal import Activity, Alias
from loyaltycore.work.unit import Unit

_PORTION: Final = 500


def exported(registry: Registry) -> Iterator[tuple[RecordType[Any], CustomerLink]]:
    """The record types that an export includes, each with its reference to the customer."""
    for record_type in registry:
        link = record_type.customer
        if link is not None and link.export is OnExport.INCLUDE:
            yield record_type, link


@frozen
class Exporting:
    """Exports one customer in one unit of work."""

    house: House
    unit: Unit
    customer: Customer

    def write(self, archive: ZipFile) -> None:
        """Write the files, then the document that lists them."""
        files = [self._file(archive, each, number) for number, each in enumerate(self._files(), 1)]
        with (
            archive.open(self._entry(DOCUMENT), "w", force_zip64=True) as stream,
            # It gathers small texts: to write each record by itself takes longer than to make it.
            TextIOWrapper(stream, "utf-8", newline="") as document,
        ):
            document.writelines(self._document(files))

    def _files(self) -> Iterator[ExportedFile]:
        for files_of in self.house.added(FILES_OF):
            yield from files_of(self.unit, self.customer)

    def _file(self, archive: ZipFile, file: ExportedFile, number: int) -> FileEntry:
        path = place_of(file.name, number)
        size, digest = 0, sha256()
        with archive.open(self._entry(path), "w", force_zip64=True) as stream:
            for portion in file.portions():
                stream.write(portion)
                digest.update(portion)
                size += len(portion)
        return FileEntry(path, file.name, file.media_type, size, digest.hexdigest())

    def _entry(self, path: str) -> ZipInfo:
        # The time of the unit, so that the same export gives the same archive.
        moment = max(self.unit.now.astimezone(UTC), datetime(1980, 1, 1, tzinfo=UTC))
        entry = ZipInfo(path, moment.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        return entry

    def _document(self, files: list[FileEntry]) -> Iterator[str]:
        former = tuple(each.id for each in self.unit.find(Alias, stored("customer_id") == self.customer.id))
        own = (self.customer.id, *former)
        head = {
            "format": FORMAT,
            "version": VERSION,
            "customer_id": self.customer.id,
            "exported_at": self.unit.now.isoformat(),
            "former_ids": list(former),
        }
        yield f'{_json(head)[:-1]}, "records": {{'
        for place, (record_type, link) in enumerate(exported(self.house.registry)):
            yield f"{', ' if place else ''}{_json(record_type.table)}: ["
            yield from _listed(self._records(record_type, link, own))
            yield "]"
        yield '}, "predecessors": ['
        yield from _listed(self._predecessors(own))
        yield f'], "files": {_json([to_data(each) for each in files])}}}\n'

    def _records(
        self, record_type: RecordType[Any], link: CustomerLink, own: tuple[str, ...]
    ) -> Iterator[str]:
        # What moves refers to the survivor alone; what stays still refers to those who were merged.
        ids = own if link.merge is OnMerge.STAY else own[:1]
        for start in range(0, len(ids), _PORTION):
            where = stored(link.field).one_of(ids[start : start + _PORTION])
            if record_type.cls is Merge:
                # One that was undone names somebody else.
                where &= stored("state") == MergeState.DONE
            found: Iterator[Any] = self.unit.find(record_type.cls, where)
            if record_type.cls is Activity:
                shared = tuple(shared_by(self.unit, own))
                found = (_without_another(self._of_own_alone(each), shared) for each in found)
            if record_type.secret or record_type.mentions:
                yield from (_json(_shown(record_type, each, own)) for each in found)
            else:
                while some := tuple(islice(found, _PORTION)):
                    yield from all_to_json(some, record_type.cls)

    def _of_own_alone(self, activity: Activity) -> Activity:
        """An activity without changes that name others: what it is about may mention somebody else."""
        mentions = self.house.registry.named(activity.subject_table).mentions
        if not mentions:
            return activity
        return evolve(
            activity, changes=tuple(each for each in activity.changes if each.field not in mentions)
        )

    def _predecessors(self, own: tuple[str, ...]) -> Iterator[str]:
        for start in range(0, len(own), _PORTION):
            merged = stored("survivor_id").one_of(own[start : start + _PORTION])
            for each in self.unit.find(Merge, merged & (stored("state") == MergeState.DONE)):
                yield to_json(each.loser_before)


def _shown(record_type: RecordType[Any], record: Any, own: tuple[str, ...]) -> dict[str, Any]:
    return shown_data(to_data(record), secret=record_type.secret, mentions=record_type.mentions, own=own)


def _without_another(activity: Activity, shared: tuple[Shared, ...]) -> Activity:
    """An activity without what it may say of somebody who was merged into the customer, and parted from it again."""
    if any(each.covers(activity.at) for each in shared):
        return evolve(activity, changes=(), comment="")
    return activity


def _listed(items: Iterator[str]) -> Iterator[str]:
    for place, item in enumerate(items):
        yield f", {item}" if place else item


_json: Final = json.JSONEncoder(ensure_ascii=False).encode


def write_archive(house: House, unit: Unit, customer: Customer, to: IO[bytes]) -> None:
    """Write the archive of one customer."""
    with ZipFile(to, "w") as archive:
        Exporting(house, unit, customer).write(archive)
