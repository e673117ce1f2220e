"""What counts as the same answer typed in another way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientcourse.normal import normal

TYPED = st.text(
    alphabet=st.one_of(
        st.sampled_from("0123456789.,-%零一二两三十百千万亿点分之 　，。（）ＡＢa"), st.characters()
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("２４ 小时。", "24小时"),
        ("二十四小时", "24小时"),
        ("24.0 小时", "24小时"),
        ("3万", "30000"),
        ("三万", "30,000"),
        ("３．５万", "35000"),
        ("一百零五", "105"),
        ("十二", "12"),
        ("二〇二六", "2026"),
        ("两亿三千万", "230000000"),
        ("一万亿", "1000000000000"),
        ("三点五", "3.50"),
        ("百分之八十", "80％"),
        ("－３", "- 3"),
        ("3～5 天", "3–5天"),
        ("1,250,000", "125万"),
        ("E-mail", "email"),
        ("  Know Your Client  ", "know your client"),
        ("“先处理心情”", "先处理心情"),
    ],
)
def test_these_count_as_equal(typed: str, same: str) -> None:
    assert normal(typed) == normal(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("80", "80%"),
        ("80%", "80‰"),
        ("3", "-3"),
        ("3.5", "35"),
        ("3-5", "35"),
        ("1/2", "12"),
        ("9:30", "930"),
        ("1,5", "15"),
        ("C1", "C5"),
        ("十", "千"),
    ],
)
def test_these_do_not(one: str, other: str) -> None:
    assert normal(one) != normal(other)


def test_a_numeral_longer_than_anyone_writes_is_taken_as_it_is() -> None:
    assert normal("1" * 40 + "亿1万") == "1" * 40 + "亿1万"


@given(TYPED)
def test_what_is_normal_stays_as_it_is(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(st.integers(min_value=0, max_value=9_999))
def test_chinese_numerals_are_read_as_numbers(number: int) -> None:
    assert normal(chinese(number)) == str(number)


def chinese(number: int) -> str:
    """Write a number below ten thousand as it is written in Chinese."""
    digits, written, gap = "零一二三四五六七八九", "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            written += ("零" if gap and written else "") + digits[digit] + sign
            gap = False
        else:
            gap = True
    return written or "零"
