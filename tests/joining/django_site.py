"""A Django project in a folder: what `django-admin` writes, what the page adds, and tests that run inside it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from attrs import frozen
from sqlalchemy import NullPool, create_engine, make_url, text

from tests.docs.pages import ROOT, blocks
from tests.engines import bare_database, server

PAGE: Final = ROOT / "docs" / "how-to" / "share-a-database.md"

_FILES: Final = {
    "mysite/urls.py": """
from django.urls import path

from shop.views import sell

urlpatterns = [path("sell/", sell)]
""",
    "shop/models.py": """
from django.db import models


class Sale(models.Model):
    number = models.CharField(max_length=40, unique=True)
""",
    "shop/management/__init__.py": "",
    "shop/management/commands/__init__.py": "",
}

_SETTINGS: Final = """
import json, os

DATABASES = {"default": json.loads(os.environ["SHOP_DATABASE"])}
INSTALLED_APPS = ["shop"]
MIDDLEWARE = []
"""

_ENGINES: Final = {"sqlite": "sqlite3", "postgresql": "postgresql", "mariadb": "mysql"}


@contextmanager
def whole_database(kind: str) -> Iterator[str]:
    """The address of an empty database; on PostgreSQL not a schema of a common one, because Django makes databases."""
    if kind != "postgresql":
        with bare_database(kind) as url:
            yield url
        return
    name, at = f"loyaltycore_{token_hex(6)}", server(kind)
    engine = create_engine(at, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield at.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _database(url: str) -> dict[str, Any]:
    """The address of a database as Django takes it."""
    parsed = make_url(url)
    kind = parsed.drivername.partition("+")[0]
    return {
        "ENGINE": f"django.db.backends.{_ENGINES[kind]}",
        "NAME": parsed.database,
        "USER": parsed.username or "",
        "PASSWORD": parsed.password or "",
        "HOST": parsed.host or "",
        "PORT": parsed.port or "",
    }


@frozen
class Project:
    """A project."""

    folder: Path
    database: dict[str, Any]

    def manage(self, *command: str) -> str:
        """Run `manage.py`; answers what it says."""
        return self.run("-W", "error", "manage.py", *command)

    def run(self, *command: str) -> str:
        """Run Python in the project; answers what it says."""
        paths = (str(ROOT / "src"), str(ROOT / "adapters"), str(ROOT), os.environ.get("PYTHONPATH", ""))
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "mysite.settings",
                "PYTHONPATH": os.pathsep.join(paths),
                "SHOP_DATABASE": json.dumps(self.database),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        return said

    def write(self, name: str, code: str) -> None:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, "utf-8")


def start_project(folder: Path, url: str) -> Project:
    """A project with the files of the page, not migrated yet."""
    subprocess.run(
        [sys.executable, "-m", "django", "startproject", "mysite", "."], cwd=folder, check=True, timeout=60
    )
    subprocess.run([sys.executable, "-m", "django", "startapp", "shop"], cwd=folder, check=True, timeout=60)
    project = Project(folder, _database(url))
    settings = folder / "mysite" / "settings.py"
    project.write("mysite/settings.py", settings.read_text("utf-8") + _SETTINGS)
    # The driver of MariaDB that is installed for the tests takes the place of the one that Django asks for.
    project.write("mysite/__init__.py", "import pymysql\n\npymysql.install_as_MySQLdb()\n")
    for name, code in _FILES.items():
        project.write(name, code)
    for block in blocks(PAGE):
        if found := re.match(r"# (shop/\S+\.py)\n", block.code):
            project.write(found[1], block.code)
    # The first migration is that of the model alone.
    second = folder / "shop" / "migrations" / "0002_loyalty.py"
    kept = second.rename(folder / "kept.py")
    project.manage("makemigrations", "shop")
    shutil.move(kept, second)
    return project
