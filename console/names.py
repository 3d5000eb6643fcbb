"""What operators read for the words in the tables. A word that is missing here is shown as it stands."""

from collections.abc import Mapping
from typing import Any

from aftersales.handoff import Step
from aftersales.models import Actor, AppointmentKind, MediaKind, OutboxState, Status

EVENTS = {
    "submitted": "提交报修",
    "dispatched": "派单",
    "accepted": "接单",
    "scheduled": "约定上门",
    "in_progress": "开始维修",
    "completed": "服务完成",
    "closed": "关闭",
    "cancelled": "取消",
    "urged": "催单",
    "rescheduled": "改约",
    "changed": "修改信息",
    "handoff": "转人工",
    "complaint": "投诉",
    "rated": "评价",
    "note": "备注",
    "photo": "补充照片",
    "urgent": "紧急",
}
ACTORS = {
    Actor.CUSTOMER: "客户",
    Actor.TECHNICIAN: "师傅",
    Actor.OPERATOR: "客服",
    Actor.INTEGRATION: "外部系统",
    Actor.SYSTEM: "系统",
}
CHANNELS = {
    "passive": "被动回复",
    "customer_service": "客服消息",
    "template": "模板消息",
}
OUTBOX_STATES = {
    OutboxState.PENDING: "等待发送",
    OutboxState.SENDING: "发送中",
    OutboxState.SENT: "已发送",
    OutboxState.FAILED: "发送失败",
    OutboxState.HELD: "等客户来消息后发送",
    OutboxState.OVERTAKEN: "已有更新的消息，不再发送",
}
OUTBOX_TOPICS = {
    "progress": "进度通知",
    "rating": "评价邀请",
    "reply": "回复",
    "operator": "人工客服",
}
#: Why a message has not been sent, by the platform's code.
REASONS = {
    45015: "客户超过48小时没来消息，微信不允许发送",
    45047: "客户回复前可发的条数已用完",
    43004: "客户没有关注公众号",
    50005: "客户没有关注公众号",
    40003: "客户编号无效",
    43019: "客户在公众号的黑名单里",
    48002: "客户关闭了消息接收",
    45002: "内容太长",
}
#: What changed who has a conversation; {by} is the operator, or the account of WeChat's customer service.
HANDOFF_STEPS: Mapping[str, str] = {
    Step.ASKED: "客户要求转人工",
    Step.COMPLAINED: "客户投诉，请人工处理",
    Step.ENDANGERED: "客户报告危险情况，请人工处理",
    Step.TRANSFERRED: "已转给微信客服排队",
    Step.TAKEN: "{by} 接手",
    Step.FOLLOWED_UP: "{by} 标为已跟进",
    Step.OPENED: "微信客服 {by} 开始接待",
    Step.ENDED: "{by} 交还机器人",
    Step.RETURNED: "客户要求回到机器人",
    Step.QUIET: "双方一段时间没有说话，自动交还机器人",
    Step.CLOSED: "微信客服结束接待，机器人继续",
}
#: What an operator reads when something was not done.
REFUSALS = {
    "other": "{by} 正在接待这位客户，刚才的操作没有执行。需要您来接待，请点“改由我接待”。",
    "wechat": "微信客服 {by} 正在接待这位客户，这里暂时不能操作。",
    "returned": "这个会话已经回到机器人，刚才的操作没有执行。要继续聊，请点“接手”。",
    "unfollowed": "客户已取消关注，消息发不出去，没有保存。",
    "empty": "请先输入要发送的内容。",
    "long": "内容太长，一条最多600个字，请分开发。",
}
KINDS = {
    "text": "文字",
    "image": "照片",
    "voice": "语音",
    "video": "视频",
    "location": "位置",
    "link": "链接",
    "file": "文件",
    "event": "操作",
    "unsupported": "不支持的消息",
}
MEDIA_KINDS = {
    MediaKind.CUSTOMER: "客户发来",
    MediaKind.BEFORE: "维修前",
    MediaKind.PROCESS: "维修中",
    MediaKind.AFTER: "维修后",
}
VISITS = {
    AppointmentKind.REQUESTED: "客户期望",
    AppointmentKind.CONFIRMED: "约定上门",
}
DIMENSIONS = {
    "attitude": "态度",
    "skill": "专业",
    "speed": "速度",
    "process": "流程",
}
INTENTS = {
    "request_service": "申请服务",
    "describe_fault": "描述故障",
    "query_progress": "查询进度",
    "list_services": "我的服务",
    "urge_order": "催单",
    "reschedule_visit": "改约",
    "change_contact": "修改联系信息",
    "cancel_order": "取消报修",
    "rate_service": "评价",
    "complain": "投诉",
    "human_handoff": "转人工",
    "privacy_request": "个人信息",
    "inform": "提供信息",
    "affirm": "肯定",
    "deny": "否定",
    "skip": "跳过",
    "stop": "中止",
    "greet": "问候",
    "goodbye": "告别",
    "thank": "感谢",
    "bot_challenge": "问是否机器人",
    "out_of_scope": "其他话题",
    "nlu_fallback": "没听懂",
    "send_media": "发来照片",
    "send_location": "发来位置",
    "scan_product": "扫描产品码",
    "follow_account": "关注账号",
    "faq/price": "问：费用",
    "faq/warranty": "问：保修",
    "faq/prepare": "问：准备什么",
    "faq/hours": "问：服务时间",
    "faq/coverage": "问：服务范围",
    "faq/response_time": "问：多久上门",
    "faq/follow": "问：关注账号",
    "faq/rating_effect": "问：评价用途",
    "faq/dissatisfied": "问：不满意怎么办",
    "faq/no_response": "问：没人联系怎么办",
    "faq/invoice": "问：发票",
    "faq/parts": "问：配件",
    "faq/maintenance": "问：保养",
    "faq/privacy": "问：隐私",
    "faq/official": "问：辨别真假",
}
ENTITIES = {
    "appliance": "电器",
    "brand": "品牌",
    "model": "型号",
    "symptom": "故障",
    "error_code": "故障代码",
    "service_type": "服务",
    "phone": "电话",
    "address": "地址",
    "time": "时间",
    "person_name": "姓名",
    "score": "评分",
    "dimension": "评价项",
    "order_number": "工单号",
}
#: The colour an order wears.
STATUS_TONES = {
    Status.SUBMITTED: "new",
    Status.DISPATCHED: "moving",
    Status.ACCEPTED: "moving",
    Status.SCHEDULED: "moving",
    Status.IN_PROGRESS: "working",
    Status.COMPLETED: "done",
    Status.CLOSED: "over",
    Status.CANCELLED: "over",
}
TABLES: dict[str, Mapping[Any, str]] = {
    "event": EVENTS,
    "actor": ACTORS,
    "channel": CHANNELS,
    "outbox_state": OUTBOX_STATES,
    "outbox_topic": OUTBOX_TOPICS,
    "kind": KINDS,
    "media_kind": MEDIA_KINDS,
    "visit": VISITS,
    "dimension": DIMENSIONS,
    "entity": ENTITIES,
    "tone": STATUS_TONES,
    "reason": REASONS,
}


def intent_name(intent: str) -> str:
    """描述故障 for describe_fault; general questions are known as `faq/price` and as `faq_price`."""
    return INTENTS.get(intent) or INTENTS.get(intent.replace("faq_", "faq/", 1), intent)
