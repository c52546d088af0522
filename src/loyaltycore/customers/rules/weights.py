"""How often customers agree in each field, by degree. Written by ``scripts/train_weights.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DOUBLES: Final[Mapping[str, Mapping[str, float]]] = {
    "last_name": {"same": 0.606063, "near": 0.280575, "far": 0.045719, "other": 0.067643},
    "first_name": {"same": 0.661454, "near": 0.196611, "far": 0.028151, "other": 0.113784},
    "company": {"same": 0.606063, "near": 0.280575, "far": 0.045719, "other": 0.067643},
    "birth_date": {"same": 0.927275, "near": 0.005942, "far": 0.005164, "other": 0.061618},
    "email": {"same": 0.822452, "other": 0.177548},
    "phones": {"same": 0.794922, "other": 0.205078},
    "addresses": {"same same": 0.462015, "same near": 0.139709, "same other": 0.005985, "near same": 0.113071, "near near": 0.083730, "near other": 0.003575, "other same": 0.111016, "other near": 0.059793, "other other": 0.021106},
}  # fmt: skip
"""Between two records of one person."""

CHANCE: Final[Mapping[str, Mapping[str, float]]] = {
    "last_name": {"same": 0.011163, "near": 0.001982, "far": 0.011937, "other": 0.974918},
    "first_name": {"same": 0.013265, "near": 0.001667, "far": 0.008508, "other": 0.976559},
    "company": {"same": 0.011163, "near": 0.001982, "far": 0.011937, "other": 0.974918},
    "birth_date": {"same": 0.000470, "near": 0.000844, "far": 0.014272, "other": 0.984414},
    "email": {"same": 0.000046, "other": 0.999954},
    "phones": {"same": 0.000127, "other": 0.999873},
    "addresses": {"same same": 0.000182, "same near": 0.000116, "same other": 0.000020, "near same": 0.000093, "near near": 0.000059, "near other": 0.000055, "other same": 0.067715, "other near": 0.061149, "other other": 0.870612},
}  # fmt: skip
"""Between two people."""
