"""The quiz widget: shows one quiz and hands every answer to the one who can save it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from clientcourse.items.survey import SHOWN_FROM
from clientcourse.language import Language, Text
from clientcourse.markup import inline, plain
from clientcourse.scoring import DEFAULT_RULES, ScoringRules
from clientcourse.values import given
from clientcourse.widgets.bundle import bundle
from clientcourse.widgets.plain import with_gaps
from clientcourse.widgets.saving import Record, SavingWidget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clientcourse.items import Choice, PublicItem, PublicQuiz

_HERE = Path(__file__).parent / "quiz"

_WORDS = {
    "practice": Text(
        zh="练习：答完即可看到解析，不计分，可以反复尝试",
        en="Practice: you see at once how you did. Not scored; try as often as you like",
    ),
    "graded": Text(
        zh="测验：计入成绩，提交前可以随时修改",
        en="Graded quiz: counts towards your result. Change your answers until you submit",
    ),
    "progress": Text(zh="已答 {done} / {all} 题", en="{done} of {all} answered"),
    "number": Text(zh="第 {n} 题", en="Question {n}"),
    "points": Text(zh="{n} 分", en="{n} points"),
    "point": Text(zh="{n} 分", en="{n} point"),
    "survey": Text(
        zh="问卷：不计分；讲师能看到你的回答和姓名",
        en="Survey: not scored. Your instructor can read your answers together with your name",
    ),
    "anonymous-survey": Text(
        zh=f"问卷：不计分；报告里不写姓名，满 {SHOWN_FROM} 份回答才显示，但你提交的文件里仍有姓名",
        en=f"Survey: not scored. Reported without names, and only from {SHOWN_FROM} answers on; "
        "the file that you hand in still has your name on it",
    ),
    "several": Text(zh="可多选", en="Several may be right"),
    "proportional": Text(
        zh="可多选。选对一部分按比例得分，只要选错一个就不得分",
        en="Several may be right. Part of them earns its share; one wrong choice costs all points",
    ),
    "all-or-nothing": Text(
        zh="可多选。全部选对才得分",
        en="Several may be right. Only exactly the right ones earn points",
    ),
    "each-option": Text(
        zh="可多选。每个选项都算一次判断，判断对的减去判断错的计分",
        en="Several may be right. Each option is a decision: right ones count, wrong ones count "
        "against them",
    ),
    "check": Text(zh="核对", en="Check"),
    "unsaved_count": Text(zh="有 {n} 题未保存", en="Not saved: {n}"),
    "keep_order": Text(zh="就是这个顺序", en="Keep this order"),
    "order_hint": Text(
        zh="拖动即可排序，也可以用上下按钮；用键盘时，按空格键拿起，用方向键移动，再按空格键放下",
        en="Drag to reorder, or use the arrow buttons. By keyboard: Space picks a step up, the "
        "arrow keys move it, Space drops it",
    ),
    "up": Text(zh="上移：{step}", en="Move up: {step}"),
    "down": Text(zh="下移：{step}", en="Move down: {step}"),
    "row": Text(zh="第 {n} 位，共 {all} 位：{step}", en="Position {n} of {all}: {step}"),
    "lifted": Text(
        zh="已拿起第 {n} 位。用方向键移动，按空格键放下，按 Esc 键取消",
        en="Picked up, position {n}. Arrow keys move, Space drops, Escape cancels",
    ),
    "moved": Text(zh="移到第 {n} 位，共 {all} 位", en="Moved to position {n} of {all}"),
    "dropped": Text(zh="已放在第 {n} 位", en="Dropped at position {n}"),
    "cancelled": Text(zh="已取消移动，回到第 {n} 位", en="Move cancelled, back at position {n}"),
    "right": Text(zh="正确", en="Right"),
    "wrong": Text(zh="不正确", en="Wrong"),
    "yours": Text(zh="你的选择", en="Your choice"),
    "expected": Text(zh="正确答案：{answer}", en="Right answer: {answer}"),
    "right_place": Text(zh="位置正确", en="Right place"),
    "wrong_place": Text(zh="应在第 {n} 位", en="Belongs at position {n}"),
    "right_out": Text(zh="去掉是对的", en="Rightly left out"),
    "wrong_in": Text(zh="这一步应当去掉", en="Does not belong: leave it out"),
    "kept": Text(zh="你的步骤", en="Your steps"),
    "tray": Text(zh="去掉的步骤", en="Left out"),
    "tray_empty": Text(
        zh="有些步骤并不需要。把它们拖到这里，或者点一下“去掉”；随时可以放回。",
        en="Some steps do not belong. Drag them here, or choose “Leave out”; you can always put "
        "them back.",
    ),
    "leave_out": Text(zh="去掉", en="Leave out"),
    "leave_step": Text(zh="去掉：{step}", en="Leave out: {step}"),
    "take_back": Text(zh="放回", en="Put back"),
    "take_step": Text(zh="放回：{step}", en="Put back: {step}"),
    "keep_one": Text(zh="至少要留下一个步骤", en="At least one step has to stay"),
    "row_out": Text(zh="已去掉：{step}", en="Left out: {step}"),
    "lifted_out": Text(
        zh="已拿起去掉的步骤。用方向键移动，按空格键放下，按 Esc 键取消",
        en="Picked up from what is left out. Arrow keys move, Space drops, Escape cancels",
    ),
    "moved_out": Text(zh="已去掉", en="Left out"),
    "dropped_out": Text(zh="已放在去掉的步骤里", en="Dropped among what is left out"),
    "cancelled_out": Text(zh="已取消移动，仍然去掉", en="Move cancelled, still left out"),
    "match_hint": Text(
        zh="为每一行选一项；也可以把上面的选项拖到行上，或者先点选项、再点那一行",
        en="Choose one for each row. You can also drag one from above to its row, or click it and "
        "then the row",
    ),
    "choose": Text(zh="请选择", en="Choose"),
    "gap": Text(zh="第 {n} 空，共 {all} 空", en="Gap {n} of {all}"),
    "answer": Text(zh="你的答案", en="Your answer"),
    "no_number": Text(
        zh="这不是一个数，所以没有保存；此前保存过的仍然有效。请用数字填写，例如 1,250.5。",
        en="This is not a number, so it is not saved; what was saved before still holds. Please "
        "write it in figures, for example 1,250.5.",
    ),
    "length": Text(zh="{n} / {all} 字", en="{n} of {all} characters"),
    "by_person": Text(
        zh="这一题由讲师按评分标准评分", en="Your instructor marks this answer by a rubric"
    ),
    "compare": Text(zh="对照参考答案", en="Compare"),
    "model": Text(zh="参考答案", en="A good answer"),
    "rubric": Text(
        zh="自我检查：你的答案写到了哪些？", en="Check it yourself: which points does yours make?"
    ),
    "reread": Text(zh="回到课文重读：{heading}", en="Read again: {heading}"),
    "elsewhere": Text(zh="已在另一个窗口中更新", en="Updated from another window"),
}


class QuizWidget(SavingWidget):
    """One quiz, as a trainee sees and answers it.

    Parameters
    ----------
    quiz
        What is asked.
    answers
        Values already given, by item id, as `clientcourse.values.fit` makes them. What does not
        fit its item counts as not given.
    feedback
        Of answers already given in a practice quiz, by item id; as in `Saved`.
    rules
        How a graded quiz is scored, which it tells.
    language, record, store_key
        As for `SavingWidget`.
    """

    _esm = bundle(_HERE / "quiz.js")

    quiz = traitlets.Dict().tag(sync=True)

    def __init__(  # noqa: PLR0913 - all but the quiz by keyword
        self,
        quiz: PublicQuiz,
        *,
        language: Language,
        answers: Mapping[str, object],
        record: Record,
        store_key: str,
        feedback: Mapping[str, dict[str, Any]] = {},
        rules: ScoringRules = DEFAULT_RULES,
    ) -> None:
        self._items = {item.id: item for item in quiz.items}
        super().__init__(
            language=language,
            words=_WORDS | ({"several": _WORDS[rules.multiple]} if quiz.use == "graded" else {}),
            answers={item.id: given(item, answers) for item in quiz.items},
            feedback=feedback,
            record=record,
            store_key=store_key,
            quiz=_shown(quiz),
        )

    def takes(self, item: str, value: object) -> bool:
        """Tell whether an item of this quiz can have a value, in the browser's form."""
        known = self._items.get(item)
        return known is not None and given(known, {item: value}) == value


def _shown(quiz: PublicQuiz) -> dict[str, Any]:
    return {
        "id": quiz.id,
        "use": quiz.use,
        "title": plain(quiz.title),
        "items": [_shown_item(item) for item in quiz.items],
    }


def _shown_item(item: PublicItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "type": item.type,
        "points": item.points,
        "stem": inline(item.stem),
        "choices": _shown_choices(item.choices),
        "leave_out": item.leave_out,
        "prompts": _shown_choices(item.prompts),
        "segments": with_gaps(
            item.text, lambda words: {"text": inline(words)}, lambda gap: {"gap": gap}
        ),
        "gaps": item.gaps,
        "unit": plain(item.unit) if item.unit else None,
    }


def _shown_choices(choices: list[Choice]) -> list[dict[str, str]]:
    return [{"id": choice.id, "text": inline(choice.text)} for choice in choices]
