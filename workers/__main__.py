"""`python -m workers [QUEUE…]`: imports every room, then forks RQ workers' turns from it."""

import sys

from setproctitle import setproctitle

from phonebank import heap, jobs
from phonebank.cli import parent
from phonebank.settings import load
from workers import (
    answers,
    asking,
    counting,
    enrolling,
    followups,
    forking,
    imports,
    opening,
    reconciling,
    replies,
    spool,
    tallying,
    texts,
)

TURNS = (answers, asking, counting, enrolling, followups, imports, reconciling, replies, spool, tallying, texts)


def main(words: list[str]) -> None:
    """Work these queues until told to stop; each queue in a process of its own when none is named."""
    queues = parent.take(words)
    setproctitle(" ".join(["phonebank worker", *queues]))
    opening.open_process(load())
    heap.settle()
    if queues:
        jobs.work(queues)
    else:
        forking.work_each(jobs.QUEUES)


if __name__ == "__main__":
    main(sys.argv[1:])
