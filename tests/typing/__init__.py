# ruff: noqa: A005  nobody imports it by the bare name
