"""A Django for the peers that live in one: a process can have only one set of settings."""

from __future__ import annotations

from functools import cache
from typing import Final

_SHOP: Final = (
    *("analytics", "checkout", "address", "shipping", "catalogue", "communication", "partner", "basket"),
    *("payment", "offer", "order", "customer", "search", "voucher", "wishlists", "dashboard"),
)
_DASHBOARD: Final = (
    *("reports", "users", "orders", "catalogue", "offers", "partners", "pages", "ranges", "reviews"),
    *("vouchers", "communications", "shipping"),
)


@cache
def set_up_django() -> None:
    """Django on SQLite in memory, with all of django-oscar, with django-appointment, and with a shop."""
    import django
    from django.conf import settings
    from oscar import defaults

    parts = ("admin", "auth", "contenttypes", "sessions", "messages", "sites", "staticfiles", "flatpages")
    apps = [
        *(f"django.contrib.{each}" for each in parts),
        "oscar.config.Shop",
        *(f"oscar.apps.{each}.apps.{each.title()}Config" for each in _SHOP),
        "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
        *(f"oscar.apps.dashboard.{each}.apps.{each.title()}DashboardConfig" for each in _DASHBOARD),
        *(
            "haystack",
            "treebeard",
            "django_tables2",
            "appointment",
            "django_extensions",
            "benchmarks.django_shop",
        ),
    ]
    settings.configure(
        SECRET_KEY="benchmark",  # noqa: S106  nobody signs in
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        SITE_ID=1,
        USE_TZ=True,
        INSTALLED_APPS=apps,
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        **{name: value for name, value in vars(defaults).items() if name.startswith("OSCAR")},
    )
    django.setup()
