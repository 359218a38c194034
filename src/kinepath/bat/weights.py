"""The weights by which the bat is found, from ``weights.json``."""

from __future__ import annotations

import json
from importlib.resources import files

_WEIGHTS = json.loads(files("kinepath.bat").joinpath("weights.json").read_text(encoding="utf-8"))
#: The network (:mod:`kinepath.bat.network`) over :data:`kinepath.bat.evidence.FEATURES` before the
#: implement's colours are known, and with them.
BLIND: tuple[float, ...] = tuple(_WEIGHTS["blind"])
INFORMED: tuple[float, ...] = tuple(_WEIGHTS["informed"])
#: Of :data:`kinepath.bat.gate.SIGNS`, for the logit of the chance that a tip is right.
CERTAINTY: tuple[float, ...] = tuple(_WEIGHTS["certainty"])
