"""Make the synthetic client lists and complaint logs that the data exercises use.

Every value comes from ``Generator.random`` through single additions, multiplications, divisions
and roundings. Those give the same bits on every machine; logarithms, powers and numpy's normal or
choice methods need not, and a trainee's list must be the grader's list.
"""

from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from clientcourse.clients_dictionary import ENTRIES, HEADER

Language: TypeAlias = Literal["zh", "en"]
Table: TypeAlias = Literal["clients", "complaints"]
Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int64]

MAX_SIZE = 5000
DEFAULT_CLIENTS = 200

LATE_HOURS = 24

# The first word of the seed, so that two tables of one variant are independent.
CLIENTS_STREAM = 1
COMPLAINTS_STREAM = 2

# Words between spaces. Their number and order are part of the data: a new word changes every list.
FAMILY_NAMES = {
    "zh": (
        "赵 钱 孙 李 周 吴 郑 王 冯 陈 蒋 沈 韩 杨 朱 秦 许 何 吕 张 "
        "孔 曹 严 金 魏 陶 姜 谢 邹 章 苏 潘 葛 范 彭 鲁 马 方 任 袁"
    ),
    "en": (
        "Ashdown Barlow Birchall Calloway Carrow Corwin Dalby Denholm Eastley Elmsworth "
        "Fairburn Fenwick Garside Greaves Halden Hartwell Holloway Iverson Jessop Kendrick "
        "Kirkby Langley Larkin Marlowe Merriday Northcott Oakley Osgood Penhale Prescott "
        "Quillan Ravenhill Redfern Selwyn Stroud Thornby Underhill Wakeford Westbrook Yarrow"
    ),
}
GIVEN_NAMES = {
    "zh": (
        "安禾 百川 晨溪 承泽 楚宁 春晓 丹青 定远 东篱 尔雅 方舟 逢源 耕云 谷雨 广和 "
        "瀚文 和畅 弘毅 怀瑾 慧心 佳木 嘉禾 见微 江月 景行 静姝 君竹 可为 乐山 立夏 "
        "林溪 令仪 明远 慕云 南枝 念初 宁致 启明 清如 秋实 若谷 尚文 书言 舒白 思齐 "
        "松年 天佑 望舒 维新 闻笛 小满 心远 星野 修远 雪松 言蹊 依山 永和 雨田 知秋"
    ),
    "en": (
        "Abel Adela Alden Anita Barnaby Bettina Bram Callum Carmen Cedric Clara Corin Daphne "
        "Delia Dorian Edith Elias Elspeth Ewan Faye Felix Flora Gareth Gilda Greta Hector Hilda "
        "Hugo Ines Ivor Jasper Joan Jonas Keira Lionel Lorna Lucian Mabel Magnus Marcia Miles "
        "Mona Nadia Nestor Nora Odette Orson Petra Piers Ramona Reuben Rosalind Rufus Sabina "
        "Silas Thea Tobias Ursula Vera Wilfred"
    ),
}
CITIES = {
    "zh": "北京 上海 广州 深圳 杭州 成都 武汉 南京 西安 重庆 天津 苏州",
    "en": (
        "Beijing Shanghai Guangzhou Shenzhen Hangzhou Chengdu Wuhan Nanjing Xi'an Chongqing "
        "Tianjin Suzhou"
    ),
}
SEGMENTS = {
    "zh": ["个人", "小微企业", "机构"],
    "en": ["individual", "small firm", "institution"],
}
CHANNELS = {
    "zh": ["网点", "电话", "手机银行", "信函"],
    "en": ["branch", "phone", "app", "letter"],
}
CATEGORIES = {
    "zh": ["重复扣款", "费用争议", "产品亏损", "服务态度", "等候时间", "信息有误"],
    "en": [
        "double charge",
        "fee dispute",
        "investment loss",
        "attitude",
        "waiting time",
        "wrong information",
    ],
}
RISK_GRADES = ["C1", "C2", "C3", "C4", "C5"]


def client_list(
    variant: int, size: int = DEFAULT_CLIENTS, language: Language = "zh"
) -> pd.DataFrame:
    """Make the client list of one variant, as it stands on 30 June 2026.

    Profit is concentrated: the top fifth of 200 clients brings 75 % to 85 % of it, the "80/20
    rule" that managing clients by tier starts from. Contact gaps do not depend on profit, so that
    every list has valuable clients whom nobody has called for 90 days. Names and phone numbers
    belong to nobody.

    Parameters
    ----------
    variant
        Which list, 0 or more. The same arguments always give the same rows.
    size
        Number of clients, 1 to 5000.
    language
        Language of the words: ``"zh"`` or ``"en"``. The same row is the same client in both.

    Returns
    -------
    DataFrame
        ``size`` rows in the order of ``client_id``; ``assets`` and ``annual_profit`` are in yuan.
        ``dictionary("clients")`` describes the columns.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> profit = client_list(7)["annual_profit"]
    >>> print(f"{profit.nlargest(40).sum() / profit.sum():.0%}")
    80%
    """
    _check(variant, size, language)
    rng = _stream(CLIENTS_STREAM, variant)
    number = np.arange(1, size + 1)

    families = _pick(FAMILY_NAMES[language].split(), rng.random(size))
    givens = _pick(GIVEN_NAMES[language].split(), rng.random(size))
    cities = _pick(CITIES[language].split(), rng.random(size))
    grade = _weighted(rng.random(size), (0.10, 0.35, 0.70, 0.90))

    value_rank = _stratified(rng, size)
    typical_profit = _quantile(
        value_rank, ((0, 60), (0.4, 900), (0.8, 6_000), (0.95, 30_000), (1, 120_000))
    )
    profit = np.round(typical_profit * (0.75 + 0.5 * rng.random(size)), 2)
    # Yearly profit is 0.3 % to 1.5 % of assets, so large clients are not always profitable ones.
    assets = np.round(profit / (0.003 + 0.012 * rng.random(size)), 2)
    # Firms and institutions are found more often, but not only, among the valuable clients.
    segment = _weighted(0.5 * value_rank + 0.5 * rng.random(size), (0.62, 0.80))

    # Nobody became a client after 2024, so even the longest contact gap begins later.
    since = np.datetime64("2010-01-01") + _whole(rng.random(size), 15 * 365)
    gap_days = _quantile(rng.random(size), ((0, 0), (0.5, 35), (0.75, 90), (0.9, 150), (1, 400)))
    last_contact = np.datetime64("2026-06-30") - gap_days.astype(np.int64)

    return pd.DataFrame(
        {
            "client_id": _ids("C", number),
            "name": _full_names(families, givens, language),
            "phone": [f"000-0000-{n:04d}" for n in number],
            "segment": _words(SEGMENTS[language], segment),
            "city": cities,
            "client_since": since.astype("datetime64[us]"),
            "risk_grade": _words(RISK_GRADES, grade),
            "assets": assets,
            "annual_profit": profit,
            "last_contact": last_contact.astype("datetime64[us]"),
        }
    )


def complaints(variant: int, size: int = 240, language: Language = "zh") -> pd.DataFrame:
    """Make the complaint log of the first half of 2026 for the clients of one variant.

    Four things can be discovered in the log: complaints that pass through more departments take
    longer; they leave clients less satisfied; a follow-up call makes clients more satisfied; a
    first reply after 24 hours makes them less satisfied.

    Parameters
    ----------
    variant
        Which log, 0 or more; its clients are those of ``client_list(variant)``.
    size
        Number of complaints, 1 to 5000.
    language
        Language of the words: ``"zh"`` or ``"en"``. The numbers are the same in both.

    Returns
    -------
    DataFrame
        ``size`` rows in the order of ``received_at``. ``amount`` is in yuan, missing where a
        complaint is not about money; ``first_reply_hours`` and ``resolve_hours`` are hours since
        ``received_at``, the latter missing where the complaint is still open; ``satisfaction``
        is 1 to 5, missing where it is open or the client did not answer.
        ``dictionary("complaints")`` describes the columns.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> log = complaints(7, language="en")
    >>> log.groupby("departments")["satisfaction"].mean().is_monotonic_decreasing
    True
    """
    _check(variant, size, language)
    rng = _stream(COMPLAINTS_STREAM, variant)

    client = 1 + _whole(rng.random(size), DEFAULT_CLIENTS)
    # Complaints arrive from 08:00 to 19:59 on each of the 181 days.
    minute = np.sort(_whole(rng.random(size), 181 * 12 * 60))
    received = np.datetime64("2026-01-01T08:00") + minute // 720 * 1440 + minute % 720
    channel = _weighted(rng.random(size), (0.25, 0.60, 0.92))
    category = _weighted(rng.random(size), (0.18, 0.40, 0.55, 0.72, 0.90))
    amount = _amount(category, rng.random(size))

    late_share = 0.16 + 0.08 * rng.random()
    reply = np.round(
        _quantile(
            _stratified(rng, size), ((0, 0.2), (0.5, 5), (1 - late_share, LATE_HOURS), (1, 72))
        ),
        1,
    )
    # Nobody's result may depend on whether "within 24 hours" includes 24.0.
    reply[reply == LATE_HOURS] = LATE_HOURS + 0.1

    departments = 1 + _weighted(rng.random(size), (0.34, 0.62, 0.84))
    # Each hand-over between departments costs one to two days.
    hand_overs = 24 * (departments - 1) * (1 + rng.random(size))
    work = _quantile(rng.random(size), ((0, 1), (0.5, 12), (0.9, 48), (1, 96)))
    resolve = np.round(reply + hand_overs + work, 1)

    # Still open are those that would end last, as in any log that is cut off on one day.
    open_count = int(size * (0.035 + 0.02 * rng.random()))
    end = 60 * resolve + (received - received[0]).astype(np.int64)
    is_open = np.zeros(size, dtype=bool)
    is_open[np.argsort(end, kind="stable")[size - open_count :]] = True

    # A follow-up call is made after the complaint has been resolved.
    followed_up = _happens(rng.random(size), 0.45) & ~is_open
    # Steep enough to show through the noise: none of the logs 0 to 1999 hides an effect.
    mood = 4.2 - 0.8 * (departments - 1) + 1.0 * followed_up - 0.8 * (reply > LATE_HOURS)
    satisfaction = np.clip(np.round(mood + 1.2 * rng.random(size) - 0.6), 1, 5)
    answered = _happens(rng.random(size), 0.85) & ~is_open

    return pd.DataFrame(
        {
            "complaint_id": _ids("K", np.arange(1, size + 1)),
            "client_id": _ids("C", client),
            "received_at": received.astype("datetime64[us]"),
            "channel": _words(CHANNELS[language], channel),
            "category": _words(CATEGORIES[language], category),
            "amount": amount,
            "first_reply_hours": reply,
            "resolve_hours": np.where(is_open, np.nan, resolve),
            "departments": departments,
            "followed_up": followed_up,
            "satisfaction": pd.array(np.where(answered, satisfaction, np.nan), dtype="Int64"),
        }
    )


def dictionary(table: Table, language: Language = "zh") -> pd.DataFrame:
    """Describe every column of a table.

    Parameters
    ----------
    table
        ``"clients"`` for ``client_list`` or ``"complaints"`` for ``complaints``.
    language
        Language of the descriptions: ``"zh"`` or ``"en"``.

    Returns
    -------
    DataFrame
        One row for each column of the table, in its order, with the text columns ``column``,
        ``type``, ``unit`` (empty where there is none) and ``meaning``.

    Raises
    ------
    ValueError
        If the table or the language is unknown.
    """
    if table not in ENTRIES:
        raise ValueError(f"unknown table {table!r}: choose one of {', '.join(ENTRIES)}")
    _check_language(language)
    return pd.DataFrame(ENTRIES[table][language], columns=HEADER)


def _check(variant: int, size: int, language: str) -> None:
    if variant < 0:
        raise ValueError(f"variant is {variant}: expected a whole number, 0 or more")
    if not 1 <= size <= MAX_SIZE:
        raise ValueError(f"size is {size}: expected a number of rows from 1 to {MAX_SIZE}")
    _check_language(language)


def _check_language(language: str) -> None:
    if language not in get_args(Language):
        raise ValueError(
            f"unknown language {language!r}: choose one of {', '.join(get_args(Language))}"
        )


def _stream(table: int, variant: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([table, variant])))


def _whole(uniform: Floats, count: int) -> Codes:
    """Turn uniforms into whole numbers from 0 to ``count - 1``, all equally likely."""
    return (uniform * count).astype(np.int64)


def _weighted(uniform: Floats, cuts: tuple[float, ...]) -> Codes:
    """Turn numbers from 0 to 1 into the number of the interval between ``cuts`` they fall in."""
    return np.searchsorted(cuts, uniform, side="right").astype(np.int64)


def _happens(uniform: Floats, probability: float) -> npt.NDArray[np.bool_]:
    return uniform < probability


def _stratified(rng: np.random.Generator, size: int) -> Floats:
    """Draw one uniform from each of ``size`` equal strata, in random order.

    A plain sample of a long tail differs too much from list to list to promise a share.
    """
    stratum = np.argsort(rng.random(size), kind="stable")
    return (stratum + rng.random(size)) / size


def _quantile(share: Floats, knots: tuple[tuple[float, float], ...]) -> Floats:
    """Look shares up in the piecewise linear quantile function through ``(share, value)`` knots.

    Like ``np.interp``, but in single operations: a compiler may fuse those of ``np.interp``.
    """
    table = np.array(knots, dtype=np.float64)
    at, value = table[:, 0], table[:, 1]
    piece = np.searchsorted(at[1:-1], share, side="right")
    slope = (value[1:] - value[:-1]) / (at[1:] - at[:-1])
    return value[piece] + slope[piece] * (share - at[piece])


def _amount(category: Codes, uniform: Floats) -> Floats:
    """Give each complaint a sum in yuan, mostly small, or NaN where its category has none."""
    nan = np.nan
    low = np.array([10, 5, 500, nan, nan, nan], dtype=np.float64)
    high = np.array([3_000, 600, 200_000, nan, nan, nan], dtype=np.float64)
    skewed = uniform * uniform * uniform
    return np.round(low[category] + (high - low)[category] * skewed, 2)


def _ids(letter: str, numbers: Codes) -> list[str]:
    return [f"{letter}{number:04d}" for number in numbers]


def _words(words: list[str], codes: Codes) -> list[str]:
    return [words[code] for code in codes]


def _pick(words: list[str], uniform: Floats) -> list[str]:
    return _words(words, _whole(uniform, len(words)))


def _full_names(families: list[str], givens: list[str], language: Language) -> list[str]:
    pairs = zip(families, givens, strict=True)
    if language == "zh":
        return [family + given for family, given in pairs]
    return [f"{given} {family}" for family, given in pairs]
