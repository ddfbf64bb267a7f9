"""When to ask after a task again."""

from datetime import timedelta

FIRST_LOOK = timedelta(seconds=5)
# How long a task takes before the studio has seen one: the example in the API's documentation.
USUAL_UNTIL_KNOWN = 50.0
EARLY, LATE = 0.6, 2.0  # of the usual time: between them most tasks end
LOOKS_IN_USUAL = 12
SHORTEST, LONGEST = 4.0, 1800.0  # seconds
SHARE_OF_AGE = 0.1


def next_look(age: float, usual: float) -> timedelta:
    """Return the wait before the next look at a task of this age, both in seconds.

    Half the way to the time when tasks begin to end, then often, then ever more slowly.
    """
    if age < EARLY * usual:
        wait = (EARLY * usual - age) / 2
    elif age < LATE * usual:
        wait = usual / LOOKS_IN_USUAL
    else:
        wait = SHARE_OF_AGE * age
    return timedelta(seconds=min(max(wait, SHORTEST), LONGEST))
