"""What somebody hears who waits in a queue or for a conference to begin."""

import asyncio
from urllib.parse import urljoin

from phonebank import clock
from phonebank.rehearsal.lines import Line
from phonebank.rehearsal.talking import Next, Talking

_BREATH_S = 0.2


async def keep_company(talking: Talking, line: Line, url: str | None, room: str, **told: str) -> Next:
    """The wait document, again and again, until canceled; gives what ended it otherwise.

    Without an address it is the carrier's own music; with an empty one, silence.
    """
    if url is None:
        line.sounds(clock.now())
        line.note("line", "(music)")
    while url:
        here = line.url
        ended = await talking.follow(line, Next(urljoin(here, url)), room, **told)
        line.url = here
        if ended is not None:
            return ended
        await asyncio.sleep(_BREATH_S)
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")
