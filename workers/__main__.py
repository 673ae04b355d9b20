"""`python -m workers [QUEUE…]`: imports every room, then forks RQ workers' turns from it."""

import sys

from phonebank import jobs
from phonebank.settings import load
from workers import answers, enrolling, followups, imports, opening, reconciling, replies, spool, texts

TURNS = (answers, enrolling, followups, imports, reconciling, replies, spool, texts)


def main(queues: list[str]) -> None:
    """Work these queues until told to stop; all of them, the urgent first, when none is named."""
    opening.open_process(load())
    jobs.work(queues or list(jobs.QUEUES))


if __name__ == "__main__":
    main(sys.argv[1:])
