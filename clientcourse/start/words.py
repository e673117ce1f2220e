"""What the start page says, in both languages side by side."""

from __future__ import annotations

from clientcourse.language import Text

WORDS: dict[str, Text] = {
    "home": Text(zh="课程首页", en="Course home"),
    "hint": Text(
        zh="点一下按钮，课就打开，题目可以直接做；每个答案自动保存。做完一个模块再提交，反馈也会回到这里。",
        en="Press the button: the lesson opens with its questions ready, and every answer is saved "
        "by itself. Hand a module in when you are done; feedback comes back here, too.",
    ),
    "other-language": Text(zh="English", en="中文"),
    "lab": Text(
        zh="打开 JupyterLab（文件、作业列表）", en="Open JupyterLab (files, Assignment List)"
    ),
    # what state a module is in
    "new": Text(zh="未开始", en="Not started"),
    "open": Text(zh="进行中", en="In progress"),
    "handed-in": Text(zh="已提交", en="Handed in"),
    "feedback": Text(zh="反馈已回", en="Feedback is back"),
    "due": Text(zh="截止：", en="Due"),
    "overdue": Text(zh="已过截止时间：", en="Was due"),
    "stop": Text(zh="。", en="."),
    "at": Text(zh="提交于", en="Handed in on"),
    "changed": Text(
        zh="提交以后又有新的作答。要让它们算数，请再提交一次。",
        en="You have answered more since. For that to count, hand in again.",
    ),
    "waiting": Text(
        zh="批改以后，反馈会出现在这里。",
        en="Once it is graded, your feedback will appear here.",
    ),
    "ready": Text(
        zh="计分题都做完了，可以提交。", en="Everything that counts is answered: ready to hand in."
    ),
    "count": Text(zh="已答 {done} / {total}", en="{done} of {total} answered"),
    # what a trainee can do
    "begin": Text(zh="开始", en="Begin"),
    "continue": Text(zh="继续", en="Continue"),
    "look": Text(zh="打开课文", en="Open the lesson"),
    "hand-in": Text(zh="提交", en="Hand in"),
    "hand-in-again": Text(zh="再次提交", en="Hand in again"),
    "read-feedback": Text(zh="看反馈", en="Read feedback"),
    "new-feedback": Text(zh="新", en="new"),
    "of-module": Text(zh="{action}：{title}", en="{action}: {title}"),
    "opens-tab": Text(zh="在新标签页打开", en="opens in a new tab"),
    # handing in
    "ask-title": Text(zh="还有题没做，仍要提交吗？", en="Hand in with questions open?"),
    "ask": Text(
        zh="还有 {count} 道计分题没有作答，没答的不得分。提交以后还可以继续做，再交一次。",
        en="Questions that count and are not answered: {count}. They earn nothing. You can go on "
        "after handing in, and hand in again.",
    ),
    "ask-yes": Text(zh="就这样提交", en="Hand in as it is"),
    "ask-no": Text(zh="先不交，继续做", en="Not yet: go on"),
    "done": Text(zh="已交上去了。", en="It has been handed in."),
    # what may be in the way
    "nothing-title": Text(zh="还没有开放的模块", en="No module is open yet"),
    "nothing": Text(
        zh="讲师发布以后，模块会出现在这里。请过一会儿刷新这一页。",
        en="Modules appear here once your instructor releases them. Reload this page later.",
    ),
    "no-exchange-title": Text(zh="暂时领不到课程", en="The course cannot be reached just now"),
    "no-exchange": Text(
        zh="发放课程的文件夹连不上。已经做过的都还在，没有丢。请把下面这句话告诉管理员，修好以后刷新这一页。",
        en="The folder that hands out the course is missing. Nothing you have done is lost. Pass "
        "the line below on to whoever runs this server, and reload this page once it is mended.",
    ),
    "exchange-advice": Text(
        zh="nbgrader 的 exchange 文件夹（c.Exchange.root）必须存在，并且学员可写。",
        en="nbgrader's exchange folder (c.Exchange.root) must exist and trainees must be able to "
        "write to it.",
    ),
    "begin-failed": Text(zh="“{title}”没有打开", en="“{title}” was not opened"),
    "hand-in-failed": Text(zh="“{title}”没有交上去", en="“{title}” was not handed in"),
    "feedback-failed": Text(
        zh="“{title}”的反馈没有取到", en="The feedback on “{title}” was not fetched"
    ),
    "failed": Text(
        zh="你的答案都还在。请再试一次；还是不行，请把下面这句话告诉管理员。",
        en="Your answers are all still there. Try again; if it still fails, pass the line below on "
        "to whoever runs this server.",
    ),
}
