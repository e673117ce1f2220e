"""The scenario widget: a conversation with a simulated client, saved after every reply."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from clientcourse.items.scenario import MOODS
from clientcourse.language import Language, Text
from clientcourse.markup import inline, plain
from clientcourse.values import MAX_ATTEMPTS, given
from clientcourse.widgets.bundle import bundle
from clientcourse.widgets.saving import Record, SavingWidget
from clientcourse.widgets.scenario_plain import MOOD_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clientcourse.items import PublicScenario

_HERE = Path(__file__).parent / "scenario"

_WORDS = {
    **MOOD_WORDS,
    "practice": Text(
        zh="练习对话：结束后有复盘，不计分，可以反复尝试",
        en="Practice conversation: a debriefing follows. Not scored; try as often as you like",
    ),
    "graded_first": Text(
        zh="计分对话：第一次对话计入成绩，请想好再说",
        en="Graded conversation: your first attempt counts, so think before you speak",
    ),
    "graded_last": Text(
        zh="计分对话：最后完成的一次计入成绩",
        en="Graded conversation: the last attempt that you finish counts",
    ),
    "graded_best": Text(
        zh="计分对话：最好的一次计入成绩",
        en="Graded conversation: your best attempt counts",
    ),
    "points": Text(zh="{n} 分", en="{n} points"),
    "point": Text(zh="{n} 分", en="{n} point"),
    "log": Text(zh="与{client}的对话", en="Conversation with {client}"),
    "you": Text(zh="你", en="You"),
    "colon": Text(zh="：", en=": "),
    "comma": Text(zh="，", en=", "),
    "attempt": Text(zh="第 {n} 次对话", en="Attempt {n}"),
    "counts_first": Text(zh="计分", en="this one counts"),
    "counts_not": Text(zh="只作练习，不计分", en="for practice only, does not count"),
    "counts_last": Text(zh="最后完成的一次计分", en="the last one finished counts"),
    "counts_best": Text(zh="最好的一次计分", en="the best one counts"),
    "question": Text(zh="你怎么回应？", en="How do you reply?"),
    "keys": Text(
        zh="单击一种回应，或者按数字键 1 到 {n}；选定后不能收回",
        en="Click a reply or press 1 to {n}. What is said cannot be taken back",
    ),
    "meters": Text(zh="这次对话进行得怎样", en="How the conversation is going"),
    "outcome": Text(zh="结果", en="Outcome"),
    "respect": Text(zh="尊重", en="Respect"),
    "process": Text(zh="流程", en="Process"),
    "percent": Text(zh="{n}%", en="{n}%"),
    "later": Text(
        zh="对话中不显示评估；评估会随讲师的反馈一起给出。",
        en="You see no assessment while you talk; it comes with your instructor’s feedback.",
    ),
    "over": Text(zh="对话结束", en="The conversation is over"),
    "finished": Text(
        zh="这次对话已经完成；表现如何，会在讲师的反馈里说明。",
        en="This conversation is finished. Your instructor’s feedback will show how it went.",
    ),
    "again_first": Text(
        zh="你可以再练几次，成绩仍以第一次为准。",
        en="You may go through it again for practice; the first attempt remains the one that "
        "counts.",
    ),
    "again_last": Text(
        zh="你可以重新开始；成绩以最后完成的一次为准。",
        en="You may start again; the last attempt that you finish counts.",
    ),
    "again_best": Text(
        zh="你可以重新开始；成绩取最好的一次。",
        en="You may start again; the best attempt counts.",
    ),
    "again": Text(zh="重新开始", en="Start again"),
    "again_practice": Text(zh="再练一次", en="Start again for practice"),
    "late": Text(zh="复盘会在保存之后显示。", en="The debriefing appears once this is saved."),
    "debrief": Text(zh="复盘", en="Looking back"),
    "turn": Text(zh="第 {n} 轮", en="Exchange {n}"),
    "better": Text(zh="更好的回应", en="A better reply"),
    "best": Text(zh="这里没有更好的回应", en="No better reply here"),
    "ending": Text(zh="结局", en="How it ended"),
    "retry": Text(zh="再保存一次", en="Save again"),
}


class ScenarioWidget(SavingWidget):
    """One conversation with a simulated client, as a trainee sees and leads it.

    Parameters
    ----------
    scenario
        What can be said.
    answers
        The attempts so far, by the scenario's id, as `clientcourse.values.fit` makes them. What
        does not fit the scenario counts as not given.
    feedback
        Of the last attempt in practice, by the scenario's id, as
        `clientcourse.practice.scenario_feedback` makes it.
    language, record, store_key
        As for `SavingWidget`.
    """

    _esm = bundle(_HERE / "scenario.js")

    scenario = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        scenario: PublicScenario,
        *,
        language: Language,
        answers: Mapping[str, object],
        record: Record,
        store_key: str,
        feedback: Mapping[str, dict[str, Any]] = {},
    ) -> None:
        self._public = scenario
        super().__init__(
            language=language,
            words=_WORDS,
            answers={scenario.id: given(scenario, answers)},
            feedback=feedback,
            record=record,
            store_key=store_key,
            scenario=_shown(scenario),
        )

    def takes(self, item: str, value: object) -> bool:
        """Tell whether these can be the attempts at this scenario, in the browser's form."""
        # What was once said cannot be withdrawn.
        known = item == self._public.id and value is not None
        return known and given(self._public, {item: value}) == value


def _shown(scenario: PublicScenario) -> dict[str, Any]:
    return {
        "id": scenario.id,
        "use": scenario.use,
        "counts": scenario.counts,
        "points": scenario.points,
        "title": plain(scenario.title),
        "setting": inline(scenario.setting),
        "client": plain(scenario.client),
        "about": inline(scenario.about),
        "mood": scenario.mood,
        "moods": [*MOODS],
        "most": MAX_ATTEMPTS,
        "start": scenario.start,
        "nodes": {
            node.id: {
                "says": inline(node.says),
                "says_if": {mood: inline(text) for mood, text in node.says_if.items()},
                "choices": [
                    {
                        "id": choice.id,
                        "text": inline(choice.text),
                        "goto": choice.goto,
                        "mood": choice.mood,
                    }
                    for choice in node.choices
                ],
            }
            for node in scenario.nodes
        },
        "endings": {
            ending.id: {"title": inline(ending.title), "says": inline(ending.says)}
            for ending in scenario.endings
        },
    }
