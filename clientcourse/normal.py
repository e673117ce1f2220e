"""Texts in the form in which equal answers are equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, localcontext

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG_UNITS = {"万": 10**4, "亿": 10**8}
_ALL_UNITS = "".join([*_UNITS, *_BIG_UNITS])
_ANY = "".join(_DIGITS) + _ALL_UNITS

_PERCENT = re.compile(rf"百分之([0-9.{_ANY}点]+)")
_NUMERAL = re.compile(
    rf"(?:[0-9]++(?:\.[0-9]++)?(?=[{_ALL_UNITS}])|[{_ANY}])++(?:点[{''.join(_DIGITS)}]+)?"
)
_LONGEST = 24
"""Signs of a numeral that anyone writes; a longer one is taken as it is."""
_DASHES = str.maketrans(dict.fromkeys("−–—~", "-"))
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|.")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)+")


def normal(text: str) -> str:
    """Return a text without what is a matter of typing, not of knowing.

    Width and case of letters, spaces, punctuation and the way of writing a number (24, ２４,
    二十四, 24.0; 3万, 30000, 30,000; 百分之五, 5%) make no difference. Signs that change what a
    number means stay: decimal point, minus, percent and per mille, and what stands between two
    numbers (3-5, 1/2, 9:30).

    Parameters
    ----------
    text
        What was typed, or a form that is accepted.

    Returns
    -------
    str
        The same for all texts that count as equal. It is normal itself: `normal` changes it no
        more.

    Examples
    --------
    >>> normal("２４ 小时。"), normal("二十四小时")
    ('24小时', '24小时')
    """
    before = None
    # What stood apart can combine once a sign between has gone; two rounds are nearly always all.
    while text != before:
        before = text
        text = _once(text)
    return text


def _once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    close = _THOUSANDS.sub("", "".join(folded.translate(_DASHES).split()))
    arabic = _NUMERAL.sub(lambda found: _arabic(found[0]), _PERCENT.sub(r"\1%", close))
    plain = "".join(sign for at, sign in enumerate(arabic) if _counts(sign, arabic, at))
    return _DECIMAL.sub(lambda found: _shortest(found[0]), plain)


def _counts(sign: str, text: str, at: int) -> bool:
    """Tell whether a sign makes a difference where it stands."""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    match sign:
        case "." | "," | "/" | ":":
            return before.isdecimal() and after.isdecimal()
        case "-":
            return after.isdecimal() and (before.isdecimal() or not before.isalnum())
        case "%" | "‰":
            return before.isdecimal()
    return unicodedata.category(sign)[0] not in "PZC"


def _arabic(numeral: str) -> str:
    """Return a Chinese or mixed numeral (二十四, 3万, 二〇二六, 三点五) in Arabic digits."""
    if len(numeral) > _LONGEST:
        return numeral
    whole, _, fraction = numeral.partition("点")
    tail = "." + "".join(str(_DIGITS[sign]) for sign in fraction) if fraction else ""
    tokens = _TOKEN.findall(whole)
    if not any(token in _ALL_UNITS for token in tokens):
        return "".join(str(_DIGITS[token]) for token in tokens) + tail
    with localcontext() as context:
        context.prec = 8 * _LONGEST + _LONGEST  # every unit has at most eight zeros
        return f"{_worth(tokens):f}" + tail


def _worth(tokens: Sequence[str]) -> Decimal:
    """Return the number that digits, numbers and units make together."""
    total = section = Decimal(0)
    number: Decimal | None = None
    for token in tokens:
        if token in _DIGITS:
            number = Decimal(_DIGITS[token])
        elif token in _UNITS:
            section += (1 if number is None else number) * _UNITS[token]
            number = None
        elif token in _BIG_UNITS:
            section += number or 0
            unit = _BIG_UNITS[token]
            # 一万亿: what stands before the bigger unit is all multiplied by it.
            total, section = (
                (total + (section or 1) * unit, Decimal(0))
                if total % unit == 0 and total >= unit
                else ((total + section or 1) * Decimal(unit), Decimal(0))
            )
            number = None
        else:
            number = Decimal(token)
    return total + section + (number or 0)


def _shortest(number: str) -> str:
    """Return a decimal number without zeros at its end; a date or version stays as it is."""
    return number.rstrip("0").rstrip(".") if number.count(".") == 1 else number
