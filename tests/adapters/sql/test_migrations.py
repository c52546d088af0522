"""What earlier versions wrote is there after a migration, with everything that later versions look at."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from loyaltycore.capabilities import core_record_types
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.kernel.contact import Address, Phone, PhoneKind
from loyaltycore.kernel.criteria import Query, has_key, stored
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.migrating import run_revisions
from tests.engines import ENGINES, bare_database

INSERT = """
INSERT INTO loyalty_customers (id, number, kind, last_name, first_name, company, sort_name, created_at, title,
 name_extension, email, phones, addresses, birth_date, language, notes, privacy, consent_letter, consent_email,
 consent_phone, consent_sms, external_number, branch_id, version)
VALUES (:id, :id, 'person', 'Muster', '', '', 'muster', 0, '', '', '', :phones, :addresses, :birth_date, '', '', 'open',
 'open', 'open', 'open', 'open', '', '', 3)
"""
PHONES = '[{"kind":"mobile","number":"+491701234567","sms_allowed":true}]'
ADDRESSES = (
    '[{"city":"Köln","country":"DE","extra":"","kind":"residence","postal_code":"50667","recipient":"",'
    '"street":"Domkloster 4"}]'
)
ROWS = [
    {"id": f"c{number:04}", "phones": "[]", "addresses": "[]", "birth_date": None} for number in range(1200)
] + [{"id": "erika", "phones": PHONES, "addresses": ADDRESSES, "birth_date": date(1964, 8, 12)}]


def _at_first_revision(storage: SqlStorage) -> None:
    """Set the tables up as the first version did, with customers in them."""
    with storage._schema._changing() as connection:
        run_revisions(connection, storage.prefix, "0001")
        connection.execute(text(INSERT), ROWS)
        connection.execute(
            text(
                "INSERT INTO loyalty_customers_keys (lookup, value, record_key) VALUES ('name', 'muster', 'erika')"
            )
        )


@pytest.mark.parametrize("engine", ENGINES)
def test_customers_of_the_first_version_are_derived(engine: str) -> None:
    """After the migration a stored customer has the derived fields and the keys that a new one would have."""
    with bare_database(engine) as url:
        storage = SqlStorage(url, migrate=True)
        _at_first_revision(storage)
        for _ in range(2):
            storage.bind(Registry(core_record_types()))
            with storage.transaction(read_only=True) as tx:
                erika = tx.get(Customer, "erika")
                assert erika is not None
                assert erika.phones == (Phone("+491701234567", PhoneKind.MOBILE, sms_allowed=True),)
                assert erika.addresses == (Address("Domkloster 4", "50667", "Köln", "DE"),)
                assert (erika.birthday, erika.postal_code, erika.has_post) == ("08-12", "50667", True)
                assert (erika.mobile, dict(erika.custom), erika.version) == ("+491701234567", {}, 3)
                assert with_derived(erika) == erika
                assert tx.count(Customer, Query(stored("has_post") == True)) == 1  # noqa: E712  builds a criterion
                assert tx.count(Customer, Query(stored("birthday") == "")) == len(ROWS) - 1
                for lookup, key in (("city", "koeln"), ("city", "koln"), ("name", "muster")):
                    assert [found.id for found in tx.find(Customer, Query(has_key(lookup, key)))] == ["erika"]
            # As if it had been cut short before its end was noted.
            with storage._database.engine.begin() as connection:
                connection.execute(text("UPDATE loyalty_schema_version SET version_num = '0001'"))
        storage.close()
