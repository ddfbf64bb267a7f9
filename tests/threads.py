from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection


def in_threads(count: int, work: Callable[[int], object], expected: type[Exception] | None = None) -> int:
    """Run `work` in threads that start together; return how many raised what was expected."""
    start = Barrier(count)
    refusals: list[Exception] = []
    failures: list[Exception] = []

    def run(number: int) -> None:
        start.wait()
        try:
            work(number)
        except Exception as error:
            is_expected = expected is not None and isinstance(error, expected)
            (refusals if is_expected else failures).append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return len(refusals)
