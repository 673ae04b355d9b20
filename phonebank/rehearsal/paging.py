"""One page of a listing as Twilio gives it: newest first, with the address of the next."""

from collections.abc import Callable, Iterable, Iterator
from itertools import dropwhile, islice
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from phonebank.rehearsal.checking import Values

_SIZE = 50


class Listed(Protocol):
    @property
    def sid(self) -> str: ...


Item = TypeVar("Item", bound=Listed)


def page_of(key: str, path: str, asked: Values, items: Iterable[Item], show: Callable[[Item], Values]) -> Values:
    """The page that was asked for, its items under `key`; `path` is the listing's own."""
    size, page = asked.get("PageSize", _SIZE), asked.get("Page", 0)
    found = list(islice(_after(asked.get("PageToken"), items), size + 1))
    here, more = found[:size], len(found) > size
    return {
        "end": page * size + max(0, len(here) - 1),
        "first_page_uri": _uri(path, asked, 0, None),
        key: [show(item) for item in here],
        "next_page_uri": _uri(path, asked, page + 1, here[-1].sid) if more else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": _uri(path, asked, page - 1, None) if page else None,
        "start": page * size,
        "uri": _uri(path, asked, page, None),
    }


def _after(token: str | None, items: Iterable[Item]) -> Iterator[Item]:
    if not token:
        return iter(items)
    last = token.removeprefix("PA")
    rest = dropwhile(lambda item: item.sid != last, items)
    next(rest, None)
    return rest


def _uri(path: str, asked: Values, page: int, token: str | None) -> str:
    kept = {key: value for key, value in asked.items() if key not in {"Page", "PageToken"}}
    kept |= {"PageSize": asked.get("PageSize", _SIZE), "Page": page}
    if token:
        kept["PageToken"] = f"PA{token}"
    return f"{path}?{urlencode(kept)}"
