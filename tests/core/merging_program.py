"""The job of a merger in a process of its own, two households a step and slowly, so that it can be killed midway."""

import time

from core.cases import mergers
from tests.core import jobs_program

whole_chunk = mergers.move_some


def slowly(work, after, last):
    time.sleep(0.02)
    return whole_chunk(work, after, last)


mergers.CHUNK = 2
mergers.move_some = slowly

if __name__ == "__main__":
    jobs_program.main()
