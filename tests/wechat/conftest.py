from collections.abc import Callable

import pytest

from wechat.messages import InboundMessage, parse

HEAD = (
    "<ToUserName><![CDATA[gh_123456789abc]]></ToUserName>"
    "<FromUserName><![CDATA[otFpruAK8D-E6EfStSYonYSBZ8_4]]></FromUserName>"
    "<CreateTime>1610969440</CreateTime>"
)


@pytest.fixture
def push() -> Callable[[str], bytes]:
    """A push of 张三 with the given elements after the common ones."""
    return lambda elements: f"<xml>{HEAD}{elements}</xml>".encode()


@pytest.fixture
def hello(push: Callable[[str], bytes]) -> InboundMessage:
    return parse(push("<MsgType>text</MsgType><Content>你好</Content><MsgId>1</MsgId>"))
