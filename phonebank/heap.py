"""Tells the garbage collector of a busy process what to pass by."""

import gc


def settle() -> None:
    """Once all is imported: what is here stays, so the collector passes it by, here and in what is forked from here.

    Looking seldom at the rest saves a third of a sender's time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
