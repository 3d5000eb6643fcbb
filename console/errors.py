"""What went wrong, in words an operator can act on."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, NotFound

from .pages import blueprint


@dataclass(frozen=True)
class Words:
    """The heading of an error page and what to do now."""

    title: str
    advice: str


EXPIRED = Words("页面已过期", "为了安全，这次提交没有执行。请返回上一页，刷新后重试。")
UNEXPECTED = Words("出错了", "系统没能完成这次操作。请稍后再试；如果一直这样，请联系管理员。")
WORDS = {
    400: Words("请求有误", "这个地址或提交的内容不对。请返回上一页重试。"),
    403: Words("没有权限", "您不能查看这个页面。"),
    404: Words("没有找到", "这个页面不存在，或者内容已被删除。"),
    416: Words("文件范围有误", "请重新打开这个文件。"),
    500: UNEXPECTED,
}
ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@blueprint.route("/<path:anything>", methods=ALL_METHODS)
def nowhere(anything: str) -> ResponseReturnValue:  # noqa: ARG001
    """Every other address under /ops; without it a wrong one would not belong to the console and answer in English."""
    raise NotFound


@blueprint.errorhandler(CSRFError)
def expired(error: CSRFError) -> ResponseReturnValue:
    """A form whose page is too old, or not ours."""
    return _page(EXPIRED, error.code)


@blueprint.errorhandler(HTTPException)
def failed(error: HTTPException) -> ResponseReturnValue:
    """Everything else, an unexpected error included; that one is in the log by now."""
    code = error.code or 500
    return _page(WORDS.get(code, UNEXPECTED), code)


def _page(words: Words, code: int) -> ResponseReturnValue:
    return render_template("console/error.html", words=words, code=code), code
