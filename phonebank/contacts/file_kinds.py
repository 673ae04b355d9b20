"""What a file is by its first bytes, so that a picture is called a picture (pure)."""

import re

from phonebank.errors import BadInputError

LOOK_AT = 65_536
_BEGINNINGS = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"\xfd7zXZ", "a compressed file (xz)"),
    (b"SQLite format 3", "a SQLite database"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_WEB_PAGE = re.compile(rb"<(?:!doctype|html|head|body|table|\?xml|script)\b", re.IGNORECASE)
_JSON = re.compile(rb"[{\[]\s*[\"{\[\]}]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_MOST_CONTROL = 0.05


def is_zip(head: bytes) -> bool:
    """A ZIP archive, as an XLSX is."""
    return head.startswith(b"PK\x03\x04")


def refuse_unless_text(head: bytes) -> None:
    """Raises BadInputError that names what the file is, when it is no list in text."""
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise BadInputError("The file is empty.")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for beginning, kind in _BEGINNINGS:
        if start.startswith(beginning):
            raise not_a_list(kind)
    if b"%PDF-" in head[:1024]:
        raise not_a_list("a PDF")
    if _WEB_PAGE.match(start):
        raise not_a_list("a web page")
    if _JSON.match(start):
        raise not_a_list("JSON")
    if not utf_16(head) and len(_CONTROL.findall(head)) > _MOST_CONTROL * len(head):
        raise not_a_list("a binary file")


def not_a_list(kind: str) -> BadInputError:
    return BadInputError(f"This is {kind}, not a list: save the list as CSV or XLSX and import that.")


def utf_16(head: bytes) -> str:
    """The codec when this is UTF-16, by its mark or by every other byte of Latin text being empty, else ""."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[0::2], head[1::2]
    half = len(odd) * 2 // 3
    if half and odd.count(0) > half and even.count(0) < half // 4:
        return "utf-16-le"
    if half and even.count(0) > half and odd.count(0) < half // 4:
        return "utf-16-be"
    return ""
