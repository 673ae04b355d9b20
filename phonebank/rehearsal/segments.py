"""What a text weighs on the air, counted by the carrier for itself: the product's own count is checked against it."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


def count_segments(body: str) -> int:
    """Segments billed: GSM-7 is 160 septets in one or 153 a part, UCS-2 70 units or 67 (3GPP TS 23.038, 23.040)."""
    if all(character in _BASIC or character in _EXTENDED for character in body):
        return _parts([2 if character in _EXTENDED else 1 for character in body], 160, 153)
    return _parts([len(character.encode("utf-16-le")) // 2 for character in body], 70, 67)


def _parts(weights: list[int], alone: int, joined: int) -> int:
    """No escape pair or surrogate pair is split over two parts."""
    if sum(weights) <= alone:
        return 1
    parts, room = 1, joined
    for weight in weights:
        if weight > room:
            parts, room = parts + 1, joined
        room -= weight
    return parts
