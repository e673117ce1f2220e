"""Every sentence that the package says to trainees, in both languages side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clientcourse.language import Text
from clientcourse.languages import joined

if TYPE_CHECKING:
    from clientcourse.language import Language

_MESSAGES: dict[str, Text] = {
    # answering
    "unfit-choice": Text(
        zh="“{item}” 的答案应当是下列编号之一：{expected}。",
        en="The answer to “{item}” must be one of these ids: {expected}.",
    ),
    "unfit-choices": Text(
        zh="“{item}” 的答案应当是由下列编号组成的列表，不重复：{expected}。",
        en="The answer to “{item}” must be a list of some of these ids, none twice: {expected}.",
    ),
    "unfit-order": Text(
        zh="“{item}” 的答案应当是把下列编号全部排好的列表：{expected}。",
        en="The answer to “{item}” must be a list with all of these ids in your order: {expected}.",
    ),
    "unfit-gaps": Text(
        zh="“{item}” 的答案应当是一个字典：编号（{expected}）对应填写的文字，每处不超过 {limit} 个字。",
        en="The answer to “{item}” must be a dictionary from these ids ({expected}) to what you fill "
        "in, at most {limit} characters each.",
    ),
    "unfit-match": Text(
        zh="“{item}” 的答案应当是一个字典：把编号 {prompts} 各自对应到下列编号之一：{expected}。",
        en="The answer to “{item}” must be a dictionary from these ids ({prompts}) to one of these: "
        "{expected}.",
    ),
    "unfit-words": Text(
        zh="“{item}” 的答案应当是一段文字，不超过 {limit} 个字。",
        en="The answer to “{item}” must be a text of at most {limit} characters.",
    ),
    "unfit-attempts": Text(
        zh="“{item}” 是一段对话，请在对话框里作答。",
        en="“{item}” is a conversation; please answer in its own window.",
    ),
    "unfit-number": Text(
        zh="“{item}” 要的是一个普通的数（不能是无穷大或空值），现在给的是 {found}。",
        en="“{item}” asks for one ordinary number (not infinite, not empty), but got a {found}.",
    ),
    "unfit-table": Text(
        zh="“{item}” 要的是一张表（DataFrame），现在给的是 {found}。",
        en="“{item}” asks for a table (a DataFrame), but got a {found}.",
    ),
    "missing-columns": Text(
        zh="“{item}” 的表里缺这些列：{missing}。现有的列是：{found}。请保留所缺的列再运行一次。",
        en="The table for “{item}” lacks these columns: {missing}. It has: {found}. "
        "Keep the missing ones and run the cell again.",
    ),
    "stacked-columns": Text(
        zh="“{item}” 的表里列名有好几层。请让每一列只有一个名字（例如在 agg 里写 新列名=(列, 算法)），再运行一次。",
        en="The table for “{item}” has column names of several levels. Give every column one name "
        "(for example new_name=(column, how) inside agg) and run the cell again.",
    ),
    "repeated-columns": Text(
        zh="“{item}” 的表里有重名的列：{columns}。每个列名只能出现一次。",
        en="The table for “{item}” has columns of the same name: {columns}. Keep one of each.",
    ),
    "unknown-item": Text(
        zh="这一课里没有 “{item}” 这道题。有的是：{known}。",
        en="This lesson has no item “{item}”. It has: {known}.",
    ),
    "unknown-quiz": Text(
        zh="这一课里没有 “{quiz}” 这组题。有的是：{known}。",
        en="This lesson has no quiz “{quiz}”. It has: {known}.",
    ),
    "unknown-cell": Text(
        zh="这一课里没有 “{cell}” 这组计分题或练习。有的是：{known}。",
        en="This lesson has no graded quiz and no exercise “{cell}”. It has: {known}.",
    ),
    "unknown-scenario": Text(
        zh="这一课里没有 “{name}” 这段对话。有的是：{known}。",
        en="This lesson has no conversation “{name}”. It has: {known}.",
    ),
    "no-survey": Text(zh="这门课没有课后调查。", en="This course has no survey about its lessons."),
    "survey-apart": Text(
        zh="问卷和成绩分开，所以这里看不到问卷的回答。",
        en="What is said in the survey is kept apart from grading and not shown here.",
    ),
    "warm-up": Text(zh="热身：前面学过的", en="Warm-up: from earlier lessons"),
    "no-warm-up": Text(
        zh="还没有可以热身的题：前面的课里没有练习，或者还没有领取。",
        en="Nothing to warm up with yet: earlier lessons have no practice, or are not fetched.",
    ),
    "share": Text(zh="最好走法的 {percent}", en="{percent} of the best way"),
    # the lesson file
    "no-lesson-file": Text(
        zh="在 {folder} 里找不到 {file}。笔记本要和它同在一个文件夹里：请把笔记本移回原来的文件夹，"
        "或者重新领取这个作业，再运行一次。已保存的答案还在原来的文件夹里。",
        en="There is no {file} in {folder}. The notebook must stay in the same folder with it: move "
        "the notebook back, or fetch the assignment again, and run this cell once more. Saved "
        "answers are still in the original folder.",
    ),
    "bad-lesson-file": Text(
        zh="{file} 读不出来，可能被改动过。请重新领取这个作业；答案文件不受影响。",
        en="{file} cannot be read; it may have been changed. Fetch the assignment again; your "
        "answers are not affected.",
    ),
    "no-such-table": Text(
        zh="没有名为 “{table}” 的数据表。有的是：{known}。",
        en="There is no table “{table}”. There are: {known}.",
    ),
    # the answer file
    "too-big": Text(
        zh="没有保存：这一课的答案合起来不能超过 {limit} MB，加上 “{item}” 就会有 {size} MB。"
        "请检查是不是把整张大表交了上来，只留下题目要的行和列。先前保存的答案都还在。",
        en="Not saved: the answers of one lesson may take {limit} MB together; with “{item}” they "
        "would take {size} MB. Did you hand in a whole big table? Keep only the rows and columns "
        "that are asked for. Everything saved before is still there.",
    ),
    "cannot-write": Text(
        zh="没有保存：写不进 {file}（{reason}）。请检查磁盘是否已满、文件夹是否可写，然后再答一次。"
        "先前保存的答案都还在。",
        en="Not saved: {file} cannot be written ({reason}). See whether the disk is full or the "
        "folder closed to writing, then answer again. Everything saved before is still there.",
    ),
    "read-only": Text(
        zh="没有保存：{file} 被设成了只读。请在文件浏览器里取消只读（或请管理员处理），然后再答一次。"
        "先前保存的答案都还在。",
        en="Not saved: {file} is marked read-only. Make it writable (or ask whoever runs this "
        "server), then answer again. Everything saved before is still there.",
    ),
    "out-of-date": Text(
        zh="没有保存：这段对话已经在另一个窗口里继续了，而已经说过的话不能收回。请重新运行这个单元格，从那里接着谈。",
        en="Not saved: this conversation has gone on in another window, and what was said cannot be "
        "taken back. Run this cell again to go on from there.",
    ),
    "lock-timeout": Text(
        zh="没有保存：另一个程序占着 {file} 超过 {seconds} 秒。请关掉重复打开的本课笔记本，然后再答一次。",
        en="Not saved: another program has been holding {file} for over {seconds} seconds. Close "
        "other copies of this notebook, then answer again.",
    ),
    "damaged-restored": Text(
        zh="答案文件 {file} 损坏了，已经用旁边的备份恢复，保存过的 {count} 个答案都在。"
        "损坏的文件改名为 {aside}，没有删除。",
        en="The answer file {file} was damaged. It has been restored from the copy beside it, with "
        "the {count} answers you had saved. The damaged file was kept as {aside}.",
    ),
    "damaged-lost": Text(
        zh="答案文件 {file} 损坏了，旁边也没有可用的备份。它已改名为 {aside}（没有删除），"
        "请联系讲师看看能否找回；现在从空白开始。",
        en="The answer file {file} was damaged and there is no good copy beside it. It was kept as "
        "{aside}: ask your instructor whether it can be rescued. You start afresh now.",
    ),
    "foreign": Text(
        zh="答案文件 {file} 不是这里的：它属于 “{trainee}” 的 “{lesson}” 课。已改名为 {aside}（没有删除），"
        "现在从空白开始。如果那是你的另一个账号，请联系讲师。",
        en="The answer file {file} is not yours here: it belongs to “{trainee}”, lesson “{lesson}”. "
        "It was kept as {aside} and you start afresh. If that is another account of yours, ask "
        "your instructor.",
    ),
    "newer-schema": Text(
        zh="{file} 是由更新版本的课程写的，这里的版本不敢改动它。请更新课程软件或联系讲师。",
        en="{file} was written by a newer version of the course, and this version will not touch "
        "it. Update the course software or ask your instructor.",
    ),
    "not-a-file": Text(
        zh="没有保存：{file} 应当是一个普通文件，现在却不是。请把它移走或改名，然后再答一次。",
        en="Not saved: {file} should be an ordinary file and is not. Move or rename it, then "
        "answer again.",
    ),
    # what was recorded, what is open
    "recorded-number": Text(zh="已记录：{value}{unit}", en="Recorded: {value}{unit}"),
    "recorded-table": Text(
        zh="已记录：{rows} 行，列：{columns}。前几行是：",
        en="Recorded: {rows} rows with the columns {columns}. The first ones:",
    ),
    "withdrawn": Text(
        zh="“{item}” 还没有作答。把 ... 换成你的代码，再运行一次这个单元格。",
        en="“{item}” is not answered yet. Put your code in place of the ... and run the cell again.",
    ),
    "check-complete": Text(
        zh="“{title}”：{total} 题都已作答，可以提交。是否正确要等评分。",
        en="“{title}”: all {total} answered and ready to submit. Right or wrong comes with grading.",
    ),
    "check-open": Text(
        zh="“{title}”：{total} 题里还有 {open} 题没有作答：{items}。",
        en="“{title}”: {open} of {total} still open: {items}.",
    ),
    "check-exercise-done": Text(
        zh="“{title}”：已记录答案，可以提交。是否正确要等评分。",
        en="“{title}”: an answer is recorded and ready to submit. Right or wrong comes with grading.",
    ),
    "check-exercise-open": Text(
        zh="“{title}”：还没有记录答案。写好代码，运行上面的单元格，再回到这里。",
        en="“{title}”: no answer is recorded yet. Finish and run the cell above, then come back.",
    ),
    "check-scenario-done": Text(
        zh="“{title}”：对话已经走到结尾，可以提交。评价要等评分。",
        en="“{title}”: the conversation has come to its end and is ready to submit. How it went "
        "comes with grading.",
    ),
    "check-scenario-open": Text(
        zh="“{title}”：对话还没有走到结尾。请回到上面的单元格继续。",
        en="“{title}”: the conversation has not come to its end. Go on in the cell above.",
    ),
    "question-number": Text(zh="第 {number} 题", en="question {number}"),
    "progress-title": Text(zh="本课进度", en="Your progress in this lesson"),
    "progress-open": Text(zh="还有 {n} 项没有做完", en="Still open: {n}"),
    "progress-all-done": Text(zh="全部做完了", en="All done"),
    "progress-go": Text(zh="去看：{title}", en="Go to {title}"),
    "progress-lost": Text(
        zh="找不到那个单元格。它可能被移动或改过了，请自己翻一翻。",
        en="That cell cannot be found; it may have been moved or changed. Please look for it.",
    ),
    "progress-line": Text(zh="{done} / {total} 已作答", en="{done} of {total} answered"),
    "progress-graded": Text(zh="计分", en="graded"),
    "progress-practice": Text(zh="练习", en="practice"),
    "exercise": Text(zh="数据练习", en="data exercise"),
    # grading
    "marked-by-person": Text(
        zh="**{title} · 第 {number} 题**（{points} 分）由讲师批改。请在上面的方框里作答，这一格不用动。",
        en="**{title} · question {number}** ({points} points) is marked by your instructor. Answer in "
        "the box above and leave this cell as it is.",
    ),
    "plain-nbgrader": Text(
        zh="这个单元格必须由 clientcourse 的评分程序评分，普通的 nbgrader 不能给它打分，所以记 0 分。"
        "请在课程文件夹里（有 nbgrader_config.py）运行评分，并安装 clientcourse[grading]。",
        en="This cell must be graded by clientcourse; a plain nbgrader cannot score it, so it gets 0. "
        "Grade in the course folder (the one with nbgrader_config.py), with clientcourse[grading] "
        "installed.",
    ),
    "verdict-right": Text(zh="正确", en="Right"),
    "verdict-partly": Text(zh="部分正确", en="Partly right"),
    "verdict-wrong": Text(zh="不正确", en="Not right"),
    "verdict-missing": Text(zh="没有作答", en="Not answered"),
    "verdict-pending": Text(zh="等待讲师批改", en="Awaiting your instructor"),
    "verdict-self": Text(
        zh="请对照参考答案和评分要点，看看自己写到了哪些",
        en="Compare it with the model answer and tick what yours has",
    ),
    "verdict-unfit": Text(
        zh="交来的答案读不出来，不能计分",
        en="The answer handed in could not be read, so it earns nothing",
    ),
    "verdict-ungradable": Text(
        zh="参考答案没有算出来，这一题暂时无法评分，请联系讲师",
        en="The reference answer could not be worked out, so this item cannot be graded yet: "
        "please ask your instructor",
    ),
    "dropped": Text(
        zh="本题不再计分，怎样作答都不影响得分",
        en="This question no longer counts; it earns and costs nothing",
    ),
    "dropped-part": Text(
        zh="这一部分已经没有计分的题，所以人人得满分。",
        en="Nothing in this part counts any more, so everyone gets all of its points.",
    ),
    "reason-multiple-wrong": Text(
        zh="选中了 {wrong} 个错误选项；只要选错一个，这一题就不得分。",
        en="You chose {wrong} wrong option(s); one wrong choice costs all points of the item.",
    ),
    "reason-multiple-part": Text(
        zh="{total} 个正确选项里选中了 {found} 个。",
        en="You found {found} of the {total} right options.",
    ),
    "reason-multiple-all-or-nothing": Text(
        zh="{total} 个正确选项里选中了 {found} 个，另选错 {wrong} 个；全部选对才得分。",
        en="You found {found} of the {total} right options and chose {wrong} wrong one(s); only "
        "exactly the right ones earn points.",
    ),
    "reason-multiple-each-option": Text(
        zh="{options} 个选项逐个判断：{total} 个正确选项里选中了 {found} 个，选错 {wrong} 个；"
        "判断对的减去判断错的，就是得分的比例。",
        en="Each of the {options} options is a decision: you found {found} of the {total} right ones "
        "and chose {wrong} wrong one(s). Right decisions minus wrong ones make your share.",
    ),
    "reason-blank": Text(
        zh="{total} 处里填对了 {found} 处。", en="Gaps filled rightly: {found} of {total}."
    ),
    "reason-match": Text(
        zh="{total} 对里配对了 {found} 对。", en="Pairs matched rightly: {found} of {total}."
    ),
    "reason-scenario": Text(
        zh="这次对话得到 {earned}，最好的走法可以得到 {best}。",
        en="This conversation came to {earned}; the best way through it comes to {best}.",
    ),
    "gap": Text(zh="第 {number} 空", en="gap {number}"),
    "reason-order-extra": Text(
        zh="{total} 步里有 {run} 步的先后是对的，但多放了 {extra} 步；每多一步要抵掉一步。",
        en="{run} of the {total} steps stand in the right succession, but {extra} too many are kept; "
        "each of them undoes one.",
    ),
    "reason-order": Text(
        zh="{total} 步里有 {run} 步的先后是对的。",
        en="{run} of the {total} steps stand in the right succession.",
    ),
    "reason-number": Text(
        zh="你的答案：{value}{unit}；参考答案：{reference}{unit}，相差不超过 {allowed}{unit} 都算对。",
        en="Your answer: {value}{unit}; expected: {reference}{unit}, give or take {allowed}{unit}.",
    ),
    "reason-number-exact": Text(
        zh="你的答案：{value}{unit}；参考答案：{reference}{unit}，要完全一样。",
        en="Your answer: {value}{unit}; expected: exactly {reference}{unit}.",
    ),
    "reason-table": Text(
        zh="参考答案有 {reference_rows} 行，你交了 {rows} 行，对上 {matched} 行；"
        "对上的行里，{cells} 个数值中有 {right_cells} 个正确。",
        en="The reference has {reference_rows} rows; you gave {rows}, of which {matched} belong. In "
        "those, {right_cells} of {cells} values are right.",
    ),
    "reason-table-keys": Text(
        zh="参考答案有 {reference_rows} 行，你交了 {rows} 行，对上 {matched} 行。",
        en="The reference has {reference_rows} rows; you gave {rows}, of which {matched} belong.",
    ),
    "rows-missing": Text(zh="缺 {count} 行", en="Missing rows ({count})"),
    "rows-extra": Text(zh="多出 {count} 行", en="Rows that do not belong ({count})"),
    "rows-repeated": Text(zh="重复 {count} 行", en="Rows given more than once ({count})"),
    "rows-different": Text(zh="数值不对的有 {count} 行", en="Rows with other values ({count})"),
    "rows-more": Text(zh="另有 {count} 行", en="{count} more"),
    "rows-in-column": Text(zh="{column} 列 {count} 行", en="{column} in {count}"),
    "rows-example": Text(zh="每种举一行为例", en="An example of each"),
    "row": Text(zh="行", en="Row"),
    "row-missing": Text(zh="缺少", en="missing"),
    "row-extra": Text(zh="多出", en="does not belong"),
    "row-repeated": Text(zh="重复", en="repeated"),
    "row-yours": Text(zh="你的", en="yours"),
    "row-expected": Text(zh="应为", en="expected"),
    "rows-given": Text(
        zh="你的答案有 {count} 行，前几行是：", en="Your answer has {count} rows. The first ones:"
    ),
    "asked-again": Text(
        zh="这道题以后还会考，所以这里不公布答案。",
        en="This will be asked again, so its answer is not shown here.",
    ),
    "notebook-unreadable": Text(
        zh="提交的笔记本文件缺失或者读不出来，里面的代码没有运行。在题目里点选的答案不受影响。",
        en="The submitted notebook is missing or cannot be read, so the code in it was not run. "
        "Answers you clicked in quizzes are not affected.",
    ),
    "notebook-renamed": Text(
        zh="提交的笔记本名为“{name}”，已按“{lesson}”评分。下次提交时请不要改名。",
        en="The notebook was handed in as “{name}” and graded as “{lesson}”. Please do not rename "
        "it next time.",
    ),
    "run-stopped": Text(
        zh="运行你的笔记本时它提前停了（{reason}），后面的代码没有运行。在题目里点选的答案不受影响。",
        en="While your notebook was being run it stopped early ({reason}), so later code was not "
        "run. Answers you clicked in quizzes are not affected.",
    ),
    "answers-restored": Text(
        zh="提交的答案文件损坏，已用备份恢复。",
        en="The submitted answer file was damaged; its backup copy was used.",
    ),
    "answers-of-another-lesson": Text(
        zh="提交的答案文件属于另一课（“{lesson}”），所以点选的答案都算没有作答。",
        en="The submitted answer file belongs to another lesson (“{lesson}”), so clicked answers "
        "count as not given.",
    ),
    "answers-of-another-trainee": Text(
        zh="提交的答案文件上写的是另一位学员（“{trainee}”）。",
        en="The submitted answer file carries the name of another trainee (“{trainee}”).",
    ),
    "not-in-the-bank": Text(
        zh="题库里已经没有这一部分，暂时无法评分，请联系讲师。",
        en="The item bank no longer has this part, so it cannot be graded yet: please ask your "
        "instructor.",
    ),
    "answers-missing": Text(
        zh="提交里没有答案文件，所以点选的答案都算没有作答。",
        en="The submission holds no answer file, so clicked answers count as not given.",
    ),
    "answers-unreadable": Text(
        zh="提交的答案文件读不出来（{reason}），备份也不能用，所以点选的答案都算没有作答。",
        en="The submitted answer file cannot be read ({reason}) and has no good copy, so clicked "
        "answers count as not given.",
    ),
    "reread": Text(zh="请再读：{heading}", en="Read again: {heading}"),
    "expected": Text(zh="应为：{words}", en="expected: {words}"),
    "better": Text(zh="更好的说法：{words}", en="Better: {words}"),
    "not-steps": Text(zh="不该放进来的", en="These do not belong"),
    "meter-outcome": Text(zh="结果", en="outcome"),
    "meter-respect": Text(zh="尊重", en="respect"),
    "meter-process": Text(zh="流程", en="process"),
    "answer": Text(zh="答案", en="Answer"),
    "rubric": Text(zh="评分要点", en="Marking points"),
    "model-answer": Text(zh="参考答案", en="Model answer"),
    "your-answer": Text(zh="你的答案", en="Your answer"),
    "your-answer-right": Text(zh="（你的答案，正确）", en="(your answer, right)"),
    "your-answer-wrong": Text(zh="（你的答案，不正确）", en="(your answer, not right)"),
    "right-answer": Text(zh="（正确答案）", en="(right answer)"),
    "gap-empty": Text(zh="没有填", en="nothing"),
    "your-place": Text(zh="你排在第 {place} 位", en="you put it at place {place}"),
    "right-order": Text(zh="正确顺序", en="Right order"),
    "points": Text(zh="{points} / {total} 分", en="{points} of {total} points"),
    # errors of Python
    "stumble-mark": Text(
        zh="代码里要用英文标点：把“{mark}”换成英文的“{plain}”，再运行一次。",
        en="Code needs the plain mark: replace “{mark}” by “{plain}” and run the cell again.",
    ),
    "stumble-character": Text(
        zh="第 {line} 行里的“{mark}”，Python 不认识。删掉它，或者用英文输入法重打这一处，再运行一次。",
        en="Python does not know the “{mark}” in line {line}. Delete it or type that place again, "
        "and run the cell again.",
    ),
    "stumble-indent": Text(
        zh="第 {line} 行开头的空格不对。把这一行开头的空格删掉，和上一行对齐，再运行一次。",
        en="The spaces at the start of line {line} are not right. Delete them, so that the line "
        "begins where the one above does, and run the cell again.",
    ),
    "stumble-syntax": Text(
        zh="第 {line} 行没有写完整，或者多写、少写了符号。看看括号、引号是不是成对，再和例子对照一遍。",
        en="Line {line} is not complete, or there is a mark too many or too few. See whether every "
        "bracket and quotation mark has its partner, and compare with the example.",
    ),
    "stumble-name": Text(
        zh="没有 {name} 这个名字。检查拼写，大小写也要一样；如果它是上面某一格里的，先运行那一格。",
        en="There is nothing called {name}. Check the spelling, capitals too; if it comes from a "
        "cell above, run that one first.",
    ),
    "stumble-key": Text(
        zh="找不到“{key}”。要是在取表里的一列，名字要和表头一模一样。",
        en="“{key}” is not there. A column’s name has to be just as it stands at the head of the "
        "table.",
    ),
    "stumble-attribute": Text(
        zh="点后面的 {name} 用不了。检查拼写；也看看点前面的是不是你要的表或列。",
        en="The {name} after the dot cannot be used here. Check the spelling, and whether what "
        "stands before the dot is the table or column you mean.",
    ),
    "stumble-dots": Text(
        zh="三个点 ... 还没有换成你的代码。",
        en="The three dots ... still have to be replaced by your code.",
    ),
    "stumble-truth": Text(
        zh="一整列不能用 and、or、not 连。请改用 &、|、~，每个条件外面都加括号。",
        en="A whole column cannot be used with and, or, not. Use &, |, ~ and put brackets around "
        "each condition.",
    ),
    "stumble-brackets": Text(
        zh="用 & 或者 | 连条件的时候，每个条件外面都要加括号，像 (a > 1) & (b < 2)。",
        en="Where conditions are joined by & or |, each needs its own brackets, as in "
        "(a > 1) & (b < 2).",
    ),
}


def say(message: str, language: Language, **details: object) -> str:
    """Return a sentence in a language.

    Parameters
    ----------
    message
        Name of the sentence.
    details
        What its blanks are filled with; the parts of a list stand as the language has them.
    """
    blanks = {
        name: joined(map(str, value), language) if isinstance(value, list) else value
        for name, value in details.items()
    }
    return _MESSAGES[message][language].format(**blanks)
