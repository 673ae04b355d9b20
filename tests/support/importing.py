"""Lists brought in by way of the pages, for their tests."""

import io
import re
from html import unescape

from workers import imports

LIST = b"First Name,Cell Phone,ZIP\nElsa,(202) 555-0143,20001\nHal,not a number,20002\n"


def drop(organizer, content=LIST, file="list.csv"):
    organizer.open("/contacts/upload")
    form = {"file": (io.BytesIO(content), file)}
    return organizer.send("/contacts/upload", form, content_type="multipart/form-data")


def bring_in(organizer, import_id=1, **more):
    """Import what was uploaded, as the page of its columns stands, but for what is said here."""
    page = organizer.open(f"/contacts/imports/{import_id}/match")
    form = {"list_name": "supporters", "consent": "sign-up form", "region": "US", **columns_on(page), **more}
    return organizer.send(f"/contacts/imports/{import_id}/import", form)


def columns_on(page):
    """What each column is on the page of a draft, as a browser would send it."""
    selects = re.findall(r'<select id="column-\d+" name="(column_\d+)".*?</select>', page, re.DOTALL)
    bodies = re.findall(r'<select id="column-\d+".*?</select>', page, re.DOTALL)
    chosen = [re.search(r'<option value="([^"]*)" selected', body)[1] for body in bodies]
    return dict(zip(selects, chosen, strict=True))


def upload(organizer, content=LIST, name="supporters", file="list.csv", **more):
    """Drop a file and import it."""
    answer = drop(organizer, content, file)
    assert answer.status_code == 303, answer.text
    return bring_in(organizer, int(answer.location.rpartition("/")[2]), list_name=name, **more)


def read_it(import_id=1):
    imports.turn(str(import_id))


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split()).replace("\N{MINUS SIGN}", "-")


def figures(page):
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
