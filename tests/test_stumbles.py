"""What a notebook says below a cell in which a trainee's code failed."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from clientcourse.authoring.build import build, write
from clientcourse.language import Language
from tests.conftest import TOY

BEGIN = """from clientcourse import Lesson
lesson = Lesson("first-call")
few = lesson.complaints()"""
ZH = {
    'few["first_reply_hours"] > 5，': "代码里要用英文标点：把“，”换成英文的“,”，再运行一次。",
    "few。head()": "代码里要用英文标点：把“。”换成英文的“.”，再运行一次。",
    "few€": "第 1 行里的“€”，Python 不认识。删掉它，或者用英文输入法重打这一处，再运行一次。",
    "a = 1\n b = 2": "第 2 行开头的空格不对。把这一行开头的空格删掉，和上一行对齐，再运行一次。",
    "len(few": (
        "第 1 行没有写完整，或者多写、少写了符号。看看括号、引号是不是成对，再和例子对照一遍。"
    ),
    "fwe": "没有 fwe 这个名字。检查拼写，大小写也要一样；如果它是上面某一格里的，先运行那一格。",
    'few["hours"]': "找不到“hours”。要是在取表里的一列，名字要和表头一模一样。",
    'few[["hours", "days"]]': "找不到“hours, days”。要是在取表里的一列，名字要和表头一模一样。",
    "few.heads()": "点后面的 heads 用不了。检查拼写；也看看点前面的是不是你要的表或列。",
    'few[few["first_reply_hours"] > ...]': "三个点 ... 还没有换成你的代码。",
}
EN = {
    'few[few["first_reply_hours"] > 1 and few["first_reply_hours"] < 5]': (
        "A whole column cannot be used with and, or, not. Use &, |, ~ and put brackets around each "
        "condition."
    ),
    'few[few["first_reply_hours"] > 1.5 & few["first_reply_hours"] < 5.5]': (
        "Where conditions are joined by & or |, each needs its own brackets, as in "
        "(a > 1) & (b < 2)."
    ),
}
QUIET = {"1 / 0": "ZeroDivisionError", 'lesson.quiz("none")': "LessonError"}


def said_below(folder: Path, language: Language, codes: list[str]) -> list[list[str]]:
    """Run cells in a kernel and return what is shown below the error of each."""
    write(build(TOY, language), folder)
    cells = [nbformat.v4.new_code_cell(code) for code in (BEGIN, *codes)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    about = {"metadata": {"path": str(folder / "greeting")}}
    NotebookClient(notebook, resources=about, allow_errors=True, kernel_name="python3").execute()
    below = []
    for cell in notebook.cells[1:]:
        error, *more = cell.outputs
        assert error.output_type == "error", cell
        below.append([output.data["text/plain"] for output in more])
    return below


@pytest.mark.parametrize(("language", "advice"), [("zh", ZH), ("en", EN)])
def test_advice_in_the_lessons_language_stands_below_common_errors(
    tmp_path: Path, language: Language, advice: dict[str, str]
) -> None:
    said = said_below(tmp_path, language, list(advice))
    assert dict(zip(advice, said, strict=True)) == {code: [text] for code, text in advice.items()}


def test_nothing_is_said_below_other_errors(tmp_path: Path) -> None:
    assert said_below(tmp_path, "en", list(QUIET)) == [[] for _ in QUIET]
