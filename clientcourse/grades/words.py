"""What spreadsheets say, in both languages; learning platforms have column heads of their own."""

from __future__ import annotations

from clientcourse.grades.model import State
from clientcourse.language import Text

HEADS = {
    "trainee": Text(zh="学员", en="Trainee"),
    "last-name": Text(zh="姓", en="Last name"),
    "first-name": Text(zh="名", en="First name"),
    "email": Text(zh="邮箱", en="E-mail"),
    "module": Text(zh="模块", en="Module"),
    "lesson": Text(zh="课", en="Lesson"),
    "points": Text(zh="得分", en="Points"),
    "maximum": Text(zh="满分", en="Maximum"),
    "penalty": Text(zh="迟交扣分", en="Late penalty"),
    "grade": Text(zh="成绩", en="Grade"),
    "percent": Text(zh="得分率", en="Percent"),
    "handed-in": Text(zh="提交时间", en="Handed in"),
    "due": Text(zh="截止时间", en="Due"),
    "state": Text(zh="状态", en="State"),
    "total": Text(zh="总成绩", en="Total"),
}
STATES: dict[State, Text] = {
    "missing": Text(zh="未提交", en="not handed in"),
    "graded": Text(zh="已评分", en="graded"),
    "ungraded": Text(zh="已提交，尚未评分", en="handed in, not graded yet"),
    "waiting": Text(zh="待批改", en="waiting for a person"),
}
