"""Keeping a GPU busy: frames decoded ahead on another thread, and batches that fit its memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from kinepath.errors import KinepathError

T = TypeVar("T")
R = TypeVar("R")


class MemoryShortage(KinepathError):
    """A batch of one does not fit the device's memory."""


def ahead(items: Iterable[T], size: int, waiting: int = 2) -> Iterator[list[T]]:
    """Collect items into lists of ``size`` on another thread, a few lists ahead.

    Parameters
    ----------
    items : iterable
        Such as decoded frames; an error while getting them is raised here.
    size : int
        Items in a list; the last may have fewer.
    waiting : int
        Lists that are held ready at most.
    """
    ready: queue.Queue[list[T] | BaseException | None] = queue.Queue(maxsize=waiting)
    stop = threading.Event()

    def put(thing: list[T] | BaseException | None) -> None:
        while not stop.is_set():
            try:
                ready.put(thing, timeout=0.1)
            except queue.Full:
                continue
            return

    def work() -> None:
        batch: list[T] = []
        try:
            for item in items:
                batch.append(item)
                if len(batch) == size:
                    put(batch)
                    batch = []
                if stop.is_set():
                    return
            if batch:
                put(batch)
            put(None)
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while (thing := ready.get()) is not None:
            if isinstance(thing, BaseException):
                raise thing
            yield thing
    finally:
        stop.set()
        thread.join()


class Shrinking:
    """Runs batches, and halves their size for good when the device's memory is short.

    Parameters
    ----------
    size : int
        The size to begin with.
    is_shortage : callable
        Tells whether an error means that memory was short.
    """

    def __init__(self, size: int, is_shortage: Callable[[Exception], bool]) -> None:
        self.size = size
        self._is_shortage = is_shortage

    def __call__(self, items: Sequence[T], run: Callable[[Sequence[T]], Iterable[R]]) -> list[R]:
        """Return what ``run`` gives for all items, in their order.

        Raises
        ------
        MemoryShortage
            If not even one item at a time fits.
        """
        results: list[R] = []
        while len(results) < len(items):
            batch = items[len(results) : len(results) + self.size]
            try:
                results += run(batch)
            except Exception as error:
                if not self._is_shortage(error):
                    raise
                if self.size == 1:
                    raise MemoryShortage(
                        "the device's memory is too small even for batches of one: use a smaller"
                        " model, another device, or end what else runs on it"
                    ) from None
                self.size = max(1, self.size // 2)
        return results
