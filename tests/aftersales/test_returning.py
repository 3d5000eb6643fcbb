"""回到机器人, as it is typed and as voice input writes it; and what only sounds like it."""

import pytest

from aftersales.handoff import wants_assistant


@pytest.mark.parametrize("text", [
    "回到机器人", "转回机器人", "找机器人", "回到机器人。", "回到机器人吧", "我要回到机器人", "好的，谢谢，回到机器人", "切换到机器人",
    "帮我转回机器人", "还是找机器人吧", "叫机器人来", "让机器人回来", "转机器人客服", "转到智能客服", "回到小助手", "找AI客服",
    "不用人工了", "不用转人工了，谢谢",
    "结束人工服务", "退出人工", "取消转人工", "不要真人了，转回机器人", "囘到機器人", "没事了 回到机器人", "我不要人工客服了，回机器人",
    "回到基器人", "回到机器人那里", "转回鸡汽人", "回道机气人", "「回到机器人」",
])
def test_who_wants_the_assistant_back_gets_it(text: str) -> None:
    assert wants_assistant(text)


@pytest.mark.parametrize("text", [
    "", "  ", "机器人", "扫地机器人", "我的扫地机器人坏了", "找人修扫地机器人", "怎么又是机器人", "别让机器人回我", "不要机器人", "我不想跟机器人聊",
    "转人工", "不用人工的话多少钱", "刚才那个机器人让我拔插头", "换机器人", "退机器人", "我要退回机器人", "要不要拔电源", "好的", "谢谢",
    "回到家了", "不用了",
    "我要回到机器人，不过先问一下师傅几点来", "取消", "人工费多少", "不要人工费",
])
def test_what_says_something_else_stays_with_the_person(text: str) -> None:
    assert not wants_assistant(text)
