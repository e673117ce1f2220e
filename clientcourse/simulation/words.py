"""What model trainees say in their own words, in both languages."""

from __future__ import annotations

from clientcourse.language import Text

NOT_KNOWN = Text(zh="不清楚", en="not sure")
"""What is written into a gap for want of a better word."""

POOR_ANSWERS = (
    Text(zh="先听客户说完，再按规定办。", en="Hear the client out, then go by the rules."),
    Text(zh="具体情况具体分析。", en="It depends on the case."),
    Text(zh="我会先请示主管，再答复客户。", en="I would ask my manager first and then reply."),
    Text(zh="态度要好，多替客户着想。", en="Be friendly and think of the client."),
)
"""Answers in words that make few of the points that are asked for."""

REMARKS = (
    Text(
        zh="例子很贴近工作，希望再多几个。",
        en="The cases are close to my work. More of them, please.",
    ),
    Text(
        zh="数据练习有点难，提示可以多一些。",
        en="The data exercises are hard; a few more hints would help.",
    ),
    Text(
        zh="节奏偏快，有的地方看了两遍才懂。", en="A little fast. Some parts I had to read twice."
    ),
    Text(zh="和客户对话的部分最有用。", en="The conversations were the most useful part."),
    Text(
        zh="内容偏银行，保险的例子少了些。",
        en="Mostly about banks; there could be more on insurance.",
    ),
    Text(zh="题目的措辞有时容易误会。", en="Some questions can be misread."),
    Text(zh="没有要改的，谢谢。", en="Nothing to change, thank you."),
    Text(zh="希望能在手机上做。", en="I would like to do this on my phone."),
)
"""What is answered to the survey's questions in free words."""
