#!/usr/bin/env bash
# Installs the oldest version of each dependency in an environment that is thrown away, and runs with them the tests of
# rules and records and the conformance suites of the storages (`DjangoStorage` among them) and of the holiday calendar.
# The other adapters and the services are not tried here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

env=$(mktemp -d)
trap 'rm -rf "$env"' EXIT
python3 -m venv "$env"
"$env/bin/python" scripts/oldest.py >"$env/oldest.txt"
"$env/bin/pip" install --quiet --disable-pip-version-check -c "$env/oldest.txt" -e ".[all,demo,django,testing]" pytest-timeout pytest-xdist
"$env/bin/python" -m pytest -q -n auto --hypothesis-profile=quick tests/domain tests/records \
  tests/testing/test_conformance_{memory,sql,holidays}.py \
  tests/joining/test_django.py::test_the_storage_keeps_its_contract -k "not TestOddMariadb"
