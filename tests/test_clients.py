"""The synthetic tables: reproducible, fictitious, and with something in them to discover."""

import doctest
import hashlib
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from clientcourse import clients
from clientcourse.clients import Language, Table, client_list, complaints, dictionary

Make: TypeAlias = Callable[..., pd.DataFrame]

VARIANTS = range(12)
LANGUAGES = ("zh", "en")
every_variant = pytest.mark.parametrize("variant", VARIANTS)
every_language = pytest.mark.parametrize("language", LANGUAGES)
both_tables = pytest.mark.parametrize("make", [client_list, complaints])


def digest(table: pd.DataFrame) -> str:
    return hashlib.sha256(table.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def mean_satisfaction(log: pd.DataFrame, by: list[str]) -> "pd.Series[float]":
    return log.astype({"satisfaction": float}).groupby(by)["satisfaction"].mean()


# --- the same rows everywhere, every time


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (client_list(3), "9d62a4293f757afbd5998f7096460f9492f882d1b67d42d0e54ad6fd5c65e946"),
        (
            client_list(3, language="en"),
            "23a9e5946c4a82c85801d3d3acddf39486b3c400b36dcfa740d9c6d9d256a813",
        ),
        (complaints(3), "46d9f8503d2785f6f902f29e1016a5b501f4c596bb89189b0ac8b59e031b7cab"),
        (
            complaints(3, language="en"),
            "ad1ab183ce4ed54d7d8bafb8b0b991598045182bc24deadd4c0bfc8bd2b64c1f",
        ),
    ],
    ids=["clients-zh", "clients-en", "complaints-zh", "complaints-en"],
)
def test_a_changed_stream_is_noticed(table: pd.DataFrame, expected: str) -> None:
    assert digest(table) == expected


@both_tables
def test_the_same_arguments_give_the_same_rows(make: Make) -> None:
    assert_frame_equal(make(5), make(5))


@both_tables
def test_every_variant_is_another_table(make: Make) -> None:
    assert len({digest(make(variant)) for variant in range(100)}) == 100


@pytest.mark.parametrize(
    ("make", "words"),
    [(client_list, ["name", "segment", "city"]), (complaints, ["channel", "category"])],
    ids=["clients", "complaints"],
)
def test_the_language_changes_only_words(make: Make, words: list[str]) -> None:
    zh, en = make(4), make(4, language="en")
    assert_frame_equal(zh.drop(columns=words), en.drop(columns=words))


@pytest.mark.parametrize(
    ("make", "column", "translation"),
    [
        (
            client_list,
            "segment",
            {"个人": "individual", "小微企业": "small firm", "机构": "institution"},
        ),
        (
            complaints,
            "channel",
            {"网点": "branch", "电话": "phone", "手机银行": "app", "信函": "letter"},
        ),
        (
            complaints,
            "category",
            {
                "重复扣款": "double charge",
                "费用争议": "fee dispute",
                "产品亏损": "investment loss",
                "服务态度": "attitude",
                "等候时间": "waiting time",
                "信息有误": "wrong information",
            },
        ),
    ],
    ids=["segment", "channel", "category"],
)
def test_words_are_translated_row_by_row(
    make: Make, column: str, translation: dict[str, str]
) -> None:
    zh, en = make(0)[column], make(0, language="en")[column]
    assert set(zh) == set(translation)
    assert zh.map(translation).tolist() == en.tolist()


# --- the client list


def test_client_columns_have_their_types() -> None:
    assert client_list(0).dtypes.astype(str).replace("object", "str").to_dict() == {
        "client_id": "str",
        "name": "str",
        "phone": "str",
        "segment": "str",
        "city": "str",
        "client_since": "datetime64[us]",
        "risk_grade": "str",
        "assets": "float64",
        "annual_profit": "float64",
        "last_contact": "datetime64[us]",
    }


@every_variant
def test_the_top_fifth_brings_about_four_fifths_of_the_profit(variant: int) -> None:
    profit = client_list(variant)["annual_profit"]
    assert 0.75 < profit.nlargest(40).sum() / profit.sum() < 0.85


@every_variant
def test_some_of_the_most_valuable_clients_were_not_contacted_for_90_days(variant: int) -> None:
    best = client_list(variant).nlargest(40, "annual_profit")
    overdue = (pd.Timestamp("2026-06-30") - best["last_contact"]).dt.days > 90
    assert 1 <= overdue.sum() <= 20


@every_variant
def test_clients_are_contacted_after_they_became_clients_and_never_in_the_future(
    variant: int,
) -> None:
    table = client_list(variant)
    assert (table["client_since"] < table["last_contact"]).all()
    assert (table["last_contact"] <= "2026-06-30").all()


def test_profit_is_a_believable_share_of_assets() -> None:
    table = client_list(0)
    assert (table["annual_profit"] / table["assets"]).between(0.0029, 0.0151).all()


def test_all_risk_grades_occur() -> None:
    assert set(client_list(0)["risk_grade"]) == {"C1", "C2", "C3", "C4", "C5"}


def test_ids_and_phone_numbers_are_unique_and_belong_to_nobody() -> None:
    table = client_list(0, size=5000)
    assert table["client_id"].tolist() == [f"C{n:04d}" for n in range(1, 5001)]
    assert table["phone"].tolist() == [f"000-0000-{n:04d}" for n in range(1, 5001)]


@pytest.mark.parametrize(
    ("language", "form"),
    [("zh", r"[\u4e00-\u9fff]{3}"), ("en", r"[A-Z][a-z]+ [A-Z][a-z]+")],
)
def test_names_are_written_as_the_language_writes_them(language: Language, form: str) -> None:
    assert client_list(0, language=language)["name"].str.fullmatch(form).all()


# --- the complaint log


def test_complaint_columns_have_their_types() -> None:
    assert complaints(0).dtypes.astype(str).replace("object", "str").to_dict() == {
        "complaint_id": "str",
        "client_id": "str",
        "received_at": "datetime64[us]",
        "channel": "str",
        "category": "str",
        "amount": "float64",
        "first_reply_hours": "float64",
        "resolve_hours": "float64",
        "departments": "int64",
        "followed_up": "bool",
        "satisfaction": "Int64",
    }


@every_variant
def test_complaints_come_from_the_clients_of_the_same_variant(variant: int) -> None:
    assert complaints(variant)["client_id"].isin(client_list(variant)["client_id"]).all()


@every_variant
def test_the_log_covers_the_half_year_in_order(variant: int) -> None:
    received = complaints(variant)["received_at"]
    assert received.is_monotonic_increasing
    assert received.between("2026-01-01", "2026-06-30 23:59").all()
    assert sorted(set(received.dt.month)) == [1, 2, 3, 4, 5, 6]
    assert (received == received.dt.floor("min")).all()


def test_only_complaints_about_money_have_an_amount() -> None:
    log = complaints(0, language="en")
    about_money = log["category"].isin(["double charge", "fee dispute", "investment loss"])
    assert (log["amount"].notna() == about_money).all()
    assert (log["amount"].dropna() > 0).all()


@every_variant
def test_a_sixth_to_a_quarter_of_first_replies_are_late(variant: int) -> None:
    assert 0.15 <= (complaints(variant)["first_reply_hours"] > 24).mean() <= 0.25


@every_variant
def test_first_replies_are_right_skewed(variant: int) -> None:
    reply = complaints(variant)["first_reply_hours"]
    assert reply.mean() > 2 * reply.median()


@every_variant
def test_a_few_complaints_are_open_without_follow_up_or_satisfaction(variant: int) -> None:
    log = complaints(variant)
    still_open = log[log["resolve_hours"].isna()]
    assert 0.03 <= len(still_open) / len(log) <= 0.06
    assert still_open["satisfaction"].isna().all()
    assert not still_open["followed_up"].any()


@every_variant
def test_some_clients_do_not_answer_how_satisfied_they_are(variant: int) -> None:
    log = complaints(variant).dropna(subset="resolve_hours")
    assert 0.05 < log["satisfaction"].isna().mean() < 0.25


@settings(deadline=None)
@given(variant=st.integers(0, 2**40), size=st.integers(1, 5000))
def test_every_log_is_possible(variant: int, size: int) -> None:
    log = complaints(variant, size)
    resolved = log.dropna(subset="resolve_hours")
    assert len(log) == size
    assert log["first_reply_hours"].between(0.2, 72).all()
    assert not (log["first_reply_hours"] == 24).any()
    assert (resolved["resolve_hours"] > resolved["first_reply_hours"]).all()
    assert log["departments"].isin([1, 2, 3, 4]).all()
    assert log["satisfaction"].dropna().isin([1, 2, 3, 4, 5]).all()


# --- what a trainee can discover in the log


@every_variant
@pytest.mark.parametrize("average", ["mean", "median"])
def test_more_departments_take_longer(variant: int, average: str) -> None:
    hours = complaints(variant).groupby("departments")["resolve_hours"].agg(average)
    assert (hours.diff().dropna() > 12).all()


@every_variant
def test_more_departments_leave_clients_less_satisfied(variant: int) -> None:
    mean = mean_satisfaction(complaints(variant), ["departments"])
    assert (mean.diff().dropna() < -0.4).all()


@every_variant
@pytest.mark.parametrize("departments", [1, 2, 3, 4])
def test_follow_up_helps_at_the_same_number_of_departments(variant: int, departments: int) -> None:
    mean = mean_satisfaction(complaints(variant), ["departments", "followed_up"])
    assert mean[departments, True] - mean[departments, False] > 0.5


@every_variant
def test_a_late_first_reply_hurts(variant: int) -> None:
    log = complaints(variant)
    log["late"] = log["first_reply_hours"] > 24
    mean = mean_satisfaction(log, ["late"])
    assert mean[False] - mean[True] > 0.4


# --- the data dictionary


@every_language
@pytest.mark.parametrize(("table", "make"), [("clients", client_list), ("complaints", complaints)])
def test_the_dictionary_has_every_column_in_order(
    table: Table, make: Make, language: Language
) -> None:
    described = dictionary(table, language)
    assert list(described.columns) == ["column", "type", "unit", "meaning"]
    assert described["column"].tolist() == list(make(0).columns)
    assert (described[["type", "meaning"]] != "").all(axis=None)


@pytest.mark.parametrize(
    ("table", "column"),
    [("clients", "segment"), ("complaints", "channel"), ("complaints", "category")],
)
@every_language
def test_the_dictionary_names_every_value_of_a_column_of_words(
    table: Table, column: str, language: Language
) -> None:
    make = {"clients": client_list, "complaints": complaints}[table]
    described = dictionary(table, language)
    meaning = described.loc[described["column"] == column, "meaning"].item()
    assert [
        word for word in make(0, language=language)[column].unique() if word not in meaning
    ] == []


@pytest.mark.parametrize("table", ["clients", "complaints"])
def test_chinese_descriptions_use_full_width_punctuation(table: Table) -> None:
    text = "\n".join(dictionary(table)["meaning"])
    assert re.findall(r"[\u4e00-\u9fff][,;:?!().]|[,;:?!().][\u4e00-\u9fff]", text) == []


# --- wrong arguments and limits


@both_tables
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variant": -1}, "variant is -1: expected a whole number, 0 or more"),
        ({"variant": 0, "size": 0}, "size is 0: expected a number of rows from 1 to 5000"),
        ({"variant": 0, "size": 5001}, "size is 5001: expected a number of rows from 1 to 5000"),
        ({"variant": 0, "language": "fr"}, "unknown language 'fr': choose one of zh, en"),
    ],
)
def test_wrong_arguments_are_explained(make: Make, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("holdings",), "unknown table 'holdings': choose one of clients, complaints"),
        (("clients", "fr"), "unknown language 'fr': choose one of zh, en"),
    ],
)
def test_wrong_dictionaries_are_explained(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        dictionary(*arguments)


@both_tables
@pytest.mark.parametrize("size", [1, 5000])
def test_the_smallest_and_largest_size_work(make: Make, size: int) -> None:
    assert len(make(0, size)) == size


def test_the_examples_in_the_documentation_are_right() -> None:
    failed, attempted = doctest.testmod(clients)
    assert (failed, attempted) == (0, 4)
