"""The words of the report pages, in both languages."""

from clientcourse.language import Text

WORDS: dict[str, Text] = {
    # pages
    "cohort-kind": Text(zh="班级报告", en="Cohort report"),
    "module-kind": Text(zh="模块报告", en="Module report"),
    "lesson-kind": Text(zh="课的报告", en="Lesson report"),
    "with-codes": Text(zh="以代号显示学员", en="With codes for names"),
    "with-names": Text(zh="显示学员姓名", en="With names"),
    "language": Text(zh="中文", en="English"),
    "pages": Text(zh="报告的其他页面", en="Pages of this report"),
    "modules": Text(zh="模块", en="Modules"),
    "module": Text(zh="模块", en="Module"),
    "lessons": Text(zh="各课", en="Lessons"),
    "lesson": Text(zh="课", en="Lesson"),
    "unanswered-share": Text(zh="未作答", en="Unanswered"),
    # progress
    "progress": Text(zh="进度", en="Progress"),
    "due": Text(zh="截止", en="Due"),
    "handed-in": Text(zh="已提交", en="Handed in"),
    "handed-in-all": Text(zh="全部交齐", en="Handed in everything"),
    "handed-in-at": Text(zh="提交时间", en="Handed in at"),
    "late": Text(zh="迟交", en="Late"),
    "is-late": Text(zh="迟交", en="late"),
    "waiting": Text(zh="待批改", en="To be marked"),
    "time": Text(zh="用时（分钟）", en="Time, minutes"),
    "time-note": Text(
        zh="用时按作答记录估算：把先后两次作答的间隔加起来，超过 {pause} 分钟的间隔算休息，不计入。"
        "表中是中位数。做法和局限见 Kovanović 等（2015），LAK ’15，184–193。",
        en="Time is estimated from the answers: gaps between one answer and the next are added up, "
        "and one of more than {pause} minutes counts as a pause. Medians are shown. On the method "
        "and its limits see Kovanović et al. (2015), LAK ’15, 184–193.",
    ),
    # mastery
    "mastery": Text(zh="学习目标的掌握情况", en="Mastery of the objectives"),
    "mastery-note": Text(
        zh="掌握程度是一名学员在考查这个目标的计分题上拿到的分数比例；没交的模块、还没批改和无法评分的"
        "作答不算。热力图里一行是一个目标，一列是一名学员，得分率高的在左边。",
        en="Mastery is the share of points that a trainee earned on the graded items that ask for "
        "the objective; modules not handed in, and answers not marked yet or not gradable, are "
        "left out. In the map a row is an objective and a column a trainee, best scores left.",
    ),
    "weakest": Text(zh="最薄弱的目标", en="The weakest objectives"),
    "objectives": Text(zh="各个目标", en="Objective by objective"),
    "objectives-more": Text(
        zh="各模块的页面上有全部目标。", en="The pages of the modules have all objectives."
    ),
    "goal": Text(zh="目标", en="Objective"),
    "mean-mastery": Text(zh="平均掌握程度", en="Mean mastery"),
    "below-half": Text(zh="不到一半的人数", en="Below half"),
    # help
    "help": Text(zh="谁需要帮助", en="Who needs help"),
    "help-note": Text(
        zh="列出的学员符合下面至少一条：该交的模块没有交（已过截止时间；没有截止时间的，一半学员已交就算"
        "该交）；得分率低于 {low}；有 {open} 及以上的题没有作答。最后一栏是掌握不到一半的目标，"
        "最多三个，可以从这里谈起。",
        en="Listed is everyone with a module not handed in that should be (past due or, where no "
        "date is set, handed in by half of the trainees), or with a score below {low}, or with "
        "{open} or more of the items unanswered. Beside it stand up to three objectives mastered "
        "less than half, to begin a talk with.",
    ),
    "help-more": Text(zh="还有 {count} 人", en="{count} more"),
    "help-none": Text(zh="目前没有这样的学员。", en="Nobody at present."),
    "not-handed-in": Text(zh="未提交", en="Not handed in"),
    "talk-about": Text(zh="从哪里谈起", en="What to talk about"),
    "survey": Text(zh="学员的看法", en="What trainees say"),
    "alpha": Text(zh="信度 α", en="Reliability α"),
    "alpha-line": Text(
        zh="信度 α = {alpha}，95% 置信区间 {low} 到 {high}；测量标准误 {sem} 分"
        "（{items} 题，{n} 人）。",
        en="Reliability α = {alpha}, 95% interval {low} to {high}; standard error of measurement "
        "{sem} points (items: {items}, trainees: {n}).",
    ),
    "flags": Text(zh="值得看一看的题", en="Items worth a look"),
    "flags-none": Text(zh="没有发现可疑的题。", en="No item stands out."),
    "high": Text(zh="先看", en="first"),
    "medium": Text(zh="再看", en="then"),
    "low": Text(zh="有空再看", en="later"),
    "definitions": Text(zh="这些数字是什么意思", en="What the figures mean"),
    "figure-name": Text(zh="数字", en="Figure"),
    "meaning": Text(zh="意思", en="Meaning"),
    "source": Text(zh="出处", en="Source"),
    "discrimination": Text(zh="区分度", en="Discrimination"),
    "left-open": Text(zh="未作答", en="Left open"),
    "strong": Text(zh="好的一组", en="strong"),
    "weak": Text(zh="差的一组", en="weak"),
    "total": Text(zh="合计", en="Total"),
    "heat-figure": Text(
        zh="目标和学员的热力图，各目标的平均值在下面的表中",
        en="Heat map of objectives and trainees; the means are in the table below",
    ),
    "generated": Text(zh="生成于", en="Made on"),
    "internal": Text(
        zh="内部资料：含正确答案和学员成绩，请勿转给学员。",
        en="For instructors only: this page shows the key and the trainees’ results.",
    ),
    "contents": Text(zh="目录", en="Contents"),
    "trainees": Text(zh="学员", en="Trainees"),
    "mean": Text(zh="平均得分率", en="Mean score"),
    "median": Text(zh="得分率中位数", en="Median score"),
    "items": Text(zh="题目", en="Items"),
    "full-marks": Text(zh="满分", en="Full marks"),
    "empty": Text(
        zh="还没有评过分的提交。收取并评分以后，这里会有成绩和统计。",
        en="No submission has been graded yet. Collect and grade, and results will appear here.",
    ),
    "ungradable-note": Text(
        zh="参考答案没有算出来，所以有 {count} 份作答暂时无法评分。它们现在记 0 分，不计入难度。"
        "修好参考答案后请重新评分。",
        en="Not gradable for want of a reference answer: {count}. They earn 0 points for now and "
        "are left out of the difficulty. Mend the reference and grade again.",
    ),
    # sections
    "scores": Text(zh="全班成绩", en="How the cohort did"),
    "difficulty": Text(zh="题目难度", en="How hard the items were"),
    "answers": Text(zh="各题作答", en="How each item was answered"),
    "by-trainee": Text(zh="学员成绩", en="Results by trainee"),
    "difficulty-note": Text(
        zh="难度指全体提交者在一道题上的平均得分率，没有作答按 0 分计：数值越高，题目越容易。"
        "85% 及以上标为“太易”，50% 及以下标为“偏难”，其余为“适中”。",
        en="Difficulty is the mean share of an item’s points earned by all who submitted; no "
        "answer counts as 0. The higher, the easier: from 85% an item is marked “too easy”, up to "
        "50% “hard”, in between “fine”.",
    ),
    "weight-note": Text(
        zh="这个班有 {n} 人，一名学员的对错就会让难度变动 {points} 个百分点。",
        en="With {n} in the cohort, a single trainee can move a difficulty by {points} points.",
    ),
    "answers-note": Text(
        zh="比例的分母是作答了这道题的人数。错误选项比正确选项更受欢迎时，请检查题干、答案和讲法。",
        en="Shares are of those who answered the item. Where a wrong option is chosen more often "
        "than the key, look again at the stem, the key and the lesson.",
    ),
    # text alternatives
    "scores-figure": Text(
        zh="得分率分布的柱状图，数据在“学员成绩”表中",
        en="Histogram of scores; the data are in the table “Results by trainee”",
    ),
    "difficulty-figure": Text(
        zh="每题平均得分率的条形图，数据在下面的表中",
        en="Bar chart of the mean score on each item; the data are in the table below",
    ),
    "choices-figure": Text(
        zh="每题各选项选择比例的条形图，数据在下面各题的表中",
        en="Bar chart of the share choosing each option; the data are in the tables below",
    ),
    # table heads
    "position": Text(zh="题号", en="No."),
    "item": Text(zh="题目", en="Item"),
    "type": Text(zh="题型", en="Type"),
    "objective": Text(zh="目标", en="Objective"),
    "points": Text(zh="分值", en="Points"),
    "answered": Text(zh="作答人数", en="Answered"),
    "difficulty-head": Text(zh="难度", en="Difficulty"),
    "hint": Text(zh="提示", en="Hint"),
    "option": Text(zh="选项", en="Option"),
    "option-share": Text(zh="选择比例", en="Chosen by"),
    "part": Text(zh="部分", en="Part"),
    "part-share": Text(zh="答对的比例", en="Right in"),
    "step": Text(zh="步骤（正确顺序）", en="Step (in the right order)"),
    "step-share": Text(zh="放对位置的比例", en="Put in its place by"),
    "key": Text(zh="正确选项", en="key"),
    "name": Text(zh="学员", en="Trainee"),
    "earned": Text(zh="得分", en="Points"),
    "score": Text(zh="得分率", en="Score"),
    "unanswered": Text(zh="未作答题数", en="Unanswered"),
    "worth": Text(zh="{points} 分", en="worth {points}"),
    # item types
    "single": Text(zh="单选", en="single choice"),
    "multiple": Text(zh="多选", en="multiple choice"),
    "truefalse": Text(zh="判断", en="true or false"),
    "order": Text(zh="排序", en="ordering"),
    "blank": Text(zh="填空", en="fill in"),
    "match": Text(zh="配对", en="matching"),
    "number": Text(zh="数值", en="number"),
    "short": Text(zh="简答", en="own words"),
    "scenario": Text(zh="对话", en="conversation"),
    "table": Text(zh="表格", en="table"),
    # verdicts
    "right": Text(zh="正确", en="right"),
    "partly": Text(zh="部分正确", en="partly right"),
    "wrong": Text(zh="不正确", en="wrong"),
    "missing": Text(zh="未作答", en="not answered"),
    "unfit": Text(zh="读不出", en="unreadable"),
    "ungradable": Text(zh="无法评分", en="not gradable"),
    "pending": Text(zh="待批改", en="to be marked"),
}
