"""Stars in customers' words."""

import pytest

from aftersales.opinions import find_opinions, words_of
from aftersales.scores import (
    DIMENSIONS,
    ScoreOutOfRange,
    Scores,
    ScoresContradict,
    find_scores,
    implied_overall,
    named_dimensions,
    read_scores,
    say_scores,
)

OVERALL = {
    "五星": 5, "5星": 5, "5分": 5, "５分": 5, "五分": 5, "满分": 5, "最高分": 5, "4星": 4, "四星": 4,
    "四颗星": 4, "4颗星": 4, "3个星": 3, "两星": 2,
    "一星": 1, "1分": 1, "最低分": 1, "⭐⭐⭐⭐": 4, "⭐️⭐️⭐️⭐️⭐️": 5, "★★★☆☆": 3, "⭐ ⭐ ⭐": 3,
    "五星⭐⭐⭐⭐⭐": 5, "好评": 5, "给个好评": 5, "五星好评": 5,
    "差评": 1, "必须差评": 1, "中评": 3, "非常满意": 5, "很满意": 5, "十分满意，谢谢": 5, "满意": 4,
    "比较满意": 4, "基本满意": 4, "一般": 3, "一般般吧": 3, "还行": 3,
    "不满意": 2, "不太满意": 2, "非常不满意": 1, "很不满意": 1, "很好": 5, "非常好": 5, "不错": 4, "挺好的": 4,
    "太差了": 1, "5": 5, "4": 4, "5。": 5, "五": 5,
    "给5": 5, "打3": 3, "我来评个分，4星": 4, "这次服务我给5分": 5, "整体4分": 4, "总体5星": 5,
    "修得不错，给5分": 5, "不是4星是5星": 5, "服务结束了，给5分": 5,
    "师傅很准时，5分": 5, "5分好评": 5, "全程都很满意": 5,
}


@pytest.mark.parametrize(("text", "stars"), OVERALL.items())
def test_overall(text: str, stars: int) -> None:
    assert find_scores(text).overall == stars


@pytest.mark.parametrize(("text", "scores"), [
    ("态度5分，速度3分", Scores(attitude=5, speed=3)),
    ("态度5分速度3分", Scores(attitude=5, speed=3)),
    ("态度很好，速度一般", Scores(attitude=5, speed=3)),
    ("服务态度五星，专业4星，速度三星，流程满分", Scores(attitude=5, skill=4, speed=3, process=5)),
    ("态度：5 分；专业：4分", Scores(attitude=5, skill=4)),
    ("态度和专业都5分", Scores(attitude=5, skill=5)),
    ("态度、技术、速度都是5分，流程4分", Scores(attitude=5, skill=5, speed=5, process=4)),
    ("手艺4分", Scores(skill=4)),
    ("技术水平不错", Scores(skill=4)),
    ("师傅态度真的非常好", Scores(attitude=5)),
    ("速度太慢了", Scores(speed=1)),
    ("速度有点慢", Scores(speed=2)),
    ("速度很快，态度不好", Scores(speed=5, attitude=2)),
    ("上门速度4星", Scores(speed=4)),
    ("收费规范5分", Scores(process=5)),
    ("整体5分，速度3分", Scores(overall=5, speed=3)),
    ("4星，态度5分", Scores(overall=4, attitude=5)),
    ("给态度打5分", Scores(attitude=5)),
    ("态度⭐⭐⭐⭐⭐ 速度⭐⭐⭐", Scores(attitude=5, speed=3)),
    ("态度满意，技术非常满意", Scores(attitude=4, skill=5)),
    ("速度3分其他都5分", Scores(attitude=5, skill=5, speed=3, process=5)),
    ("态度 5", Scores(attitude=5)),
    ("态度5 专业4 速度3 流程5", Scores(attitude=5, skill=4, speed=3, process=5)),
    ("手艺5分，就是速度扣一分，4分", Scores(skill=5, speed=4)),
    ("態度5分，速度4分", Scores(attitude=5, speed=4)),
    ("態度很好，給五星", Scores(overall=5, attitude=5)),
    ("房东说五星，租客也满意", Scores(overall=5)),
    ("四分，少一分怕你骄傲", Scores(overall=4)),
    ("师傅态度恶劣", Scores(attitude=1)),
    ("收费太高", Scores(process=2)),
    ("对结果唔满意", Scores(overall=2)),
    ("改一下评价，4分改成5分", Scores(overall=5)),
    ("态度5分，其余4分", Scores(attitude=5, skill=4, speed=4, process=4)),
])
def test_dimensions(text: str, scores: Scores) -> None:
    assert find_scores(text) == scores


@pytest.mark.parametrize(("text", "stars"), [
    ("都5分", 5), ("全部五星", 5), ("全都给5分", 5), ("都是4星", 4), ("各项都满分", 5), ("四项都5分", 5),
    ("全5分", 5), ("所有都是5分", 5), ("我都给五星", 5),
])
def test_all_at_once(text: str, stars: int) -> None:
    assert find_scores(text) == Scores(stars, stars, stars, stars, stars)


def test_one_of_all_can_differ() -> None:
    assert find_scores("都5分，就速度3分") == Scores(overall=5, attitude=5, skill=5, speed=3, process=5)


@pytest.mark.parametrize("text", [
    "8分", "10分", "十分", "6星", "0分", "零分", "4.5分", "3.5星", "四星半", "4.5", "8", "10", "0", "100分",
    "态度8分", "⭐⭐⭐⭐⭐⭐", "满分10分我给8分", "六颗星", "10分满分", "满分10分我给9分", "十分制，给5分", "百分制95分", "满分是10分",
])
def test_out_of_range_says_so(text: str) -> None:
    with pytest.raises(ScoreOutOfRange, match="1到5分"):
        find_scores(text)


@pytest.mark.parametrize("text", [
    "", "你好", "我要评价", "怎么评价", "13800138000", "402", "1201", "三分钟", "等了5分钟", "3点20分",
    "14:05分", "星期五", "周五", "师傅什么时候来", "一般什么时候能来",
    "明天下午三点", "空调不制冷", "态度", "评价有什么用", "好的", "可以", "好", "不给好评", "3单元402",
    "百分之五", "显示E1", "没有了", "十分感谢", "不用", "跳过", "11月26号",
    "上门费一般多少钱", "空调效果不好", "分店在哪",
])
def test_no_score_in(text: str) -> None:
    assert find_scores(text) == Scores()


def test_dimensions_are_fields_of_scores() -> None:
    assert [name for name in Scores.__dataclass_fields__ if name != "overall"] == list(DIMENSIONS)


#: Praise and blame without a number; what is understood of them, and no more.
WORDS = {
    # overall
    "挺满意的": Scores(4), "一般般": Scores(3), "太差了": Scores(1), "很高": Scores(5), "评分很高": Scores(5), "凑合": Scores(3),
    "不咋地": Scores(2), "没毛病": Scores(5), "无可挑剔": Scores(5), "杠杠的": Scores(5), "巴适": Scores(5),
    "巴适得板": Scores(5), "完美": Scores(5), "垃圾": Scores(1), "差劲": Scores(2), "还可以": Scores(3), "还不错吧": Scores(4),
    "马马虎虎": Scores(3), "就那样吧": Scores(3), "不差": Scores(4), "很一般": Scores(2), "很失望": Scores(1),
    "不是很满意": Scores(2), "没什么不满意的": Scores(4), "说实话不怎么样": Scores(2), "嗯挺好的": Scores(4), "66666": Scores(5),
    "什么玩意儿，再也不用了": Scores(1), "这次服务很好": Scores(5), "非常不好": Scores(1),
    # attitude
    "师傅很好": Scores(attitude=5), "小哥人不错": Scores(attitude=4), "态度恶劣": Scores(attitude=1), "態度很好": Scores(attitude=5),
    "师傅有点凶": Scores(attitude=2), "师傅骂人": Scores(attitude=1), "师傅很热情": Scores(attitude=5), "不耐烦": Scores(attitude=2),
    "师傅爱答不理的": Scores(attitude=2), "态度没问题": Scores(attitude=4), "没有不耐烦": Scores(attitude=4), "态度很高": Scores(attitude=5),
    "服务很好": Scores(attitude=5), "服务很及时": Scores(speed=5),
    "讲解很清楚": Scores(attitude=5), "态度冷淡": Scores(attitude=2), "师傅好厉害": Scores(attitude=5),
    # skill
    "师傅很专业": Scores(skill=5), "很不专业": Scores(skill=1), "没修好": Scores(skill=2), "又坏了": Scores(skill=2), "手艺没的说": Scores(skill=5),
    "修得不错": Scores(skill=4), "活干得漂亮": Scores(skill=4), "越修越坏": Scores(skill=1), "修了三次还是不行": Scores(skill=2),
    "一次就修好": Scores(skill=5), "手艺差点": Scores(skill=2), "洗得很干净": Scores(skill=5), "技术过硬": Scores(skill=4),
    # speed
    "来晚了": Scores(speed=2), "迟到两小时": Scores(speed=1), "迟到了": Scores(speed=2), "没迟到": Scores(speed=4), "等了三天": Scores(speed=1),
    "不算慢": Scores(speed=4), "一点都不慢": Scores(speed=5), "来得快": Scores(speed=4), "师傅很准时": Scores(speed=5), "没按时来": Scores(speed=2),
    "让我等了一下午": Scores(speed=2), "等太久": Scores(speed=2), "放我鸽子": Scores(speed=1), "約好兩點，四點才到": Scores(speed=2),
    "太慢了": Scores(speed=1), "修得很快": Scores(speed=5), "等得有点久": Scores(speed=2),
    "慢死了": Scores(speed=1), "随叫随到": Scores(speed=5), "磨磨蹭蹭": Scores(speed=2),
    # process
    "收费不透明": Scores(process=2), "没戴鞋套": Scores(process=2), "多收了30": Scores(process=2), "没多收钱": Scores(process=4),
    "收费合理": Scores(process=4), "收费太高": Scores(process=2), "收费不高": Scores(process=4), "太贵了": Scores(process=1),
    "打扫得很干净": Scores(process=4), "没收拾就走了": Scores(process=2), "坐地起价": Scores(process=1), "把地板弄脏了": Scores(process=2),
    "明码标价": Scores(process=5), "还戴了鞋套": Scores(process=4),
    # several
    "师傅很好但来晚了，多收了30": Scores(attitude=5, speed=2, process=2),
    "态度没得说，就是手艺差点": Scores(attitude=5, skill=2),
    "除了慢点都好": Scores(attitude=4, skill=4, speed=2, process=4),
    "除了速度，其他都很好": Scores(attitude=5, skill=5, process=5),
    "除了贵点没毛病": Scores(attitude=5, skill=5, speed=5, process=2),
    "速度有点慢，别的都好": Scores(attitude=4, skill=4, speed=2, process=4),
    "哪都好，就是贵": Scores(4, 4, 4, 4, 2),
    "都挺好的": Scores(4, 4, 4, 4, 4),
    "师傅来得快，修得好，收拾得也干净": Scores(skill=4, speed=4, process=4),
    "专业、准时、态度好": Scores(attitude=4, skill=4, speed=4),
    "师傅人很客气，就是收费有点高": Scores(attitude=5, process=2),
    "活干得漂亮，可惜晚到了一阵子": Scores(skill=4, speed=2),
    "态度挺好技术一般速度慢流程还行": Scores(attitude=4, skill=3, speed=2, process=3),
    "技术不行，修了两趟才好": Scores(skill=2),
    # with stars
    "五星，态度特别好": Scores(5, attitude=5),
    "一星，迟到两小时，还把地板弄脏了": Scores(1, speed=1, process=2),
    "5星，就是慢": Scores(5, speed=2),
    "师傅不错，给5分": Scores(5, attitude=5), "师傅不错，给4分": Scores(4, attitude=4),
    "3🌟": Scores(3), "5⭐": Scores(5), "俩星": Scores(2), "伍星": Scores(5),
    "态度5分，来得太慢": Scores(attitude=5, speed=1),
    "满分5分我给4分": Scores(4), "差评，两星": Scores(2), "上次五星，这次三星": Scores(3), "总体应该是4星": Scores(4),
    "总体4星，态度5分，专业4分，速度3分，流程4分，修得挺好就是等得久": Scores(4, 5, 4, 3, 4),
}


@pytest.mark.parametrize(("text", "scores"), WORDS.items())
def test_words_are_worth_stars(text: str, scores: Scores) -> None:
    assert find_scores(text) == scores


@pytest.mark.parametrize("text", [
    "⭐⭐⭐ 五星", "五星差评", "5分，太差了再也不来了", "1星，非常满意", "2星，还不错", "给五星，给三星", "态度5分，态度恶劣", "4星，不满意",
    "3-4分", "3到4分吧",
    "给4分或5分",
])
def test_stars_against_words_are_unclear(text: str) -> None:
    with pytest.raises(ScoresContradict):
        find_scores(text)


@pytest.mark.parametrize("text", [
    "师傅来得快吗", "会不会多收钱", "希望下次准时一点", "快点来", "差不多", "用了很久", "你好", "好像", "不好意思", "等一下", "慢走", "贵公司",
    "怎么这么贵", "如果修不好怎么办", "差评会不会被报复", "晚上来", "麻烦师傅了", "13866661234", "还差一个", "都可以", "满意度调查", "高温",
])
def test_words_that_judge_nothing(text: str) -> None:
    assert find_scores(text) == Scores()


@pytest.mark.parametrize(("asked", "text", "given"), [
    ("speed", "慢", {"speed": 2}), ("speed", "挺快", {"speed": 4}), ("attitude", "好", {"attitude": 4}), ("attitude", "好的", {}),
    ("skill", "师傅很好", {"skill": 5}), ("overall", "差", {"overall": 2}), ("overall", "好", {}), ("process", "总体4分", {"overall": 4}),
    ("skill", "4", {"skill": 4}), ("skill", "很高", {"skill": 5}), ("process", "没问题", {"process": 4}), ("speed", "不知道", {}),
])
def test_what_is_asked_tells_what_words_are_about(asked: str, text: str, given: dict[str, int]) -> None:
    assert read_scores(text, asked).given == given


@pytest.mark.parametrize(("text", "plain"), [
    ("五星", {"overall"}), ("好评", {"overall"}), ("态度5分，来得太慢", {"attitude"}), ("挺满意的", set()), ("五星，态度特别好", {"overall"}),
])
def test_stars_are_told_from_words(text: str, plain: set[str]) -> None:
    assert read_scores(text).plain == plain


@pytest.mark.parametrize(("text", "blamed", "misconduct"), [
    ("师傅很好但来晚了，多收了30", True, True), ("师傅骂人", True, True), ("把墙刮花了", True, True), ("收了小费", False, True),
    ("来晚了", True, False), ("师傅不错，就是贵了点", True, False), ("很满意", False, False), ("没有多收钱", False, False),
    ("没骂人", False, False), ("会不会乱收费", False, False), ("1星", False, False),
])
def test_blame_and_misconduct_are_noticed(text: str, blamed: bool, misconduct: bool) -> None:
    reading = read_scores(text)
    assert (reading.blamed, reading.misconduct) == (blamed, misconduct)


@pytest.mark.parametrize(("scores", "overall"), [
    (Scores(attitude=5, speed=2, process=2), 3), (Scores(attitude=5, skill=2), 3), (Scores(attitude=3, process=2), 3),
    (Scores(attitude=5, skill=4), 4), (Scores(speed=1), 1), (Scores(skill=1, speed=2), 2), (Scores(overall=4), None),
])
def test_dimensions_imply_the_overall_score(scores: Scores, overall: int | None) -> None:
    assert implied_overall(scores) == overall


def test_scores_are_said_shortly() -> None:
    assert say_scores({"overall": 3, "attitude": 5, "skill": None, "speed": 2}) == "总体3星，态度5，速度2"
    assert say_scores({"skill": 4}) == "专业4"


@pytest.mark.parametrize(("text", "names"), [
    ("速度改一下", ["speed"]), ("总体和态度不对", ["overall", "attitude"]), ("改一下", []), ("其他的", []),
])
def test_dimensions_are_found_by_name(text: str, names: list[str]) -> None:
    assert named_dimensions(text) == names


def every_word() -> list[tuple[str, str, int]]:
    """The words of the table that are written without a pattern, with what they are worth by themselves."""
    return [(word, about, words_of("worth", kind)["plain"])
            for about, kinds in words_of("words").items() for kind, words in kinds.items()
            for word in words.split() if word.isalpha()]


@pytest.mark.parametrize(("word", "about", "stars"), every_word())
def test_every_word_of_the_table_counts(word: str, about: str, stars: int) -> None:
    (opinion,) = find_opinions(word)
    assert (opinion.stars, opinion.end) == (stars, len(word))
    assert opinion.dimension == (None if about == "any" else about)
