"""What is said of an item, or of a whole analysis, that is worth a look."""

from __future__ import annotations

from clientcourse.language import LANGUAGES, Text

_TEXTS = {
    "wrong-key": Text(
        zh="请核对答案：成绩最好的学员有 {strong} 选了{other}，{strong_key} 选了算作正确的{key}；"
        "成绩最差的学员里分别是 {weak} 和 {weak_key}。从作答看，{other}更像是正确答案。",
        en="Look at the key: {strong} of the strongest trainees chose {other} and {strong_key} the "
        "key {key}; of the weakest, {weak} and {weak_key}. By these answers {other} looks like the "
        "right one.",
    ),
    "wrong-key-of-option": Text(
        zh="请核对答案：{other}算作{counts}，但成绩最好的学员有 {strong} 选了它，"
        "成绩最差的学员有 {weak}。从作答看，情况正好相反。",
        en="Look at the key: {other} counts as {counts}, but {strong} of the strongest trainees "
        "chose it and {weak} of the weakest. By these answers it looks the other way round.",
    ),
    "ambiguous": Text(
        zh="题目有没有歧义？成绩最好的学员意见不一：{strong_key} 选了算作正确的{key}，"
        "{strong} 选了{other}；成绩最差的学员里分别是 {weak_key} 和 {weak}。"
        "{other}是不是也说得通？",
        en="Is it ambiguous? Two options share the strongest trainees: {strong_key} chose the key "
        "{key} and {strong} chose {other}; of the weakest, {weak_key} and {weak}. Could {other} be "
        "right, too?",
    ),
    "negative": Text(
        zh="总的来说，成绩差的学员在这道题上反而比成绩好的学员做得好（区分度 {discrimination}），"
        "不像是偶然。请核对答案、评分和题目的说法。",
        en="Weak trainees did better on it than strong ones (discrimination {discrimination}), and "
        "chance does not explain it. Look at the key, the points and the wording.",
    ),
    "too-easy": Text(
        zh="几乎人人都对（平均得分率 {share}）：这道题区分不出任何人。",
        en="Nearly everyone is right (mean score {share}): it tells nobody apart.",
    ),
    "unused": Text(
        zh="{n} 人作答，没有一个选{options}：看来没有人会这样错。",
        en="Of {n} who answered, nobody chose {options}: not a believable mistake.",
    ),
    "omitted": Text(
        zh="许多人没有作答（{share}）：是看不懂、太费时间，还是位置太靠后？",
        en="Many leave it open ({share}): is it unclear, too long, or too far down?",
    ),
    "small": Text(
        zh="只有 {n} 人，偶然的影响很大：算出来的区分度如果是 0.30，真实的可能在 {low} 到 {high} "
        "之间（95% 置信区间）。这里的数字只能当作线索。",
        en="Only {n} trainees, so chance is large: where a discrimination of 0.30 is found, the "
        "true one may lie anywhere from {low} to {high} (95% interval). Take the figures as hints.",
    ),
    "tiny": Text(
        zh="只有 {n} 人：这里的数字几乎全凭偶然，只能当作线索。",
        en="Trainees: {n}. The figures are almost all chance; take them as hints.",
    ),
    "left-out": Text(
        zh="另有 {n} 人交了空白，一题也没有作答，不计入题目分析。",
        en="Handed in without a single answer, and left out here: {n}.",
    ),
    "unsettled": Text(
        zh="有 {n} 道题还有作答等待批改或者无法评分，暂时不计入信度和其他题的区分度。",
        en="Items with answers that wait to be marked or cannot be graded, which count neither for "
        "reliability nor for the discrimination of other items yet: {n}.",
    ),
    "not-reliable": Text(
        zh="这些题还不能可靠地区分成绩好和成绩差的学员（信度的置信区间包含 0，或者算不出来），"
        "所以不去判断哪道题的答案可能错了、哪道题有歧义。",
        en="These items do not reliably tell strong trainees from weak ones (the interval of the "
        "reliability includes 0, or there is none), so keys are not called in doubt, nor items "
        "ambiguous.",
    ),
}
RIGHT, WRONG = Text(zh="正确", en="right"), Text(zh="错误", en="wrong")


def sentence(name: str, **details: object) -> Text:
    """Return a sentence in every language.

    Parameters
    ----------
    name
        Name of the sentence.
    details
        What its blanks are filled with; a `Text` in the language of the sentence.
    """
    return Text(
        **{
            language: _TEXTS[name][language].format(
                **{
                    blank: value[language] if isinstance(value, Text) else value
                    for blank, value in details.items()
                }
            )
            for language in LANGUAGES
        }
    )
