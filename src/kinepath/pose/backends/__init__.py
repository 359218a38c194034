"""The backends: each is a module of this package that provides ``open_estimator``."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from kinepath.pose.base import Backend, PoseError


def backends() -> list[str]:
    """Return the names of the available backends."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in names if not name.startswith("_"))


def load_backend(name: str) -> Backend:
    """Import a backend by name.

    Raises
    ------
    PoseError
        If no backend has that name.
    """
    if name not in backends():
        raise PoseError(f"no pose backend {name!r}; there are: {', '.join(backends())}")
    module: Any = importlib.import_module(f"{__name__}.{name}")
    backend: Backend = module
    return backend
