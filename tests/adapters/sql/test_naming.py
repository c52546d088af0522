"""Names are derived in one fixed way, short enough for every engine."""

from __future__ import annotations

import pytest
from attrs import frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.storing.registry import RecordType, Registry
from loyaltycore_sql.layouts import Layouts
from loyaltycore_sql.naming import (
    IDENTIFIER_LENGTH,
    index_name,
    keys_table_name,
    primary_name,
    table_name,
    unique_name,
    version_table_name,
)


def test_names_never_change() -> None:
    """Published migrations rely on these very names."""
    assert table_name("shop_", "customers") == "shop_customers"
    assert keys_table_name("shop_", "customers") == "shop_customers_keys"
    assert version_table_name("shop_") == "shop_schema_version"
    assert primary_name("shop_customers") == "pk_shop_customers"
    assert unique_name("shop_parts", ("batch", "order")) == "uq_shop_parts_batch_order"
    assert index_name("shop_parts", ("batch", "order")) == "ix_shop_parts_batch_order"
    long = unique_name("shop_parts", ("a_rather_long_field", "another_rather_long_field", "and_one_more"))
    assert long == "uq_shop_parts_a_rather_long_field_another_rather_long__0e49b62d"
    assert len(long) == IDENTIFIER_LENGTH


def test_long_names_stay_apart() -> None:
    """Names that are cut do not become equal."""
    fields = [("x" * 60, str(number)) for number in range(50)]
    assert len({unique_name("t", each) for each in fields}) == 50


@frozen
class Thing:
    id: str
    version: int = 1


@frozen
class Wide:
    id: str
    a_field_with_a_name_that_is_longer_than_any_engine_would_ever_allow: str = ""
    version: int = 1


@pytest.mark.parametrize(
    "record_type",
    [
        RecordType(cls=Thing, table="t" * 60),
        RecordType(cls=Wide, table="wides"),
        RecordType(cls=Thing, table="t" * 52, lookups=("a",), lookup_keys=lambda _: {}),
        RecordType(cls=Thing, table="things", lookups=("a" * 41,), lookup_keys=lambda _: {}),
    ],
)
def test_too_long_names_are_refused(record_type: RecordType[object]) -> None:
    """PostgreSQL would cut a longer name silently, so it is refused when the storage is bound."""
    with pytest.raises(RegistrationError, match="longer than"):
        Layouts(Registry((record_type,)), "loyalty_")
