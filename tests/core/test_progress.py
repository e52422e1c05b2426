"""How far work has come: known while it runs, never more than all of it, forgotten after."""

from core import progress
from core.progress import Come, Stretch


def test_given_work_under_way_when_asked_then_it_is_known_until_it_is_over() -> None:
    assert progress.of("w") is None
    progress.note("w", 3, 10)
    assert progress.of("w") == Come(3, 10)
    Stretch("w", 8, 10).note(5)
    assert progress.of("w") == Come(10, 10)
    progress.over("w")
    progress.over("w")
    assert progress.of("w") is None


def test_given_work_that_never_ends_when_there_is_much_then_the_oldest_is_forgotten() -> None:
    for number in range(250):
        progress.note(f"w{number}", 1, 2)
        progress.note("w0", 1, 2)

    assert progress.of("w0") == Come(1, 2)
    assert progress.of("w1") is None
    assert progress.of("w249") == Come(1, 2)
    assert sum(progress.of(f"w{number}") is not None for number in range(250)) == 200
    for number in range(250):
        progress.over(f"w{number}")
