"""Reading a report: what each message fills in, what is asked next, and what was wrong with it."""

from datetime import datetime
from typing import Any

import pytest

from aftersales import addresses, intake
from aftersales.intake import Taken, Turn, items, next_question, read

Entities = tuple[tuple[str, str], ...]

HOME = {"province": "广东省", "city": "佛山市", "district": "顺德区", "detail": "北滘镇美的大道6号2栋301",
        "text": "佛山顺德北滘镇美的大道6号2栋301"}
#: 张三's finished report: it only has to be confirmed.
FULL: dict[str, Any] = {
    "service_type": "维修", "appliance": "空调", "brand": "美的", "model": "KFR-35GW", "fault": "不制冷",
    "fault_since": "昨天", "passed": ["photos"], "contact_name": "张三", "phone": "13800138000", "address": HOME,
    "visit": {"start": "2026-11-24T13:00:00+08:00", "end": "2026-11-24T18:00:00+08:00"},
}
#: He has agreed, and been given the check list before.
KNOWN = {
    "consent": True,
    "checked": [["空调", each.title] for fault in ("不制冷", "漏水", "没反应")
                for each in [intake.checklist_of({"service_type": "维修", "appliance": "空调", "fault": fault})] if each],
}
FULL |= KNOWN
#: What is filled in when a question comes up.
BEFORE: dict[str, tuple[str, ...]] = {
    "service_type": (),
    "appliance": ("service_type",),
    "fault": ("service_type", "appliance"),
    "brand_model": ("service_type", "appliance", "fault"),
    "model": ("service_type", "appliance", "fault", "brand"),
    "fault_since": ("service_type", "appliance", "fault", "brand", "model"),
    "photos": ("service_type", "appliance", "fault", "brand", "model", "fault_since"),
    "contact_name": ("service_type", "appliance", "fault", "brand", "model", "fault_since", "passed"),
    "phone": ("service_type", "appliance", "fault", "brand", "model", "fault_since", "passed", "contact_name"),
    "address": ("service_type", "appliance", "fault", "brand", "model", "fault_since", "passed", "contact_name", "phone"),
    "visit_time": tuple(name for name in FULL if name != "visit"),
    "confirm": tuple(FULL),
}


def draft_at(question: str) -> dict[str, Any]:
    """张三's report at the moment when the question is asked; he has agreed, and been given the check list before."""
    return {name: FULL[name] for name in BEFORE[question]} | KNOWN


#: Before the check list.
CHECKING = draft_at("brand_model") | {"checked": []}


def living_at(words: str, *, pinned: bool = False) -> dict[str, Any]:
    """A draft of which only the address given is unfinished."""
    address = addresses.find_address(words, asked=True)
    assert address is not None
    return draft_at("address") | {"address": intake.place(address, pinned=pinned)}


def said(text: str, intent: str = "inform", *entities: tuple[str, str], sure: float = 0.9) -> Turn:
    return Turn(text, intent, sure, entities)


def plain(taken: Taken) -> dict[str, Any]:
    """The changes in short: the address on one line, the visit as day and hours; passed questions apart."""
    changes = {name: value for name, value in taken.changes.items() if name != "passed"}
    address = intake.address_of(changes)
    if address:
        changes["address"] = addresses.full_address(address)
    visit = intake.visit_of(changes)
    if visit:
        changes["visit"] = f"{visit.start:%m-%d %H:%M}–{visit.end:%H:%M}"
    return changes


def outcome(taken: Taken) -> str:
    """The one word for how it goes on."""
    flags = [name for name in ("stop", "wait", "aside", "confirmed", "change") if getattr(taken, name)]
    assert len(flags) <= 1, flags
    return flags[0] if flags else taken.mood or taken.problem or "on"


def test_the_drafts_of_these_tests_are_at_their_question() -> None:
    assert {question: next_question(draft_at(question)) for question in BEFORE} == {name: name for name in BEFORE}


# --- openings --------------------------------------------------------------------------------------------------------

OPENINGS: list[tuple[Turn, dict[str, Any], str]] = [
    (said("我要报修", "request_service", ("service_type", "报修")), {"service_type": "维修"}, "appliance"),
    (said("我要报修", "request_service"), {"service_type": "维修"}, "appliance"),
    (said("空调坏了", "describe_fault", ("appliance", "空调"), ("symptom", "坏了")),
     {"service_type": "维修", "appliance": "空调"}, "fault"),
    (said("空调漏水", "describe_fault", ("appliance", "空调"), ("symptom", "漏水")),
     {"service_type": "维修", "appliance": "空调", "fault": "漏水"}, "self_check"),
    (said("E1", "describe_fault", ("error_code", "E1")), {"service_type": "维修", "error_code": "E1"}, "appliance"),
    (said("装热水器", "request_service", ("service_type", "装"), ("appliance", "热水器")),
     {"service_type": "安装", "appliance": "热水器"}, "brand_model"),
    (said("洗衣机清洗一下", "request_service", ("service_type", "清洗"), ("appliance", "洗衣机")),
     {"service_type": "清洗", "appliance": "洗衣机"}, "brand_model"),
    (said("空调移机，周六上午", "request_service", ("service_type", "移机"), ("appliance", "空调")),
     {"service_type": "移机", "appliance": "空调", "visit": "11-28 08:00–12:00"}, "brand_model"),
    (said("油烟机更换配件", "request_service", ("service_type", "更换配件"), ("appliance", "油烟机")),
     {"service_type": "更换配件", "appliance": "油烟机"}, "brand_model"),
    (said("能不能来检测一下热水器", "request_service", ("service_type", "检测"), ("appliance", "热水器")),
     {"service_type": "检测", "appliance": "热水器"}, "brand_model"),
    (said("空调显示E1", "describe_fault", ("appliance", "空调"), ("error_code", "E1")),
     {"service_type": "维修", "appliance": "空调", "fault": "显示E1", "error_code": "E1"}, "brand_model"),
    (said("家里那台格力柜机不太凉", "describe_fault", ("appliance", "柜机"), ("symptom", "不太凉")),
     {"service_type": "维修", "appliance": "空调", "brand": "格力", "fault": "不太凉"}, "self_check"),
    (said("空调和冰箱都坏了", "describe_fault", ("appliance", "空调"), ("appliance", "冰箱"), ("symptom", "坏了")),
     {"service_type": "维修", "appliance": "空调", "others": [{"appliance": "冰箱", "service_type": "维修"}]}, "fault"),
    (said("油烟机吸力小 上周开始的", "describe_fault", ("appliance", "油烟机"), ("symptom", "吸力小")),
     {"service_type": "维修", "appliance": "油烟机", "fault": "吸力小", "fault_since": "上周开始"}, "self_check"),
    (said("嗯那个我家那个冰箱啊它不制冷了就是从昨天开始的你们明天上午能来看看吗", "describe_fault", ("appliance", "冰箱"),
          ("symptom", "不制冷")),
     {"service_type": "维修", "appliance": "冰箱", "fault": "不制冷", "fault_since": "从昨天开始",
      "visit": "11-24 08:00–12:00"}, "brand_model"),
    (said("喂你好我姓王我家洗衣机脱水的时候声音特别大电话是幺三八零零幺三八零零零", "describe_fault", ("appliance", "洗衣机"),
          ("symptom", "脱水的时候声音特别大")),
     {"service_type": "维修", "appliance": "洗衣机", "fault": "脱水的时候声音特别大", "phone": "13800138000",
      "contact_name": "王"}, "consent"),
    (said("张三，13800138000，佛山顺德北滘镇美的大道6号2栋301，空调漏水", "describe_fault", ("appliance", "空调"),
          ("symptom", "漏水"), ("person_name", "张三")),
     {"service_type": "维修", "appliance": "空调", "fault": "漏水", "contact_name": "张三", "phone": "13800138000",
      "address": "广东省佛山市顺德区北滘镇美的大道6号2栋301"}, "consent"),
    (said("美的空调KFR-35GW不制冷，显示E1，上周开始的，我叫张三，电话13800138000，地址广东省佛山市顺德区北滘镇美的大道6号2栋301，明天下午来",
          "describe_fault", ("brand", "美的"), ("appliance", "空调"), ("symptom", "不制冷"), ("person_name", "张三")),
     {"service_type": "维修", "appliance": "空调", "brand": "美的", "model": "KFR-35GW", "fault": "不制冷", "error_code": "E1",
      "fault_since": "上周开始", "contact_name": "张三", "phone": "13800138000", "visit": "11-24 13:00–18:00",
      "address": "广东省佛山市顺德区北滘镇美的大道6号2栋301"}, "consent"),
]


@pytest.mark.parametrize(("turn", "changes", "then"), OPENINGS, ids=[turn.text[:20] for turn, _, _ in OPENINGS])
def test_an_opening_fills_in_everything_it_says(turn: Turn, changes: dict[str, Any], then: str, now: datetime) -> None:
    taken = read(turn, {}, None, now)
    assert plain(taken) == changes
    assert outcome(taken) == "on"
    assert next_question(taken.changes) == then


def test_an_opening_with_a_wrong_number_keeps_the_rest(now: datetime) -> None:
    turn = said("电话1380013800，空调不制冷", "describe_fault", ("appliance", "空调"), ("symptom", "不制冷"))
    taken = read(turn, {}, None, now)
    assert plain(taken) == {"service_type": "维修", "appliance": "空调", "fault": "不制冷"}
    assert taken.problem == "phone"
    assert "11位" in taken.reason


def test_an_opening_never_counts_as_an_aside_or_a_break_off(now: datetime) -> None:
    for intent in ("faq_price", "stop", "query_progress", "request_service"):
        assert outcome(read(said("空调不修了，要换一台", intent), {}, None, now)) == "on"


# --- answers ---------------------------------------------------------------------------------------------------------

#: question · what is said · intent · changes · the question after it
ANSWERS: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("service_type", "维修", "inform", {"service_type": "维修"}, "appliance"),
    ("service_type", "修一下", "request_service", {"service_type": "维修"}, "appliance"),
    ("service_type", "安装", "inform", {"service_type": "安装"}, "appliance"),
    ("service_type", "换个配件", "request_service", {"service_type": "更换配件"}, "appliance"),
    ("service_type", "修空调", "request_service", {"service_type": "维修", "appliance": "空调"}, "fault"),
    ("appliance", "空调", "inform", {"appliance": "空调"}, "fault"),
    ("appliance", "挂机", "inform", {"appliance": "空调"}, "fault"),
    ("appliance", "那个，家里的电冰箱", "inform", {"appliance": "冰箱"}, "fault"),
    ("appliance", "格力的", "inform", {"brand": "格力"}, "appliance"),
    ("fault", "不制冷", "describe_fault", {"fault": "不制冷"}, "brand_model"),
    ("fault", "不转了", "describe_fault", {"fault": "不转了"}, "brand_model"),
    ("fault", "没反应", "describe_fault", {"fault": "没反应"}, "brand_model"),
    ("fault", "像拖拉机一样", "inform", {"fault": "像拖拉机一样"}, "brand_model"),
    ("fault", "E1", "inform", {"fault": "E1", "error_code": "E1"}, "brand_model"),
    ("fault", "显示P4，一直滴滴响", "describe_fault", {"fault": "显示P4，一直滴滴响", "error_code": "P4"}, "brand_model"),
    ("fault", "漏水，昨天开始的", "describe_fault", {"fault": "漏水，昨天开始的", "fault_since": "昨天开始"}, "brand_model"),
    ("brand_model", "美的KFR-35GW/N8XHA1", "inform", {"brand": "美的", "model": "KFR-35GW/N8XHA1"}, "fault_since"),
    ("brand_model", "型号是KFR-26", "inform", {"model": "KFR-26"}, "fault_since"),
    ("brand_model", "杂牌子", "inform", {}, "fault_since"),
    ("model", "KFR-35GW/N8XHA1", "inform", {"model": "KFR-35GW/N8XHA1"}, "fault_since"),
    ("model", "格力KFR-72LW", "inform", {"brand": "格力", "model": "KFR-72LW"}, "fault_since"),
    ("model", "铭牌磨掉了", "inform", {}, "fault_since"),
    ("fault_since", "昨天", "inform", {"fault_since": "昨天"}, "photos"),
    ("fault_since", "上周开始的", "inform", {"fault_since": "上周开始"}, "photos"),
    ("fault_since", "好久了", "inform", {"fault_since": "好久了"}, "photos"),
    ("fault_since", "刚买就这样", "inform", {"fault_since": "刚买就这样"}, "photos"),
    ("photos", "好的", "affirm", {}, "contact_name"),
    ("photos", "我叫张三", "inform", {"contact_name": "张三"}, "phone"),
    ("contact_name", "张三", "inform", {"contact_name": "张三"}, "phone"),
    ("contact_name", "李女士", "inform", {"contact_name": "李女士"}, "phone"),
    ("contact_name", "叫我老李就行", "inform", {"contact_name": "老李"}, "phone"),
    ("contact_name", "买买提·艾力", "inform", {"contact_name": "买买提·艾力"}, "phone"),
    ("contact_name", "张三 13800138000", "inform", {"contact_name": "张三", "phone": "13800138000"}, "address"),
    ("contact_name", "周日上午来，联系人李四", "inform", {"contact_name": "李四", "visit": "11-29 08:00–12:00"}, "phone"),
    ("phone", "13800138000", "inform", {"phone": "13800138000"}, "address"),
    ("phone", "幺三八零零幺三八零零零", "inform", {"phone": "13800138000"}, "address"),
    ("phone", "0757-26338888", "inform", {"phone": "0757-26338888"}, "address"),
    ("phone", "13800138000，地址佛山顺德北滘镇美的大道6号2栋301", "inform",
     {"phone": "13800138000", "address": "广东省佛山市顺德区北滘镇美的大道6号2栋301"}, "visit_time"),
    ("address", "佛山市顺德区北滘镇美的大道6号2栋301", "inform", {"address": "广东省佛山市顺德区北滘镇美的大道6号2栋301"}, "visit_time"),
    ("address", "佛山顺德", "inform", {"address": "广东省佛山市顺德区"}, "address_road"),
    ("address", "美的大道6号", "inform", {"address": "美的大道6号"}, "address_region"),
    ("address", "君兰江山3栋1201", "inform", {"address": "君兰江山3栋1201"}, "address_region"),
    ("address", "鼓楼区中山路100号3栋502", "inform", {"address": "鼓楼区中山路100号3栋502"}, "address_choice"),
    ("address", "佛山市顺德区北滘镇美的大道", "inform", {"address": "广东省佛山市顺德区北滘镇美的大道"}, "address_door"),
    ("address", "上海市浦东新区世纪大道100号2号楼301，周六上午", "inform",
     {"address": "上海市浦东新区世纪大道100号2号楼301", "visit": "11-28 08:00–12:00"}, "confirm"),
    ("visit_time", "明天下午", "inform", {"visit": "11-24 13:00–18:00"}, "confirm"),
    ("visit_time", "周六上午9点", "inform", {"visit": "11-28 09:00–11:00"}, "confirm"),
    ("visit_time", "下午三点到五点", "inform", {"visit": "11-23 15:00–17:00"}, "confirm"),
    ("visit_time", "2026-11-26 14:00", "inform", {"visit": "11-26 14:00–16:00"}, "confirm"),
    ("visit_time", "改到后天上午", "reschedule_visit", {"visit": "11-25 08:00–12:00"}, "confirm"),
]


@pytest.mark.parametrize(("question", "text", "intent", "changes", "then"), ANSWERS)
def test_an_answer_is_taken(
    question: str, text: str, intent: str, changes: dict[str, Any], then: str, now: datetime
) -> None:
    draft = draft_at(question)
    taken = read(said(text, intent), draft, question, now)
    assert plain(taken) == changes
    assert outcome(taken) == "on"
    assert next_question(draft | taken.changes) == then


@pytest.mark.parametrize("text", ["尽快", "都可以", "什么时候都行"])
def test_no_preference_is_an_answer_to_the_question_for_the_visit(text: str, now: datetime) -> None:
    taken = read(said(text), draft_at("visit_time"), "visit_time", now)
    visit = intake.visit_of(taken.changes)
    assert outcome(taken) == "on"
    assert visit is not None
    assert visit.end > visit.start >= now


#: question · what is said · intent · the problem that is told
WRONG: list[tuple[str, str, str, str]] = [
    ("service_type", "第九个", "inform", "no_service"),
    ("service_type", "不知道", "skip", "no_service"),
    ("appliance", "一个机器", "inform", "no_appliance"),
    ("appliance", "不知道", "skip", "no_appliance"),
    ("fault", "不知道", "skip", "no_fault"),
    ("fault", "没有了", "deny", "no_fault"),
    ("fault", "坏了", "describe_fault", "no_fault"),
    ("fault", "嗯", "affirm", "no_fault"),
    ("fault", "好的", "affirm", "no_fault"),
    ("contact_name", "不告诉你", "deny", "no_name"),
    ("contact_name", "哈哈哈", "inform", "no_name"),
    ("contact_name", "好的", "affirm", "no_name"),
    ("phone", "就这个微信", "inform", "no_phone"),
    ("phone", "没有", "deny", "no_phone"),
    ("phone", "不方便", "skip", "no_phone"),
    ("phone", "1380013800", "inform", "phone"),
    ("phone", "138001380001", "inform", "phone"),
    ("phone", "26338888", "inform", "phone"),
    ("address", "在家", "inform", "no_address"),
    ("address", "不知道", "skip", "no_address"),
    ("visit_time", "昨天", "inform", "past_time"),
    ("visit_time", "11月31号", "inform", "impossible_time"),
    ("visit_time", "明年五月一号", "inform", "too_far"),
    ("visit_time", "不知道", "skip", "no_time"),
    ("visit_time", "没空", "deny", "no_time"),
    ("visit_time", "哈哈", "inform", "no_time"),
    ("visit_time", "嗯", "affirm", "no_time"),
]


@pytest.mark.parametrize(("question", "text", "intent", "problem"), WRONG)
def test_what_is_no_answer_is_told_and_asked_again(
    question: str, text: str, intent: str, problem: str, now: datetime
) -> None:
    draft = draft_at(question)
    taken = read(said(text, intent), draft, question, now)
    assert (outcome(taken), plain(taken)) == (problem, {})
    assert next_question(draft | taken.changes) == question


PASSED_OVER = [
    ("brand_model", "不知道", "skip", "fault_since"),
    ("brand_model", "没有", "deny", "fault_since"),
    ("brand_model", "忘了", "inform", "fault_since"),
    ("model", "看不清", "skip", "fault_since"),
    ("fault_since", "记不清了", "skip", "photos"),
    ("fault_since", "不知道", "inform", "photos"),
    ("photos", "没有照片", "deny", "contact_name"),
    ("photos", "不方便拍", "skip", "contact_name"),
    ("photos", "跳过", "inform", "contact_name"),
]


@pytest.mark.parametrize(("question", "text", "intent", "then"), PASSED_OVER)
def test_what_need_not_be_known_can_be_passed_over(question: str, text: str, intent: str, then: str, now: datetime) -> None:
    draft = draft_at(question)
    taken = read(said(text, intent), draft, question, now)
    assert (outcome(taken), plain(taken)) == ("on", {})
    assert question in taken.changes["passed"]
    assert next_question(draft | taken.changes) == then


@pytest.mark.parametrize("text", [
    "型号没看", "型号都没看", "都没看", "没记", "看不清", "要问我妈", "得回去看一下", "在家里", "我人不在家", "型号鬼知道", "谁知道呢",
    "创维，型号没记", "哪里晓得"])
def test_who_cannot_say_the_model_is_not_asked_again(text: str, now: datetime) -> None:
    draft = draft_at("model")
    taken = read(said(text), draft, "model", now)
    assert next_question(draft | taken.changes) == "fault_since"


@pytest.mark.parametrize("text", ["要问我妈", "得回去看一下", "没注意", "谁知道呢"])
def test_who_cannot_say_since_when_has_not_said_it(text: str, now: datetime) -> None:
    taken = read(said(text), draft_at("fault_since"), "fault_since", now)
    assert (plain(taken), taken.changes["passed"][-1]) == ({}, "fault_since")


def test_the_model_is_unknown_of_each_appliance(now: datetime) -> None:
    draft = draft_at("model") | {"others": [{"appliance": "电视", "service_type": "维修", "fault": "没声音"}]}
    turn = said("电视创维，空调奥克斯，型号都没看", "inform", ("appliance", "电视"), ("brand", "创维"), ("appliance", "空调"),
                ("brand", "奥克斯"))
    draft |= read(turn, draft | {"brand": None}, "model", now).changes
    assert (draft["brand"], draft["others"][0]["brand"], draft["passed"]) == ("奥克斯", "创维", ["model"])


def test_a_question_is_given_up_for_the_appliance_it_is_about() -> None:
    draft = draft_at("fault_since") | {"others": [{"appliance": "电视", "service_type": "维修", "fault": "没声音"}]}
    assert intake.given_up(draft, "fault_since") == {"passed": ["fault_since"]}
    assert intake.given_up(draft, "other_brand_model")["others"][0]["passed"] == ["brand_model"]


def test_passing_over_a_question_keeps_what_was_passed_before(now: datetime) -> None:
    draft = draft_at("photos") | {"passed": ["fault_since"], "fault_since": None}
    assert read(said("没有", "deny"), draft, "photos", now).changes["passed"] == ["fault_since", "photos"]


@pytest.mark.parametrize(("question", "text"), [("phone", "稍等"), ("model", "等一下"), ("brand_model", "我去看一下")])
def test_whoever_needs_a_moment_is_asked_again_later(question: str, text: str, now: datetime) -> None:
    assert read(said(text), draft_at(question), question, now) == Taken(wait=True)


@pytest.mark.parametrize("text", [
    "等一下啊 我去看一眼标", "等一下哈 孩子哭了", "稍等 我问下我老公", "你先等等", "等我看看", "马上啊 我找找", "等会儿，有人敲门",
    "我先接个电话", "稍等片刻", "等等哈我找下说明书", "我去拿一下说明书", "等下发"])
@pytest.mark.parametrize("question", [
    "appliance", "fault", "brand_model", "fault_since", "photos", "contact_name", "phone", "address", "visit_time", "confirm"])
def test_whoever_says_why_is_waited_for_as_well(question: str, text: str, now: datetime) -> None:
    for intent, sure in (("nlu_fallback", 0.3), ("inform", 0.6), ("goodbye", 0.6)):
        assert read(said(text, intent, sure=sure), draft_at(question), question, now) == Taken(wait=True)


@pytest.mark.parametrize(("question", "turn", "how"), [
    ("confirm", said("等一下 电话改成13900139000", "change_contact"), "on"),
    ("confirm", said("等会儿 换的件是原厂的吗", "faq_parts"), "aside"),
    ("phone", said("等一下 13900139000"), "on"),
    ("brand_model", said("等一下，美的的"), "on"),
    ("contact_name", said("等一下，我叫李四"), "on"),
    ("visit_time", said("等两天再来", "reschedule_visit", sure=0.5), "aside"),
    ("visit_time", said("等一下午了", sure=0.5), "no_time"),
    ("visit_time", said("马上"), "on"),
    ("fault", said("我看一下电视就闪", "describe_fault"), "on"),
    ("phone", said("等一下，我查查进度", "query_progress"), "aside"),
    ("phone", said("等下，不报了", "stop"), "stop"),
])
def test_details_questions_and_wishes_do_not_wait(question: str, turn: Turn, how: str, now: datetime) -> None:
    assert outcome(read(turn, draft_at(question), question, now)) == how


@pytest.mark.parametrize("text", ["好了 你接着问", "我回来了", "好了，继续问吧", "不好意思久等了", "忙完了，你说吧"])
@pytest.mark.parametrize("question", ["brand_model", "photos", "contact_name", "address", "visit_time", "confirm"])
def test_whoever_is_back_is_asked_again(question: str, text: str, now: datetime) -> None:
    assert read(said(text, "affirm"), draft_at(question), question, now) == Taken()


@pytest.mark.parametrize("text", ["能开发票不 公司报销用的", "公司要用，有没得发票", "公司的要不要钱", "公司收费不"])
def test_a_question_in_dialect_is_answered_whatever_detail_it_brings(text: str, now: datetime) -> None:
    assert outcome(read(said(text, "faq_invoice"), draft_at("phone"), "phone", now)) == "aside"


@pytest.mark.parametrize("text", ["能开机不制冷", "有水不热", "要修不要装", "会自动停", "没有照片不发了"])
def test_a_fault_is_no_question(text: str) -> None:
    assert not intake.QUESTION.search(text)


# --- moods -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "你们就是一帮饭桶 问东问西的烦死人了", "一群废物", "滚", "烦不烦啊你们", "你他妈有完没完", "什么垃圾玩意儿"])
@pytest.mark.parametrize("question", [
    "fault", "brand_model", "fault_since", "photos", "contact_name", "phone", "address", "visit_time", "confirm", "consent"])
def test_abuse_is_no_answer(question: str, text: str, now: datetime) -> None:
    draft = CHECKING | {"consent": None} if question == "consent" else draft_at(question)
    for intent, sure in (("nlu_fallback", 0.3), ("inform", 0.6), ("out_of_scope", 0.99)):
        assert read(said(text, intent, sure=sure), draft, question, now) == Taken(mood="anger")


@pytest.mark.parametrize("text", ["快点啊", "问这么多干嘛 快点行不行", "急死人了", "还有多少问题", "赶紧的"])
@pytest.mark.parametrize("question", ["brand_model", "photos", "contact_name", "phone", "address", "confirm"])
def test_impatience_is_no_answer(question: str, text: str, now: datetime) -> None:
    for intent, sure in (("nlu_fallback", 0.3), ("urge_order", 0.9)):
        assert read(said(text, intent, sure=sure), draft_at(question), question, now) == Taken(mood="hurry")
    urging = read(said("快点", "urge_order"), draft_at(question) | {"open_orders": [
        {"number": "BX1", "appliance": "冰箱", "service_type": "维修", "household": None}]}, question, now)
    assert urging.aside  # there is something to urge


@pytest.mark.parametrize(("question", "turn", "how"), [
    ("contact_name", said("我叫李四，烦死了"), "on"),
    ("phone", said("13900139000 别再问了"), "on"),
    ("photos", said("没照片 别问了", "skip"), "on"),
    ("phone", said("什么态度，我要投诉", "complain"), "aside"),
    ("fault", said("滚筒不转，烦死了", "describe_fault", ("symptom", "滚筒不转")), "on"),
    ("fault_since", said("烦死了，昨天就坏了"), "on"),
    ("visit_time", said("赶紧的 明天上午"), "on"),
    ("confirm", said("不对，气死我了，电话错了", "deny"), "on"),
    ("phone", said("没有工单吗，催一下", "urge_order"), "aside"),
])
def test_an_answer_counts_in_whatever_tone(question: str, turn: Turn, how: str, now: datetime) -> None:
    assert outcome(read(turn, draft_at(question), question, now)) == how


@pytest.mark.parametrize(("text", "question"), [("不制冷，没有照片", "photos"), ("不制冷，美的的，型号不知道", "model")])
def test_a_question_can_be_passed_over_before_it_comes(text: str, question: str, now: datetime) -> None:
    taken = read(said(text, "describe_fault", ("symptom", "不制冷")), draft_at("fault"), "fault", now)
    assert question in taken.changes["passed"]


def test_a_visit_said_along_with_the_beginning_of_the_fault_is_taken(now: datetime) -> None:
    taken = read(said("昨天晚上开始的，明天上午来行吗"), draft_at("fault_since"), "fault_since", now)
    assert plain(taken) == {"fault_since": "昨天晚上开始", "visit": "11-24 08:00–12:00"}


def test_name_and_number_are_no_part_of_the_fault(now: datetime) -> None:
    turn = said("王女士，13700137000，不制冷", "inform", ("person_name", "王女士"), ("phone", "13700137000"), ("symptom", "不制冷"))
    taken = read(turn, draft_at("fault"), "fault", now)
    assert (taken.changes["contact_name"], taken.changes["phone"]) == ("王女士", "13700137000")
    assert "不制冷" in taken.changes["fault"]
    assert "1370" not in taken.changes["fault"]


def test_a_question_that_another_detail_answers_comes_again(now: datetime) -> None:
    draft = draft_at("brand_model")
    taken = read(said("还漏水", "describe_fault", ("symptom", "漏水")), draft, "brand_model", now)
    assert next_question(draft | taken.changes) == "brand_model"


# --- addresses, piece by piece ---------------------------------------------------------------------------------------

#: what is known · its question · the answer · the address after it · the question after it
PIECES: list[tuple[str, str, str, str, str]] = [
    ("鼓楼区中山路100号3栋502", "address_choice", "南京", "江苏省南京市鼓楼区中山路100号3栋502", "visit_time"),
    ("鼓楼区中山路100号3栋502", "address_choice", "福州市鼓楼区", "福建省福州市鼓楼区中山路100号3栋502", "visit_time"),
    ("美的大道6号2栋301", "address_region", "佛山市顺德区", "广东省佛山市顺德区美的大道6号2栋301", "visit_time"),
    ("美的大道6号2栋301", "address_region", "佛山", "广东省佛山市美的大道6号2栋301", "visit_time"),
    ("佛山市顺德区", "address_road", "北滘镇美的大道6号2栋301", "广东省佛山市顺德区北滘镇美的大道6号2栋301", "visit_time"),
    ("佛山市顺德区", "address_road", "美的大道", "广东省佛山市顺德区美的大道", "address_door"),
    ("佛山市顺德区北滘镇美的大道", "address_door", "6号2栋301", "广东省佛山市顺德区北滘镇美的大道6号2栋301", "visit_time"),
    ("佛山市顺德区北滘镇美的大道", "address_door", "301", "广东省佛山市顺德区北滘镇美的大道301", "visit_time"),
    ("佛山市顺德区北滘镇美的大道", "address_door", "佛山市南海区桂城街道南海大道1号3栋402",
     "广东省佛山市南海区桂城街道南海大道1号3栋402", "visit_time"),
]


@pytest.mark.parametrize(("known", "question", "text", "address", "then"), PIECES)
def test_an_address_is_completed_piece_by_piece(
    known: str, question: str, text: str, address: str, then: str, now: datetime
) -> None:
    draft = living_at(known)
    assert next_question(draft) == question
    taken = read(said(text), draft, question, now)
    assert (plain(taken), outcome(taken)) == ({"address": address}, "on")
    assert next_question(draft | taken.changes) == then


@pytest.mark.parametrize(("known", "question"), [
    ("鼓楼区中山路100号3栋502", "address_choice"), ("美的大道6号2栋301", "address_region"),
    ("佛山市顺德区", "address_road"), ("佛山市顺德区北滘镇美的大道", "address_door")])
@pytest.mark.parametrize(("text", "intent"), [("不知道", "skip"), ("没有", "deny")])
def test_a_piece_of_the_address_cannot_be_passed_over(
    known: str, question: str, text: str, intent: str, now: datetime
) -> None:
    draft = living_at(known)
    taken = read(said(text, intent), draft, question, now)
    assert (outcome(taken), plain(taken)) == ("no_address", {})


def test_a_pinned_place_needs_a_door_though_its_label_has_a_number(now: datetime) -> None:
    label = "广东省佛山市顺德区北滘镇美的大道6号"
    assert next_question(living_at(label)) == "visit_time"
    pinned = living_at(label, pinned=True)
    assert next_question(pinned) == "address_door"
    assert read(said("旁边有棵树"), pinned, "address_door", now).problem == "no_address"
    taken = read(said("2栋301"), pinned, "address_door", now)
    assert plain(taken) == {"address": label + "2栋301"}
    assert next_question(pinned | taken.changes) == "visit_time"


@pytest.mark.parametrize("text", ["没有门牌号", "就在路口，没有门牌号", "我们这没门牌", "农村自建房，没钉门牌"])
@pytest.mark.parametrize("asked", ["address_door", "address", "phone"])
def test_who_has_no_door_number_is_believed_at_once(text: str, asked: str, now: datetime) -> None:
    draft = living_at("佛山市顺德区北滘镇美的大道")
    taken = read(said(text), draft, asked, now)
    assert "address_door" in taken.changes["passed"]
    assert next_question(draft | taken.changes) != "address_door"


# --- what counts for several appliances ------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "brands"), [
    ("都是美的的", ["美的", "美的", "海尔"]), ("全是美的", ["美的", "美的", "海尔"]), ("美的", ["美的", None, "海尔"])])
def test_a_brand_said_of_all_counts_for_all_that_have_none(text: str, brands: list[str | None], now: datetime) -> None:
    others = [{"appliance": "洗衣机", "service_type": "维修", "fault": "漏水"}, {"appliance": "冰箱", "brand": "海尔"}]
    draft = {"service_type": "维修", "appliance": "空调", "fault": "不制冷", "others": others}
    after = draft | read(said(text, "inform", ("brand", "美的")), draft, "brand_model", now).changes
    assert [item.get("brand") for item in (after, *after["others"])] == brands


# --- corrections, asides, breaking off -------------------------------------------------------------------------------


def test_what_is_known_is_only_replaced_by_a_correction(now: datetime) -> None:
    draft = draft_at("visit_time")
    for turn in (said("13900139000"), said("洗衣机", "inform", ("appliance", "洗衣机")),
                 said("我叫李四", "inform", ("person_name", "李四")), said("住在佛山市禅城区祖庙路1号5栋201")):
        assert plain(read(turn, draft, "visit_time", now)) == {}, turn.text


@pytest.mark.parametrize(("turn", "changes"), [
    (said("电话说错了，是13900139000", "change_contact"), {"phone": "13900139000"}),
    (said("电话改成13900139000"), {"phone": "13900139000"}),
    (said("不是空调，是洗衣机", "describe_fault"), {"appliance": "洗衣机"}),
    (said("地址写错了，是佛山市禅城区祖庙路1号5栋201"), {"address": "广东省佛山市禅城区祖庙路1号5栋201"}),
    (said("联系人换成李四", "change_contact", ("person_name", "李四")), {"contact_name": "李四"}),
])
def test_a_correction_is_taken_at_any_question(turn: Turn, changes: dict[str, Any], now: datetime) -> None:
    assert plain(read(turn, draft_at("visit_time"), "visit_time", now)) == changes


def test_of_a_correction_that_names_both_the_new_number_counts(now: datetime) -> None:
    turn = said("13800138000写错了，改成13900139000", "change_contact")
    assert plain(read(turn, FULL, "confirm", now)) == {"phone": "13900139000"}


def test_another_fault_is_added_to_the_first(now: datetime) -> None:
    turn = said("还漏水", "describe_fault", ("symptom", "漏水"))
    assert plain(read(turn, draft_at("brand_model"), "brand_model", now)) == {"fault": "不制冷，漏水"}


def test_a_service_that_was_only_implied_gives_way_to_the_one_named(now: datetime) -> None:
    turn = said("空调要清洗", "request_service", ("appliance", "空调"), ("service_type", "清洗"))
    taken = read(turn, draft_at("appliance"), "appliance", now)
    assert plain(taken) == {"service_type": "清洗", "appliance": "空调"}


ASIDES = [
    ("service_type", "多少钱", "faq_price"),
    ("appliance", "有没有人啊", "human_handoff"),
    ("appliance", "你好", "greet"),
    ("appliance", "修电脑", "out_of_scope"),
    ("fault", "上门费多少钱？", "faq_price"),
    ("fault", "查一下我的单子到哪了", "query_progress"),
    ("brand_model", "保修多久？", "faq_warranty"),
    ("brand_model", "转人工", "human_handoff"),
    ("fault_since", "多久能来？", "faq_response_time"),
    ("photos", "要收费吗？", "faq_price"),
    ("contact_name", "多少钱", "faq_price"),
    ("phone", "为什么要留电话？", "faq_privacy"),
    ("address", "你们哪里能上门？", "faq_coverage"),
    ("visit_time", "师傅几点能来？", "faq_response_time"),
    ("visit_time", "我要投诉", "complain"),
    ("visit_time", "删掉我的信息", "privacy_request"),
    ("visit_time", "你是机器人吗", "bot_challenge"),
    ("visit_time", "改时间", "reschedule_visit"),
    ("confirm", "多少钱", "faq_price"),
    ("confirm", "查进度", "query_progress"),
    ("confirm", "催一下", "urge_order"),
]


@pytest.mark.parametrize(("question", "text", "intent"), ASIDES)
def test_something_else_is_an_aside(question: str, text: str, intent: str, now: datetime) -> None:
    taken = read(said(text, intent), draft_at(question), question, now)
    assert (outcome(taken), plain(taken)) == ("aside", {})


def test_an_aside_may_bring_a_detail_along(now: datetime) -> None:
    taken = read(said("多少钱？我电话13900139000", "faq_price"), draft_at("phone"), "phone", now)
    assert (outcome(taken), plain(taken)) == ("aside", {"phone": "13900139000"})


@pytest.mark.parametrize(("text", "intent"), [
    ("风口不出风了，跟你打招呼也没用", "greet"), ("一开就停", "out_of_scope"), ("开不了机", "stop")])
def test_an_unsure_reading_does_not_take_the_answer_to_an_open_question_away(
    text: str, intent: str, now: datetime
) -> None:
    taken = read(said(text, intent, sure=0.55), draft_at("fault"), "fault", now)
    assert (outcome(taken), plain(taken)) == ("on", {"fault": text})


BREAKING_OFF = [
    ("service_type", "算了", "stop"),
    ("appliance", "不修了", "stop"),
    ("fault", "取消", "cancel_order"),
    ("fault", "不修了", "stop"),
    ("fault_since", "算了不修了", "stop"),
    ("photos", "不修了", "stop"),
    ("phone", "取消", "cancel_order"),
    ("address", "算了", "stop"),
    ("visit_time", "不用了", "stop"),
    ("visit_time", "先不弄了", "stop"),
    ("confirm", "不修了", "stop"),
    ("confirm", "取消", "cancel_order"),
]


@pytest.mark.parametrize(("question", "text", "intent"), BREAKING_OFF)
def test_whoever_breaks_off_is_let_go(question: str, text: str, intent: str, now: datetime) -> None:
    taken = read(said(text, intent), draft_at(question), question, now)
    assert (outcome(taken), plain(taken)) == ("stop", {})


def test_a_longer_message_breaks_off_only_when_it_is_surely_read(now: datetime) -> None:
    text = "上次说不修了，这次想修"
    for sure, stops in ((0.3, False), (0.9, True)):
        assert read(said(text, "stop", sure=sure), draft_at("phone"), "phone", now).stop is stops
    assert read(said("不修了", "stop", sure=0.3), draft_at("phone"), "phone", now).stop


def test_breaking_off_needs_the_words(now: datetime) -> None:
    assert not read(said("不转了", "stop"), draft_at("fault"), "fault", now).stop


# --- the read-back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "确认", "确认提交", "好的，没问题", "对", "嗯嗯", "1", "OK", "可以", "没错", "行，提交吧", "没有问题，谢谢", "对的对的", "好的！",
    "不用改了，确认"])
def test_yes_confirms_whatever_the_understanding_says(text: str, now: datetime) -> None:
    for intent in ("affirm", "inform", "thank"):
        assert read(said(text, intent), FULL, "confirm", now) == Taken(confirmed=True)


@pytest.mark.parametrize("text", [
    "对的对的谢谢你啊小姑娘", "对 赶紧的", "嗯嗯 麻烦你们了", "是的辛苦了", "没错没错 快点来吧", "中 就这样吧", "要得 谢了哈",
    "冇问题 唔该", "係啊 唔该晒", "ok thanks", "yes please", "可以的 辛苦师傅了", "行吧行吧 别再问了", "没问题 尽快安排",
    "好的[抱拳]", "哎对的，那就这样，谢谢师傅", "妥了，麻烦尽快", "好的谢谢你，你人真好", "对，你们抓紧派人过来啊"])
def test_thanks_and_impatience_go_with_a_yes(text: str, now: datetime) -> None:
    for intent in ("thank", "urge_order"):
        assert read(said(text, intent), FULL, "confirm", now) == Taken(confirmed=True)
        assert read(said(text, intent), CHECKING | {"consent": None}, "consent", now).changes["consent"] is True


@pytest.mark.parametrize(("text", "intent"), [
    ("对了，电话改成13900139000", "change_contact"), ("好的但是时间改周日", "reschedule_visit"), ("可以开发票吗", "faq_invoice"),
    ("行不行啊", "nlu_fallback"), ("谢谢", "thank"), ("赶紧的", "urge_order"), ("好的谢谢，不过我再想想", "thank"),
    ("可以吗，谢谢", "thank"), ("对面那栋", "inform"), ("中午", "inform"), ("可以不", "nlu_fallback")])
def test_what_only_begins_like_a_yes_is_none(text: str, intent: str, now: datetime) -> None:
    assert not read(said(text, intent), FULL, "confirm", now).confirmed


@pytest.mark.parametrize("text", ["对 赶紧的", "好的，尽快", "对，抓紧派人来啊你们", "赶紧的"])
def test_impatience_is_no_other_time(text: str, now: datetime) -> None:
    assert "visit" not in read(said(text, "affirm"), FULL, "confirm", now).changes
    assert "visit" not in read(said("同意，赶紧的", "affirm"), CHECKING | {"consent": None}, "consent", now).changes


@pytest.mark.parametrize("text", ["时间改成尽快", "对，不过改到今天下午", "今天下午，赶紧的"])
def test_a_time_that_is_said_changes_the_visit_however_impatient(text: str, now: datetime) -> None:
    assert "visit" in read(said(text, "reschedule_visit"), FULL, "confirm", now).changes


@pytest.mark.parametrize(("text", "intent"), [
    ("不对", "deny"), ("我要修改", "change_contact"), ("错了", "inform"), ("先别提交", "deny"), ("有误", "inform")])
def test_no_asks_what_is_wrong(text: str, intent: str, now: datetime) -> None:
    assert read(said(text, intent), FULL, "confirm", now) == Taken(change=True)


@pytest.mark.parametrize(("text", "intent", "question"), [
    ("电话错了", "change_contact", "phone"), ("地址不对", "deny", "address"), ("型号不对", "deny", "model"),
    ("联系人写错了", "change_contact", "contact_name"), ("故障不对", "deny", "fault")])
def test_an_item_that_is_named_wrong_is_asked_again(text: str, intent: str, question: str, now: datetime) -> None:
    taken = read(said(text, intent), FULL, "confirm", now)
    assert plain(taken) == {question: None}
    assert next_question(FULL | taken.changes) == question


CHANGES = [
    (said("电话改成13900139000", "change_contact"), {"phone": "13900139000"}),
    (said("13900139000"), {"phone": "13900139000"}),
    (said("时间改到周日上午", "reschedule_visit"), {"visit": "11-29 08:00–12:00"}),
    (said("确认，时间改成后天上午", "affirm"), {"visit": "11-25 08:00–12:00"}),
    (said("地址改成佛山市禅城区祖庙路1号5栋201", "change_contact"), {"address": "广东省佛山市禅城区祖庙路1号5栋201"}),
    (said("联系人改成李四", "change_contact", ("person_name", "李四")), {"contact_name": "李四"}),
    (said("不是空调，是洗衣机", "describe_fault"), {"appliance": "洗衣机"}),
    (said("品牌是格力"), {"brand": "格力"}),
    (said("故障写错了，是漏水", "describe_fault", ("symptom", "漏水")), {"fault": "漏水"}),
    (said("服务类型改成清洗", "change_contact", ("service_type", "清洗")), {"service_type": "清洗"}),
    (said("服务类型改成清洗", "change_contact"), {"service_type": "清洗"}),
]


@pytest.mark.parametrize("asked", ["confirm", "change_what"])
@pytest.mark.parametrize(("turn", "changes"), CHANGES, ids=[f"{turn.text}-{len(turn.entities)}" for turn, _ in CHANGES])
def test_a_change_is_taken_and_read_back_again(
    turn: Turn, changes: dict[str, Any], asked: str, now: datetime
) -> None:
    taken = read(turn, FULL, asked, now)
    assert (plain(taken), outcome(taken)) == (changes, "on")
    assert next_question(FULL | taken.changes) == "confirm"


@pytest.mark.parametrize(("text", "intent", "problem"), [
    ("哈哈哈", "inform", "no_confirmation"), ("可以吗？", "affirm", "no_confirmation"),
    ("电话改成1390013900", "change_contact", "phone"), ("时间改到昨天", "reschedule_visit", "past_time")])
def test_neither_yes_nor_a_change_is_told(text: str, intent: str, problem: str, now: datetime) -> None:
    taken = read(said(text, intent), FULL, "confirm", now)
    assert (outcome(taken), plain(taken)) == (problem, {})


def test_nothing_to_change_after_all_leads_back_to_the_read_back(now: datetime) -> None:
    for turn in (said("没有", "deny"), said("没有了", "skip"), said("不改了", "stop")):
        assert read(turn, FULL, "change_what", now) == Taken(), turn.text


@pytest.mark.parametrize(("text", "question"), [
    ("电话", "phone"), ("手机号", "phone"), ("联系人", "contact_name"), ("地址", "address"), ("时间", "visit_time")])
def test_asked_what_is_wrong_the_items_name_is_enough(text: str, question: str, now: datetime) -> None:
    taken = read(said(text), FULL, "change_what", now)
    assert (outcome(taken), next_question(FULL | taken.changes)) == ("on", question)


# --- the order of the questions --------------------------------------------------------------------------------------

PERSON_AND_PLACE = ("consent", "contact_name", "phone", "address", "visit_time")
ORDER = {
    "维修": ("appliance", "fault", "self_check", "brand_model", "fault_since", "photos", *PERSON_AND_PLACE),
    "检测": ("appliance", "brand_model", "photos", *PERSON_AND_PLACE),
    "更换配件": ("appliance", "brand_model", "photos", *PERSON_AND_PLACE),
    "安装": ("appliance", "brand_model", *PERSON_AND_PLACE),
    "清洗": ("appliance", "brand_model", *PERSON_AND_PLACE),
    "移机": ("appliance", "brand_model", *PERSON_AND_PLACE),
}
#: What an answer to each question fills in.
FILLED = {"self_check": ("checked",), "brand_model": ("brand", "model"), "photos": ("passed",), "visit_time": ("visit",)}


@pytest.mark.parametrize("service", ORDER)
def test_each_service_has_its_questions(service: str) -> None:
    draft: dict[str, Any] = {}
    asked = []
    while (question := next_question(draft)) != "confirm":
        asked.append(question)
        filled = FILLED.get(question, (question,))
        draft |= {name: FULL[name] for name in filled} | ({"service_type": service} if question == "service_type" else {})
    assert asked == ["service_type", *ORDER[service]]


@pytest.mark.parametrize("question", ["brand_model", "contact_name", "phone", "address"])
def test_an_error_code_is_taken_when_something_else_was_asked(question: str, now: datetime) -> None:
    taken = read(said("屏上那个码是E2，我拍下来了", "describe_fault", ("error_code", "E2")), draft_at(question), question, now)
    assert (taken.changes.get("error_code"), taken.problem) == ("E2", None)


@pytest.mark.parametrize(("question", "text"), [("address", "翠湖路9号E2座"), ("brand_model", "美的 E2"), ("contact_name", "E2")])
def test_what_only_looks_like_a_code_is_none(question: str, text: str, now: datetime) -> None:
    assert "error_code" not in read(said(text, "inform", ("error_code", "E2")), draft_at(question), question, now).changes


def test_an_error_code_describes_the_fault() -> None:
    assert next_question(draft_at("fault") | {"error_code": "E1"}) == "brand_model"


# --- the read-back's text and the report -----------------------------------------------------------------------------


def test_the_details_name_everything_that_is_known(now: datetime) -> None:
    lines = dict(line.split("：") for line in intake.details(FULL | {"error_code": "E1"}, 2, now).splitlines())
    assert lines["家电"] == "空调"
    assert lines["品牌型号"] == "美的 KFR-35GW"
    assert lines["故障"] == "不制冷（代码E1）"
    assert lines["照片"] == "2张"
    assert lines["电话"] == "13800138000"
    assert lines["地址"] == "广东省佛山市顺德区北滘镇美的大道6号2栋301"
    assert "11月24日" in lines["上门时间"]


def test_the_details_leave_out_what_is_not_known(now: datetime) -> None:
    text = intake.details({"service_type": "安装", "appliance": "热水器"}, 0, now)
    assert text.splitlines() == ["服务类型：安装", "家电：热水器"]


@pytest.mark.parametrize(("fault", "code", "line"), [
    (None, "E1", "故障：显示E1"), ("显示e1", "E1", "故障：显示e1"), ("漏水", None, "故障：漏水")])
def test_an_error_code_is_told_once(fault: str | None, code: str | None, line: str, now: datetime) -> None:
    assert intake.details({"fault": fault, "error_code": code}, 0, now) == line


def test_a_finished_draft_is_a_report(now: datetime) -> None:
    [report] = intake.reports_of(FULL, now)
    assert (report.service_type, report.appliance, report.brand, report.model) == ("维修", "空调", "美的", "KFR-35GW")
    assert (report.fault, report.error_code, report.fault_since) == ("不制冷", None, "昨天")
    assert (report.contact_name, report.phone, report.address.city) == ("张三", "13800138000", "佛山市")
    assert report.visit.start == datetime.fromisoformat("2026-11-24T13:00:00+08:00")


def test_a_code_alone_is_the_reports_fault(now: datetime) -> None:
    assert intake.reports_of(FULL | {"fault": None, "error_code": "E1", "passed": ["photos", "self_check"]}, now)[0].fault == "E1"


@pytest.mark.parametrize("question", [name for name in BEFORE if name != "confirm"])
def test_an_unfinished_draft_is_refused_with_its_question(question: str, now: datetime) -> None:
    with pytest.raises(ValueError, match=question):
        intake.reports_of(draft_at(question), now)


def test_a_pinned_place_without_its_door_is_no_finished_report(now: datetime) -> None:
    place = living_at("广东省佛山市顺德区北滘镇美的大道6号", pinned=True)["address"]
    with pytest.raises(ValueError, match="address_door"):
        intake.reports_of(FULL | {"address": place}, now)


@pytest.mark.parametrize(("text", "intent"), [
    ("过静雯", "skip"), ("我叫过静雯", "skip"), ("逯好", "greet"), ("那英", "affirm"), ("撒贝宁", "nlu_fallback"), ("揣芷兰", "inform"),
    ("爱新觉罗", "out_of_scope"), ("过女士", "skip"), ("妘婷", "deny"), ("胖虎", "nlu_fallback"),
])
def test_a_few_characters_that_say_nothing_else_are_a_name(text: str, intent: str, now: datetime) -> None:
    name = text.removeprefix("我叫")
    assert read(said(text, intent), draft_at("contact_name"), "contact_name", now) == Taken(changes={"contact_name": name})


@pytest.mark.parametrize(("text", "intent"), [
    ("洗碗机", "inform"), ("海尔", "inform"), ("格力空调", "inform"), ("不想说", "skip"), ("跳过", "skip"), ("随便", "skip"), ("可以", "affirm"),
    ("同上", "affirm"), ("明天上午", "inform"), ("维修", "inform"), ("等一下", "inform"), ("先生", "inform"), ("多少钱", "faq_price"),
    ("转人工", "human_handoff"), ("你好", "greet"), ("匿名", "nlu_fallback"),
])
@pytest.mark.parametrize("misses", [0, 1])
def test_what_plainly_says_something_else_is_no_name_however_often(text: str, intent: str, misses: int, now: datetime) -> None:
    taken = read(said(text, intent), draft_at("contact_name") | {"misses": misses}, "contact_name", now)
    assert "contact_name" not in taken.changes


@pytest.mark.parametrize(("text", "marked"), [("揣问之", []), ("我老公", []), ("房东", []), ("夏天", [("time", "夏天")])])
def test_a_name_that_sounds_like_talk_is_believed_the_second_time(
    text: str, marked: list[tuple[str, str]], now: datetime
) -> None:
    draft, turn = draft_at("contact_name"), said(text, "skip", *marked)
    assert read(turn, draft, "contact_name", now).problem == "no_name"
    assert read(turn, draft | {"misses": 1}, "contact_name", now).changes == {"contact_name": text}


@pytest.mark.parametrize(("text", "phone"), [
    ("我自己的号15900010001不用打，联系租客陈磊13566778899", "13566778899"), ("13566778899，15900010001别打", "13566778899"),
    ("15900010001停机了，打13566778899", "13566778899"), ("15900010001 13566778899", "15900010001"), ("别打15900010001", "15900010001"),
    ("我的13999120001打不通 打我儿子13999120008", "13999120008"), ("我15900010001，联系租客陈磊13566778899", "13566778899"),
])
def test_of_several_numbers_the_one_to_be_called_is_taken(text: str, phone: str, now: datetime) -> None:
    assert read(said(text, "inform"), draft_at("phone"), "phone", now).changes["phone"] == phone


@pytest.mark.parametrize("text", ["店里冰柜不制冷了，赶紧的", "赶紧来人修 冰柜不制冷", "快点，冰柜不制冷了", "冰柜不制冷了 马上派人来"])
def test_impatience_with_a_fault_is_no_time(text: str, now: datetime) -> None:
    assert "visit" not in read(said(text, "describe_fault"), {}, None, now).changes


@pytest.mark.parametrize("text", ["冰柜不制冷了，尽快上门", "冰柜不制冷了，明天赶紧来", "冰柜不制冷了，明天早点来"])
def test_a_time_told_with_a_fault_is_taken_however_hurried(text: str, now: datetime) -> None:
    assert "visit" in read(said(text, "describe_fault"), {}, None, now).changes


@pytest.mark.parametrize("text", ["这下对了", "现在对了", "这回没问题了", "这样可以"])
def test_after_a_correction_it_is_right_now(text: str, now: datetime) -> None:
    assert read(said(text, "stop", sure=0.46), draft_at("confirm"), "confirm", now).confirmed


def test_a_word_of_an_end_without_its_name_is_asked_again_at_the_summary(now: datetime) -> None:
    assert read(said("就这么着得了呗", "stop"), draft_at("confirm"), "confirm", now).problem == "no_confirmation"


def test_a_slip_put_right_in_the_same_breath_is_no_part_of_the_address(now: datetime) -> None:
    turn = said("福建省厦门市思明区湖滨南路90号6栋，哦不对，是9栋，9栋1504", "inform", ("address", "福建省厦门市思明区湖滨南路90号6栋"))
    assert read(turn, draft_at("address"), "address", now).changes["address"]["detail"] == "湖滨南路90号9栋1504"


@pytest.mark.parametrize(("text", "phone"), [
    ("手机最后一位错了，是6不是5", "13800138006"), ("电话尾数是6", "13800138006"), ("最后一位应该是6", "13800138006"),
    ("对的，就是电话最后两位是18", "13800138018"), ("尾号错了，是4418", "13800134418")])
def test_the_last_figures_of_the_number_can_be_put_right(text: str, phone: str, now: datetime) -> None:
    assert read(said(text, "affirm"), draft_at("confirm"), "confirm", now).changes == {"phone": phone}


@pytest.mark.parametrize(("text", "question"), [
    ("都对，除了时间", "visit"), ("对的，就是电话不对", "phone"), ("没错，不过地址要改一下", "address"), ("都对，但是名字写错了", "contact_name")])
def test_what_a_yes_leaves_out_is_asked_again(text: str, question: str, now: datetime) -> None:
    assert plain(read(said(text, "affirm"), FULL, "confirm", now)) == {question: None}


@pytest.mark.parametrize("text", ["确认，这回不反悔了", "提交吧，不啰嗦了", "对，就是这个地址", "对的，电话就是这个", "没问题，时间就是这样"])
def test_a_yes_that_names_an_item_is_a_yes(text: str, now: datetime) -> None:
    assert read(said(text, "affirm"), FULL, "confirm", now).confirmed


@pytest.mark.parametrize(("question", "text", "changes"), [
    ("visit_time", "明天🌞下午三点⏰", {"visit": "11-24 15:00–17:00"}), ("contact_name", "于晓🐟", {"contact_name": "于晓"}),
    ("contact_name", "于晓[玫瑰]", {"contact_name": "于晓"}), ("phone", "13766554433📱", {"phone": "13766554433"}),
    ("phone", "https://item.taobao.com/item.htm?id=13588002417 这个", {})])
def test_what_is_no_word_is_passed_over(question: str, text: str, changes: dict[str, Any], now: datetime) -> None:
    assert plain(read(said(text), draft_at(question), question, now)) == changes


def test_of_two_numbers_the_first_is_the_one_to_call(now: datetime) -> None:
    turn = said("主要打13766554433，打不通再打我爱人18922334411", "change_contact")
    assert plain(read(turn, draft_at("phone"), "phone", now)) == {"phone": "13766554433"}


def test_an_appliance_put_right_when_something_else_was_asked(now: datetime) -> None:
    turn = said("哎呀我说错了，坏掉的不是空调，是微波炉", "deny", ("appliance", "空调"), ("appliance", "微波炉"))
    taken = read(turn, draft_at("address"), "address", now)
    assert (plain(taken), taken.problem) == ({"appliance": "微波炉"}, None)


def test_something_wrong_is_no_fault(now: datetime) -> None:
    turn = said("油烟机出毛病了", "describe_fault", ("appliance", "油烟机"), ("symptom", "出毛病"))
    assert "fault" not in read(turn, {}, None, now).changes


@pytest.mark.parametrize(("text", "marked", "fault"), [
    ("我家电视看十几分钟自己就关了", "看十几分钟自己就关", "看十几分钟自己就关了"), ("冰箱不制冷了", "不制冷", "不制冷"),
    ("火又灭了", "火又灭", "火又灭了")])
def test_what_happens_of_itself_keeps_its_particle(text: str, marked: str, fault: str, now: datetime) -> None:
    assert read(said(text, "describe_fault", ("symptom", marked)), {}, None, now).changes["fault"] == fault


def test_a_name_that_no_list_has_may_come_with_its_phone(now: datetime) -> None:
    turn = said("过静雯 15961830947", "inform", ("phone", "15961830947"))
    changes = read(turn, draft_at("contact_name"), "contact_name", now).changes
    assert changes == {"contact_name": "过静雯", "phone": "15961830947"}


@pytest.mark.parametrize(("text", "marked"), [("灶打不着火 电池换过", "池换过"), ("热水器漏水 水管修好", "管修好"), ("换过电池明天来", "池明天")])
def test_the_end_of_a_word_is_no_surname(text: str, marked: str, now: datetime) -> None:
    turn = said(text, "describe_fault", ("person_name", marked))
    assert "contact_name" not in read(turn, {}, None, now).changes


def test_a_name_marked_after_a_word_is_taken(now: datetime) -> None:
    turn = said("洗衣机漏水 业主池明天", "describe_fault", ("person_name", "池明天"))
    assert read(turn, {}, None, now).changes["contact_name"] == "池明天"


@pytest.mark.parametrize(("text", "intent", "service", "marked"), [
    ("想换一下净水器的滤芯，红灯亮了半个月", "describe_fault", "更换配件", "换"),
    ("滚筒洗衣机一股霉味 想找人上门洗一下 机器没坏", "describe_fault", "清洗", "洗"),
    ("主卧的空调想挪到客厅去", "nlu_fallback", "移机", None),
    ("净水器滤芯漏水，来修一下，不行就给换个滤芯", "describe_fault", "维修", "修一下"),
    ("换过滤芯了，净水器红灯还亮", "describe_fault", "维修", "换"),
])
def test_what_is_wished_beside_a_fault_is_the_service(
    text: str, intent: str, service: str, marked: str | None, now: datetime
) -> None:
    entities = [("service_type", marked)] if marked else []
    assert read(said(text, intent, *entities), {}, None, now).changes["service_type"] == service


@pytest.mark.parametrize(("text", "appliances"), [
    ("壁挂炉显示E3 暖气片都不热", ["壁挂炉"]), ("暖气片不热 壁挂炉也打不着火", ["壁挂炉"]), ("壁挂炉不热，暖气片也是凉的", ["壁挂炉"]),
    ("暖气片不热", ["暖气"]),
    ("壁挂炉和电暖器坏了", ["壁挂炉", "电暖器"]), ("空调外机风扇不转", ["空调外机"]), ("空调和风扇都要清洗", ["空调", "风扇"]),
    ("空调 风扇都坏了", ["空调", "风扇"]), ("风扇和空调都坏了", ["风扇", "空调"]), ("冰箱冷冻柜不制冷", ["冰箱"]),
    ("冰箱和冷冻柜都不制冷", ["冰箱", "冷冻柜"]),
    ("浴霸换气扇不转", ["浴霸"]), ("热水器水龙头不出热水", ["热水器"]), ("洗衣机 烘干机都坏了", ["洗衣机", "烘干机"]),
    ("热水器燃气灶都打不着", ["热水器", "燃气灶"]),
])
def test_a_part_with_the_name_of_an_appliance_is_none(text: str, appliances: list[str]) -> None:
    assert [item.words for item in items.named(text)] == appliances


def test_a_boiler_whose_radiators_are_cold_makes_one_report(now: datetime) -> None:
    marked = (("appliance", "壁挂炉"), ("error_code", "E3"), ("symptom", "暖气片都不热"))
    changes = read(said("壁挂炉显示E3 暖气片都不热", "describe_fault", *marked), {}, None, now).changes
    assert (changes["appliance"], changes["error_code"], changes["fault"]) == ("壁挂炉", "E3", "暖气片都不热")
    assert not changes.get("others")


# --- safety ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "peril"), [
    ("厨房里有煤气味", "gas"), ("燃气灶漏气了", "gas"), ("洗衣机漏电，电了我一下", "electricity"), ("插座冒火花", "electricity"),
    ("一开空调就跳闸", "electricity"), ("冰箱不制冷", None), ("热水器漏水", None),
])
def test_a_danger_is_seen(text: str, peril: str | None) -> None:
    assert intake.danger(said(text, "describe_fault")) == peril


@pytest.mark.parametrize("text", [
    "洗衣机外壳有电 我手挨到起麻了一哈 娃儿刚才也遭电到了", "外壳有电", "摸冰箱有电", "摸到洗衣机手一麻", "碰到热水器麻了一下",
    "洗澡的时候水有点麻手",
    "冰箱打手", "刚才被电到了", "我家孩子被电了", "摸着麻麻的", "机器电人，把我电了一下", "水龙头有电", "热水器漏点电", "走电了", "会不会漏电啊",
    "好像漏电", "怕漏电", "是不是漏电了", "不会漏电吧", "没想到冒烟了", "不光漏电还响", "不是漏水，是漏电", "没有煤气味但是冒烟",
])
def test_who_feels_the_current_is_in_danger(text: str) -> None:
    assert intake.danger(Turn(text)) == "electricity"


@pytest.mark.parametrize("text", [
    "没电", "有电没反应", "洗衣机有电但不启动", "通电没反应", "通电了一下又灭了", "停电了一下就坏了", "电费多少", "插上电不转", "带电池的那种",
    "打手机给我", "我打一下电话", "麻烦您看一下", "充电到一半停了", "家电到了", "给电了没反应", "遥控器没电了", "吵得头皮发麻",
])
def test_current_where_it_belongs_is_no_danger(text: str) -> None:
    assert intake.danger(Turn(text)) is None


@pytest.mark.parametrize("text", ["那我现在可以去拔插头不 手是湿的", "手湿的能拔插头吗", "脚上有水能去关电闸吗"])
def test_who_goes_to_the_plug_with_wet_hands_is_warned(text: str) -> None:
    assert intake.danger(Turn(text, "nlu_fallback")) == "electricity"


@pytest.mark.parametrize("text", [
    "電飯煲冒煙了", "插头烧化了", "空调插头都烧黑了", "插座烫手", "电线皮破了露出铜丝", "空开老是跳", "漏保老跳", "家里总跳电",
    "一插上全屋没电了", "微波炉里面打火", "热水器洗澡时候感觉有电", "电热毯烧了个洞", "电池鼓包了", "烤箱玻璃门炸裂了", "高压锅炸了",
])
def test_what_is_burnt_bare_or_bursts_is_a_danger(text: str) -> None:
    assert intake.danger(Turn(text)) == "electricity"


@pytest.mark.parametrize("text", [
    "煤气报警器一直响", "有点煤氣味", "用完热水器头晕想吐", "洗澡头晕 热水器是燃气的", "热水器嘭一声爆燃", "火关不掉", "火苗窜好高",
])
def test_what_tells_of_gas_without_its_smell_is_a_danger(text: str) -> None:
    assert intake.danger(Turn(text)) == "gas"


@pytest.mark.parametrize("text", [
    "空气炸锅炸了一半停了", "锅底有个洞", "家里没电了吗显示不亮", "洗衣机门关不上", "我要炸了 等了三天", "心态炸了", "冰箱门边发烫",
    "头疼死了 你们怎么还不来", "烧了一个小时水还不热", "热水器里面打火的声音响但是不着火", "漏电保护器多少钱",
    "空气开关多大的合适", "喷得到处都是泡沫", "音响音质炸裂", "插头松了",
    "真让人头疼 热水器又不热了", "热水器搞得我头痛", "家里没电梯 住六楼", "我家里没电视", "墙皮鼓包", "灶火烧着了又灭", "感觉有电但是不转",
])
def test_words_that_sound_worse_than_they_are_are_no_danger(text: str) -> None:
    assert intake.danger(Turn(text)) is None


@pytest.mark.parametrize("text", ["插座冒火花了 要紧不", "冰箱外壳摸着麻 正常不", "空调烧糊味好大 要不要关"])
def test_who_asks_for_advice_while_it_happens_is_in_danger(text: str) -> None:
    assert intake.danger(Turn(text, "faq_maintenance")) == intake.danger(Turn(text, "faq_prepare")) == "electricity"


@pytest.mark.parametrize(("text", "topic"), [
    ("怎么防止漏电", "faq_maintenance"), ("平时怎么检查漏气", "faq_maintenance"), ("跳闸了维修多少钱", "faq_price"),
    ("漏电算保修吗", "faq_warranty")])
def test_a_question_in_general_tells_of_no_danger(text: str, topic: str) -> None:
    assert intake.danger(Turn(text, topic)) is None


def test_what_to_do_in_a_danger_is_asked_and_is_not_the_fault(now: datetime) -> None:
    draft = draft_at("contact_name") | {"fault": "外壳有电", "urgent": "electricity"}
    assert read(Turn("那我现在可以去拔插头不 手是湿的", "nlu_fallback"), draft, "contact_name", now).changes == {}


@pytest.mark.parametrize("text", [
    "底下管子爆了水哗哗往外喷 楼下都找上来了", "水管爆了", "进水管炸开了", "接头崩了水到处喷", "热水器漏水漏得楼下邻居都找来了",
    "热水器水喷得到处都是", "净水器管子脱了 满厨房水", "洗碗机漏水地板泡了",
    "客厅都被淹了", "水哗哗流", "家里都泡水了", "水从管子接口往外喷",
])
def test_a_flood_is_a_danger(text: str) -> None:
    assert intake.danger(Turn(text)) == "water"


@pytest.mark.parametrize("text", [
    "滴水", "漏水一点", "洗碗机不喷水", "水龙头喷头坏了", "空调往外喷水珠", "灯管爆了一根", "声音大楼下找上来了", "地板上有一点水", "没淹到楼下",
])
def test_a_little_water_is_no_danger(text: str) -> None:
    assert intake.danger(Turn(text)) is None


@pytest.mark.parametrize("text", [
    "煤气灶左边那个灶眼打不着火了 电池换过 没闻到煤气味 右边好的", "没有煤气味", "没闻到有煤气味", "闻不到煤气味", "不漏煤气", "不是煤气味", "没冒烟",
    "没有冒烟也没跳闸", "不漏电", "外壳不带电", "外壳没有电", "煤气味倒是没有", "没有冒烟和焦味", "没发现漏电", "也没有什么煤气味", "没被电到",
])
def test_a_danger_that_is_denied_is_none(text: str) -> None:
    assert intake.danger(Turn(text)) is None


@pytest.mark.parametrize("text", ["有没有煤气味我闻不出来", "没漏气吧", "闻到煤气味", "不会是煤气味吧？", "没关好就漏气了"])
def test_who_is_afraid_of_gas_denies_nothing(text: str) -> None:
    assert intake.danger(Turn(text)) == "gas"


def test_marked_words_do_not_end_in_the_middle_of_a_word(now: datetime) -> None:
    turn = said("热水器底下漏水往外冒 楼下来人了", "describe_fault", ("appliance", "热水器"), ("symptom", "底下漏水往外冒 楼"))
    assert read(turn, {}, None, now).changes["fault"] == "底下漏水往外冒"
    whole = said("热水器底下漏水，响", "describe_fault", ("appliance", "热水器"), ("symptom", "底下漏水，响"))
    assert read(whole, {}, None, now).changes["fault"] == "底下漏水，响"


def test_a_question_in_general_is_no_danger() -> None:
    assert intake.danger(said("漏电保护器要多少钱", "faq_parts")) is None


# --- corrections of the time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "start", "end"), [
    ("改成周五吧", "2026-11-27T13:00", "2026-11-27T18:00"),
    ("不对，是周五不是周二", "2026-11-27T13:00", "2026-11-27T18:00"),
    ("换到上午吧", "2026-11-24T08:00", "2026-11-24T12:00"),
    ("改到周五上午", "2026-11-27T08:00", "2026-11-27T12:00"),
    ("tomorrow 3pm please", "2026-11-24T15:00", "2026-11-24T17:00"),
    ("Friday please", "2026-11-27T13:00", "2026-11-27T18:00"),
])
def test_a_corrected_time_keeps_what_was_not_corrected(text: str, start: str, end: str, now: datetime) -> None:
    visit = {"start": "2026-11-24T13:00:00+08:00", "end": "2026-11-24T18:00:00+08:00"}
    taken = read(said(text, "reschedule_visit"), draft_at("confirm") | {"visit": visit}, "confirm", now)
    assert taken.changes["visit"] == {"start": f"{start}:00+08:00", "end": f"{end}:00+08:00"}


@pytest.mark.parametrize(("text", "start"), [
    ("27号才送到 28号上午10点以后吧", "2026-11-28T10:00"), ("27号", "2026-11-27T08:00"), ("28号下午", "2026-11-28T13:00"),
    ("28号10点来", "2026-11-28T10:00"), ("二十八号", "2026-11-28T08:00"),
])
def test_a_date_is_no_door(text: str, start: str, now: datetime) -> None:
    taken = read(said(text), draft_at("visit_time"), "visit_time", now)
    assert taken.changes["visit"]["start"] == f"{start}:00+08:00"
    assert "address" not in taken.changes


@pytest.mark.parametrize("text", ["28号楼1203", "28号3栋1203", "5栋1203"])
def test_a_door_said_with_the_time_asked_is_one(text: str, now: datetime) -> None:
    unfinished = draft_at("visit_time") | {"address": HOME | {"detail": "北滘镇美的大道6号"}}
    taken = read(said(text), unfinished, "visit_time", now)
    assert text in taken.changes["address"]["detail"]


@pytest.mark.parametrize(("text", "detail"), [
    ("哎呀楼号打错了 不是2栋 是12栋", "北滘镇美的大道6号12栋301"), ("不是301是302", "北滘镇美的大道6号2栋302"),
    ("门牌号是8号不是6号", "北滘镇美的大道8号2栋301"), ("楼号写错了，应该是5栋", "北滘镇美的大道6号5栋301"),
])
def test_one_part_of_the_address_is_corrected_while_the_time_is_asked_for(text: str, detail: str, now: datetime) -> None:
    taken = read(said(text), draft_at("visit_time"), "visit_time", now)
    assert (taken.changes["address"]["detail"], taken.problem) == (detail, None)
    assert taken.changes.keys() == {"address"}


def test_a_corrected_room_may_come_with_the_time(now: datetime) -> None:
    taken = read(said("房号不是301是302，28号下午来"), draft_at("visit_time"), "visit_time", now)
    assert taken.changes["address"]["detail"] == "北滘镇美的大道6号2栋302"
    assert taken.changes["visit"]["start"] == "2026-11-28T13:00:00+08:00"


GENERAL = ["你们晚上能上门吗", "周末上门吗", "晚上有人吗", "节假日上班吗", "你们周末也上门吗", "师傅晚上来修吗", "晚上几点下班",
           "能不能晚上上门", "周末有没有人值班"]


@pytest.mark.parametrize("text", [f"于家旺 对了{GENERAL[0]}", *GENERAL[1:], "晚上能来吗", "周末可以吗", "晚上可以上门吗"])
def test_a_question_about_the_hours_is_no_visit_time(text: str, now: datetime) -> None:
    assert "visit" not in read(said(text, "faq_hours"), draft_at("contact_name"), "contact_name", now).changes


@pytest.mark.parametrize("text", GENERAL)
def test_a_question_about_the_hours_is_not_taken_for_the_answer(text: str, now: datetime) -> None:
    taken = read(said(text, "faq_hours"), draft_at("visit_time"), "visit_time", now)
    assert (taken.changes, taken.aside) == ({}, True)


@pytest.mark.parametrize("question", ["contact_name", "visit_time"])
@pytest.mark.parametrize(("text", "start"), [
    ("明天下午能来吗", "2026-11-24T13:00"), ("周六上午可以吗", "2026-11-28T08:00"), ("能不能明天来", "2026-11-24T08:00"),
    ("28号下午能来吗", "2026-11-28T13:00"), ("明晚能上门吗", "2026-11-24T18:00"), ("晚上七点能来吗", "2026-11-23T19:00"),
    ("下午3点上门可以吗", "2026-11-23T15:00"),
])
def test_a_time_may_be_wished_for_by_a_question(question: str, text: str, start: str, now: datetime) -> None:
    taken = read(said(text), draft_at(question), question, now)
    assert taken.changes["visit"]["start"] == f"{start}:00+08:00"


@pytest.mark.parametrize("text", ["晚上能来吗", "晚上可以吗", "我平时上班，晚上可以上门吗", "晚上家里有人", "那就晚上上门吧"])
def test_asked_for_the_time_a_part_of_the_day_is_the_wish(text: str, now: datetime) -> None:
    taken = read(said(text), draft_at("visit_time"), "visit_time", now)
    assert taken.changes["visit"]["start"] == "2026-11-23T18:00:00+08:00"


def test_a_weekday_that_is_not_that_date_is_asked_about_once(now: datetime) -> None:
    draft = draft_at("visit_time")
    taken = read(said("这周五下午 28号"), draft, "visit_time", now)
    assert (taken.changes, taken.problem, taken.reason) == ({}, "which_date", "28号是周六，周五是27号，您要哪一天？")
    assert taken.choices == ("11月28号周六下午", "11月27号周五下午")
    again = read(said("周五下午 28号"), draft | {"misses": 1}, "visit_time", now)
    assert again.changes["visit"]["start"] == "2026-11-28T13:00:00+08:00"
    for answer, start in (("28号 周六下午", "28T13"), (taken.choices[1], "27T13"), ("周五吧", "27T08")):
        changes = read(said(answer), draft | {"misses": 1}, "visit_time", now).changes
        assert changes["visit"]["start"] == f"2026-11-{start}:00:00+08:00"


COMING = [
    {"number": "BX2", "appliance": "油烟机", "service_type": "维修",
     "visit": {"start": "2026-11-26T13:00:00+08:00", "end": "2026-11-26T18:00:00+08:00"}},
    {"number": "BX1", "appliance": "热水器", "service_type": "维修",
     "visit": {"start": "2026-11-24T10:00:00+08:00", "end": "2026-11-24T12:00:00+08:00"}},
]


@pytest.mark.parametrize(("text", "start"), [
    ("时间跟刚才一样", "26T13"), ("地址电话时间都跟刚才一样", "26T13"), ("跟上次那单一起", "26T13"), ("跟热水器一起来", "24T10"),
    ("就跟热水器一起，明天下午3点", "24T15"),
])
def test_a_visit_comes_with_that_of_an_open_order(text: str, start: str, now: datetime) -> None:
    taken = read(said(text), draft_at("visit_time") | {"open_orders": COMING}, "visit_time", now)
    assert taken.changes["visit"]["start"] == f"2026-11-{start}:00:00+08:00"


def test_without_a_coming_visit_the_time_is_asked_for(now: datetime) -> None:
    over = [COMING[0] | {"visit": {"start": "2026-11-20T13:00:00+08:00", "end": "2026-11-20T18:00:00+08:00"}}]
    for orders in ([], over, [{"number": "BX1", "appliance": "热水器", "service_type": "维修"}]):
        taken = read(said("时间跟刚才一样"), draft_at("visit_time") | {"open_orders": orders}, "visit_time", now)
        assert "visit" not in taken.changes


def test_a_local_number_needs_its_area_code(now: datetime) -> None:
    assert read(said("88123456", "goodbye"), draft_at("phone"), "phone", now).problem == "phone"


# --- yes or no -------------------------------------------------------------------------------------------------------

DECIDED: list[tuple[str, Turn, str]] = [
    ("self_check", said("解决了", "inform"), "solved"),
    ("self_check", said("好了好了，不用来了", "cancel_order"), "solved"),
    ("self_check", said("可以用了谢谢", "thank"), "solved"),
    ("self_check", said("没解决", "deny"), "on"),
    ("self_check", said("还是不行", "describe_fault"), "on"),
    ("self_check", said("试过了没用", "deny"), "on"),
    ("self_check", said("没有恢复正常", "deny"), "on"),
    ("self_check", said("我先试试", "inform"), "wait"),
    ("self_check", said("好的", "affirm"), "wait"),
    ("self_check", said("好的 快点派人来", "urge_order"), "on"),
    ("self_check", said("行了行了 赶紧的", "affirm"), "on"),
    ("self_check", said("好，我赶紧试试", "affirm"), "wait"),
    ("self_check", said("删除我的信息", "privacy_request"), "aside"),
    ("self_check", said("转人工", "human_handoff"), "aside"),
    ("self_check", said("没用，叫个人来", "human_handoff"), "on"),
    ("self_check", said("你们拿我的信息干啥用呢，不会卖掉吧", "faq_privacy"), "aside"),
    ("self_check", said("查询进度", "query_progress"), "aside"),
    ("self_check", said("算了不报了", "stop"), "stop"),
    ("consent", said("同意", "affirm"), "on"),
    ("consent", said("可以的", "affirm"), "on"),
    ("consent", said("不同意", "deny"), "refused"),
    ("consent", said("我不想给", "deny"), "refused"),
    ("consent", said("你们拿去干嘛？", "faq_privacy"), "aside"),
    ("consent", said("不清楚", "skip"), "yes_or_no"),
    ("reuse", said("嗯嗯看看", "inform"), "no_reuse"),
]


def decided(taken: Taken) -> str:
    """The one word for how a yes-or-no question was decided."""
    flags = [name for name in ("solved", "refused", "same") if getattr(taken, name)]
    return flags[0] if flags else outcome(taken)


@pytest.mark.parametrize(("question", "turn", "how"), DECIDED)
def test_a_yes_or_no_is_read_from_the_words(question: str, turn: Turn, how: str, now: datetime) -> None:
    draft = {"self_check": CHECKING, "consent": CHECKING | {"consent": None}}.get(question, draft_at("contact_name") | {
        "contacts": [{"contact_name": "张三", "phone": "13800138000", "address": HOME, "household": None}]})
    assert decided(read(turn, draft, question, now)) == how
