"""What every figure of item analysis means and where it comes from, to be printed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clientcourse.language import Text

Figure = Literal[
    "difficulty", "discrimination", "strong-and-weak", "omitted", "reliability", "interval", "sem"
]


@dataclass(frozen=True)
class Definition:
    """What a figure is called, what it means and the source of its definition."""

    name: Text
    meaning: Text
    source: Text


DEFINITIONS: dict[Figure, Definition] = {
    "difficulty": Definition(
        name=Text(zh="难度", en="Difficulty"),
        meaning=Text(
            zh="在这道题上的平均得分率，0 到 1，没有作答按 0 分计：数值越高，题目越容易。",
            en="Mean share of the item’s points earned, 0 to 1; no answer counts as 0. The higher, "
            "the easier.",
        ),
        source=Text(
            zh="Crocker 和 Algina（1986），Introduction to Classical and Modern Test Theory，"
            "第 14 章。",
            en="Crocker & Algina (1986), Introduction to Classical and Modern Test Theory, "
            "chapter 14.",
        ),
    ),
    "discrimination": Definition(
        name=Text(zh="区分度", en="Discrimination"),
        meaning=Text(
            zh="这道题的得分与其他各题总分的相关系数，−1 到 1：成绩好的学员在这道题上也得分高，"
            "它就高。0.3 以上算好；接近 0，说明这道题区分不出学员；负数则要查一查。",
            en="Correlation of the points on the item with those on all other items, −1 to 1: high "
            "where those who do well elsewhere do well here. From 0.3 it is called good; near 0 "
            "the item tells nobody apart; below 0 something is amiss.",
        ),
        source=Text(
            zh="校正后的题总相关：Henrysson（1963），Psychometrika 28，211–218；"
            "0.3 的界限：Ebel 和 Frisbie（1991），Essentials of Educational Measurement，"
            "第 13 章。",
            en="Corrected item-total correlation: Henrysson (1963), Psychometrika 28, 211–218; the "
            "limit of 0.3: Ebel & Frisbie (1991), Essentials of Educational Measurement, "
            "chapter 13.",
        ),
    ),
    "strong-and-weak": Definition(
        name=Text(zh="好、差两组的选择", en="Chosen by strong and weak"),
        meaning=Text(
            zh="按其他各题的总分，取最高的 27% 和最低的 27%，看两组各有多少人选了这个选项。"
            "正确选项应该是好的一组选得多，错误选项应该是差的一组选得多。"
            "总分相同而一组只容得下其中几人时，这些人各按同样的份额计入，与姓名顺序无关。",
            en="Share of each group that chose it: the 27% of trainees with the most points on all "
            "other items, and the 27% with the fewest. A right option should attract the strong, a "
            "wrong one the weak. Where some with equal points fit into a group only in part, each "
            "of them counts in equal part, whatever their names.",
        ),
        source=Text(
            zh="Kelley（1939），Journal of Educational Psychology 30，17–24。",
            en="Kelley (1939), Journal of Educational Psychology 30, 17–24.",
        ),
    ),
    "omitted": Definition(
        name=Text(zh="未作答", en="Left open"),
        meaning=Text(
            zh="做过这一课的学员里，有多大比例没有作答这道题。算难度时，没有作答按 0 分计。",
            en="Share of those who worked on the lesson who gave no answer to the item. For the "
            "difficulty that counts as 0.",
        ),
        source=Text(
            zh="Crocker 和 Algina（1986），第 14 章。",
            en="Crocker & Algina (1986), chapter 14.",
        ),
    ),
    "reliability": Definition(
        name=Text(zh="信度（α）", en="Reliability (alpha)"),
        meaning=Text(
            zh="换一套同类的题，学员的分数会有多一致：1 表示完全一致，0 表示全凭偶然。"
            "如果每题只分对错、分值相同，它就是 KR-20。题目越少，它越低。",
            en="How far scores would agree with those on other items of the same kind: 1 fully, 0 "
            "not beyond chance. With items that are right or wrong and worth the same it is KR-20. "
            "The fewer items, the lower.",
        ),
        source=Text(
            zh="Cronbach（1951），Psychometrika 16，297–334；"
            "Kuder 和 Richardson（1937），Psychometrika 2，151–160。",
            en="Cronbach (1951), Psychometrika 16, 297–334; Kuder & Richardson (1937), "
            "Psychometrika 2, 151–160.",
        ),
    ),
    "interval": Definition(
        name=Text(zh="信度的 95% 置信区间", en="95% interval of the reliability"),
        meaning=Text(
            zh="换一批同样的学员，信度会在多大范围里变动。区间越宽，越不能当真。",
            en="How far the reliability could differ with other trainees of the same kind. The "
            "wider, the less it can be relied on.",
        ),
        source=Text(
            zh="Feldt（1965），Psychometrika 30，357–370。",
            en="Feldt (1965), Psychometrika 30, 357–370.",
        ),
    ),
    "sem": Definition(
        name=Text(zh="测量标准误", en="Standard error of measurement"),
        meaning=Text(
            zh="一名学员的分数里有多少分说不准：分数的标准差乘以 √(1 − α)。"
            "真实水平对应的分数，三次里大约有两次落在所得分数上下一个标准误以内。",
            en="How many points of a trainee’s score are uncertain: the standard deviation of the "
            "scores times √(1 − alpha). About two times in three the score that a trainee truly "
            "merits lies within one standard error of the one earned.",
        ),
        source=Text(
            zh="Crocker 和 Algina（1986），第 6 章。",
            en="Crocker & Algina (1986), chapter 6.",
        ),
    ),
}
