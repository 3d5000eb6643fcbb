"""What the platform's error codes mean and what to do about each: a table, read by code."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Reaction(Enum):
    """What to do after a failed call."""

    RETRY = "try again later, with growing pauses and a limit"
    REFRESH_TOKEN = "the access token was refused, also after the client fetched another: try again later and alarm"  # noqa: S105
    SWITCH_CHANNEL = "not by this channel: send a template message, or hold it until the customer writes"
    GIVE_UP = "this customer or this file cannot be reached; drop it"
    ALARM = "stop and tell the operator; nothing of this kind will work until somebody acts"
    IGNORE = "of no consequence"
    FIX = "our request or our configuration is wrong; the same request will fail again"


@dataclass(frozen=True)
class ErrorRow:
    """`meaning` is for logs and developers, `shown` for operators; `retry_after` in seconds, 0 if nothing is known."""

    codes: tuple[int, ...]
    reaction: Reaction
    meaning: str
    shown: str
    retry_after: int = 0


def _row(codes: int | Iterable[int], reaction: Reaction, meaning: str, shown: str, retry_after: int = 0) -> ErrorRow:
    return ErrorRow((codes,) if isinstance(codes, int) else tuple(codes), reaction, meaning, shown, retry_after)


_R = Reaction
TABLE: tuple[ErrorRow, ...] = (
    _row(-1, _R.RETRY, "The platform is busy", "微信系统繁忙", retry_after=1),
    _row(45011, _R.RETRY, "The API is called too often within a minute", "调用太频繁，请稍候", retry_after=60),
    _row((40001, 40014, 42001), _R.REFRESH_TOKEN, "The access token is not or no longer valid", "微信凭证失效"),
    # The conversation window and the follower.
    _row(45015, _R.SWITCH_CHANNEL, "The customer has not written for 48 hours", "客户超过48小时未互动"),
    _row(45047, _R.SWITCH_CHANNEL, "The customer's budget of messages is used up", "客服消息条数已用完"),
    _row(40200, _R.SWITCH_CHANNEL, "This kind of account may not send this", "账号类型不支持此消息"),
    _row(48008, _R.SWITCH_CHANNEL, "The account may not send this type of message", "没有此类消息的权限"),
    _row((40003, 46004), _R.GIVE_UP, "There is no such customer", "客户不存在"),
    _row((43004, 50005), _R.GIVE_UP, "The customer does not follow the account", "客户未关注公众号"),
    _row(43019, _R.GIVE_UP, "The customer is on the account's blacklist", "客户在黑名单中"),
    _row(43101, _R.GIVE_UP, "The customer has not agreed to this notification", "客户未订阅此通知"),
    _row(48002, _R.GIVE_UP, "The customer has switched off messages of the account", "客户关闭了消息接收"),
    _row((45168, 70000), _R.GIVE_UP, "The content is blocked for this customer", "内容被微信拦截"),
    # The account, its credentials and its quotas: an operator must act.
    _row((40002, 40013, 40125, 41004), _R.ALARM, "WECHAT_APPID or WECHAT_SECRET is wrong", "公众号 AppID 或密钥不正确"),
    _row(40243, _R.ALARM, "The AppSecret is frozen", "公众号密钥已被冻结"),
    _row((40164, 61004), _R.ALARM, "The server's address is not on the account's IP whitelist", "服务器 IP 不在白名单"),
    _row(45009, _R.ALARM, "The API's daily quota is used up until midnight in Beijing", "接口当日额度已用完"),
    _row(48006, _R.ALARM, "Quotas cannot be cleared again this month", "本月清零次数已用完"),
    _row(48001, _R.ALARM, "The account is not certified or lacks this permission", "公众号没有此接口权限"),
    _row((45087, 45094, 48004, 50002), _R.ALARM, "The platform has restricted the account", "公众号被微信限制"),
    _row(range(61450, 61460), _R.ALARM, "The customer-service agent account is not usable", "客服账号异常"),
    _row(range(65400, 65416), _R.ALARM, "The customer-service session is not possible", "客服会话异常"),
    # Typing indicators.
    _row((45072, 45080, 45081), _R.IGNORE, "The typing indicator is not possible now", "无法显示正在输入"),
    # Files.
    _row(40007, _R.GIVE_UP, "The media id is unknown or older than three days", "文件已过期"),
    _row((40118, 40121, 41006), _R.FIX, "The media id is missing, malformed or of another type", "文件标识不正确"),
    _row((40004, 40005, 40006, *range(40009, 40013), 40137), _R.FIX, "The file is refused", "文件类型或大小不符"),
    # Our own mistakes.
    _row(41001, _R.FIX, "The request had no access token", "请求缺少凭证"),
    _row((40008, 45162), _R.FIX, "The message type is unknown or does not fit the content", "消息类型不正确"),
    _row((40035, 40101), _R.FIX, "A parameter is wrong or missing", "请求参数不正确"),
    _row((40033, 47002), _R.FIX, "The JSON contains \\u escapes", "请求编码不正确"),
    _row((43002, 43003, 44002, 47001), _R.FIX, "The request is not the expected HTTPS POST", "请求格式不正确"),
    _row(44004, _R.FIX, "The text is empty", "消息内容为空"),
    _row((40213, 40214, 45086), _R.FIX, "A link in the text is not allowed", "消息中的链接不正确"),
    _row(range(45001, 45008), _R.FIX, "The content, title, description, link or file is too long", "消息内容过长"),
    _row(45008, _R.FIX, "Only one article may be sent", "图文条数过多"),
    _row((45098, 45099), _R.FIX, "The menu message has too many or too long choices", "选项过多或过长"),
    _row(48017, _R.FIX, "The platform's API moved: use its host name, not an IP", "接口地址已停用"),
    _row(40066, _R.FIX, "The API has no such address; check WECHAT_API_BASE_URL", "接口地址不正确"),
    # Templates, menu and QR codes.
    _row(40037, _R.FIX, "The template id does not belong to this account", "模板编号不正确"),
    _row(47003, _R.FIX, "A value does not fit its template field", "模板字段内容不符合要求"),
    _row(45064, _R.FIX, "The menu names a mini program that is not linked to the account", "小程序未关联"),
    _row((*range(40015, 40028), 40054, 40055, *range(65301, 65318)), _R.FIX, "The menu is refused", "菜单设置不正确"),
)

BY_CODE: dict[int, ErrorRow] = {code: row for row in TABLE for code in row.codes}
_UNKNOWN = ErrorRow((), Reaction.ALARM, "The platform refused the call for a reason we do not know", "微信返回未知错误")


def row_for(errcode: int) -> ErrorRow:
    """The row of a code; a code that is not in the table is for the operator to look at."""
    return BY_CODE.get(errcode, _UNKNOWN)


class PlatformError(Exception):
    """A call of the platform failed; the sentence says how, `reaction` what to do, `shown` the same for operators.

    `errcode` is the platform's code, None when there is none (no connection, no JSON). `maybe_delivered` is true
    when the call may have had its effect although no answer came back: repeating it may send a message twice.
    """

    def __init__(
        self,
        sentence: str,
        reaction: Reaction,
        errcode: int | None = None,
        *,
        shown: str = "微信接口暂时不可用",
        retry_after: int = 0,
        maybe_delivered: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.errcode = errcode
        self.reaction = reaction
        self.shown = shown
        self.retry_after = retry_after
        self.maybe_delivered = maybe_delivered

    @classmethod
    def from_code(cls, errcode: int, errmsg: str) -> "PlatformError":
        """The error of an answered call. The errmsg ends in the rid with which the platform's support finds it."""
        row = row_for(errcode)
        sentence = f"{row.meaning} (errcode {errcode}: {errmsg})."
        return cls(sentence, row.reaction, errcode, shown=row.shown, retry_after=row.retry_after)
