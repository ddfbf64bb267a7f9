"""Let only so many of a kind run on this machine at once, whoever starts them: renders, previews, rounds of looks."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def take_slot(folder: Path, slots: int) -> Iterator[bool]:
    """Hold one of `slots` places while the block runs; yield False if all are taken.

    A place is a lock on a file, so the system frees it with the process that held it, however that ended.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(slots):
        with (folder / f"slot-{number}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield True
            return
    yield False
