"""Opening the pose backend: for pictures in order, and for looking for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from kinepath.pose import Estimator, load_backend

#: Opens the backend for pictures in order (False) or for single ones (True).
Opener = Callable[[bool], AbstractContextManager[Estimator]]


def opener_of(settings: Mapping[str, Any], model_path: str, search_confidence: float) -> Opener:
    """Give what opens the configured backend.

    Parameters
    ----------
    settings : mapping
        The section ``pose`` of the configuration.
    model_path : str
        The model's file.
    search_confidence : float
        Least confidence of a person in single pictures. It may be low, because who is
        found must be found twice, and is then followed.
    """
    backend = load_backend(settings["backend"])
    for_search = {**settings, "min_detection_confidence": search_confidence}

    def opener(still: bool) -> AbstractContextManager[Estimator]:
        return backend.open_estimator(model_path, for_search if still else settings, still=still)

    return opener
