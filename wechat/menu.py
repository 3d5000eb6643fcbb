"""The menu at the bottom of the account's chat. Its keys arrive as CLICK events."""

REPORT_REPAIR = "report_repair"
QUERY_PROGRESS = "query_progress"
MY_SERVICES = "my_services"

LABELS = {
    REPORT_REPAIR: "我要报修",
    QUERY_PROGRESS: "查询进度",
    MY_SERVICES: "我的服务",
}
"""Key → name; a name of more than 16 bytes is refused by the platform."""

BUTTONS = [{"type": "click", "name": name, "key": key} for key, name in LABELS.items()]
"""What `Platform.create_menu` takes."""
