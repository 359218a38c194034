"""Keeping a GPU busy: frames prefetched on another thread, and batches that fit its memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from kinepath.errors import KinepathError

T = TypeVar("T")
R = TypeVar("R")


class MemoryShortage(KinepathError):
    """A batch of one that does not fit the device's memory."""


def ahead(items: Iterable[T], size: int, waiting: int = 2) -> Iterator[list[T]]:
    """Collect items into lists of ``size`` on another thread, a few lists ahead.

    Parameters
    ----------
    items : iterable
        Such as decoded frames; an error raised while iterating is re-raised here.
    size : int
        Items per list; the last may have fewer.
    waiting : int
        Maximum number of lists kept ready.
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
    """Run batches, and halve their size permanently when the device runs out of memory.

    Parameters
    ----------
    size : int
        Initial batch size.
    is_shortage : callable
        Returns whether an error means that memory ran out.
    """

    def __init__(self, size: int, is_shortage: Callable[[Exception], bool]) -> None:
        self.size = size
        self._is_shortage = is_shortage

    def __call__(self, items: Sequence[T], run: Callable[[Sequence[T]], Iterable[R]]) -> list[R]:
        """Return the results of ``run`` for all items, in order.

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
