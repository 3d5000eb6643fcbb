"""Stars in customers' words."""

import pytest

from aftersales.scores import DIMENSIONS, ScoreOutOfRange, Scores, find_scores

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
    "态度8分", "⭐⭐⭐⭐⭐⭐", "满分10分我给8分", "六颗星",
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
