from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from kinepath.runtime.batches import MemoryShortage, Shrinking, ahead


@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_items_come_in_lists_in_their_order(count: int) -> None:
    lists = list(ahead(range(count), 2))
    assert [item for some in lists for item in some] == list(range(count))
    assert all(len(some) == 2 for some in lists[:-1])


def test_items_are_got_on_another_thread_and_not_too_far_ahead() -> None:
    got: list[int] = []
    threads = set()

    def items() -> Iterator[int]:
        for k in range(100):
            threads.add(threading.get_ident())
            got.append(k)
            yield k

    some = ahead(items(), 2, waiting=3)
    assert next(some) == [0, 1]
    time.sleep(0.3)
    # Three lists wait, one is on its way in, and the next item has not been asked for.
    assert len(got) <= 2 * (1 + 3 + 1) + 1
    some.close()  # type: ignore[attr-defined]
    assert threading.get_ident() not in threads
    assert threading.active_count() == 1 or not any(
        thread.ident in threads for thread in threading.enumerate()
    )


def test_an_error_while_items_are_got_is_raised_where_they_are_used() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        list(ahead(items(), 4))


def test_batches_shrink_until_they_fit_and_stay_small() -> None:
    sizes: list[int] = []

    def run(batch: Sequence[int]) -> list[int]:
        sizes.append(len(batch))
        if len(batch) > 3:
            raise RuntimeError("CUDA out of memory")
        return [10 * item for item in batch]

    shrinking = Shrinking(8, lambda error: "out of memory" in str(error))
    assert shrinking(range(10), run) == [10 * k for k in range(10)]
    assert shrinking(range(2), run) == [0, 10]
    assert sizes == [8, 4, 2, 2, 2, 2, 2, 2]


def test_a_device_too_small_for_one_is_a_clear_error_and_other_errors_are_theirs() -> None:
    def fail(batch: Sequence[int]) -> list[int]:
        raise RuntimeError(message)

    message = "out of memory"
    shrinking = Shrinking(4, lambda error: "out of memory" in str(error))
    with pytest.raises(MemoryShortage, match="too small even for batches of one"):
        shrinking(range(4), fail)
    message = "other"
    with pytest.raises(RuntimeError, match="other"):
        shrinking(range(4), fail)
