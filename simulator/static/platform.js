// The panel of the platform itself: kind of account, clock, faults, pushes, agents, records.

import * as client from "./client.js";
import { h } from "./dom.js";

const PROFILES = { service: "服务号（已认证）", subscription: "订阅号（已认证）", test: "测试号" };
const MODES = { plain: "明文", compat: "兼容", secure: "安全" };
const CALLS = {
  "message/custom/send": "客服消息",
  "message/custom/typing": "正在输入",
  "message/template/send": "模板消息",
  "message/subscribe/bizsend": "订阅通知",
  stable_token: "稳定版 token",
  token: "普通 token",
  "media/get": "下载素材",
  "media/upload": "上传素材",
  "menu/create": "创建菜单",
  "qrcode/create": "生成二维码",
  "*": "全部接口",
};
const ENDINGS = { http: "HTTP 502", html: "返回网页", close: "断开连接", late: "只是变慢" };
const RESULTS = { success: "成功", "failed:user block": "用户拒收", "failed: system failed": "系统失败" };
const SPANS = [
  ["+1 分钟", { minutes: 1 }],
  ["+1 小时", { hours: 1 }],
  ["+48 小时", { hours: 48 }],
  ["+3 天", { days: 3 }],
  ["回到现在", { reset: true }],
];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export class PlatformPanel {
  /** `changed()` asks for news. */
  constructor(element, changed) {
    this.element = element;
    this.changed = changed;
    this.build();
  }

  build() {
    this.told = h("p", { class: "told", role: "status", "data-testid": "platform-told" });
    this.faults = h("ul", { "data-testid": "fault-list" });
    this.desk = h("ul", { "data-testid": "desk-list" });
    this.clock = h("p", { class: "hint", "data-testid": "platform-clock" });
    this.totals = h("p", { class: "hint", "data-testid": "totals" });
    this.inputs = {};
    this.element.append(
      this.told, this.accountPart(), this.clockPart(), this.faultPart(), this.pushPart(), this.agentPart(), this.recordPart(),
    );
    this.loadErrcodes();
  }

  accountPart() {
    return part(
      "账号",
      this.choice("账号类型", "profile", PROFILES),
      this.choice("消息加密", "mode", MODES),
      this.choice("模板消息结果", "template_result", RESULTS),
      buttons(
        this.button("更换密钥", "rotate-key", () => client.rotateKey(newKey()), (set) => `新密钥：${set.aes_key}，旧密钥保留。`),
        this.button("让 token 失效", "revoke-tokens", () => client.revokeTokens(), () => "已发出的 token 全部失效。"),
      ),
    );
  }

  clockPart() {
    const moves = SPANS.map(([label, by]) => this.button(label, "move-clock", () => client.moveClock(by), () => "时钟已调整。"));
    return part("平台时钟", this.clock, buttons(...moves));
  }

  faultPart() {
    this.call = select("fault-call", CALLS);
    this.ending = select("fault-ending", ENDINGS);
    this.times = h("input", { type: "number", min: 0, value: 1, "data-testid": "fault-times" });
    this.delay = h("input", { type: "number", min: 0, step: 0.1, value: 0, "data-testid": "fault-delay" });
    this.done = h("input", { type: "checkbox", "data-testid": "fault-done" });
    return part(
      "接口故障",
      labelled("接口", this.call),
      labelled("结果", this.ending),
      labelled("次数（0 为一直）", this.times),
      labelled("先等几秒", this.delay),
      h("label", { class: "check" }, this.done, "照常执行，只丢失应答"),
      buttons(
        this.button("安排", "order-fault", () => client.orderFault(this.fault()), () => "已安排。"),
        this.button("全部取消", "clear-faults", () => client.callOff(), () => "已全部取消。"),
      ),
      this.faults,
    );
  }

  pushPart() {
    return part(
      "推送",
      this.check("每条推送同时发两份", "copies", (on) => (on ? 2 : 1), (value) => value > 1),
      this.check("地址里不带 openid", "with_openid", (on) => !on, (value) => !value),
      this.check("回复不合法时也重新推送", "redeliver_illegal"),
      buttons(
        this.button("暂存推送", "hold", () => client.holdPushes(), () => "从现在起的推送先存着。"),
        this.button("依次放行", "release", () => client.releasePushes("kept"), released),
        this.button("倒序放行", "release-reversed", () => client.releasePushes("reversed"), released),
      ),
    );
  }

  agentPart() {
    this.account = h("input", { value: "wang@baoxiu", "data-testid": "agent-account" });
    this.words = h("input", { placeholder: "您好，我是人工客服", "data-testid": "agent-words" });
    return part(
      "人工客服",
      labelled("客服账号", this.account),
      labelled("客服说", this.words),
      buttons(this.button("添加客服", "add-agent", () => client.addAgent(this.account.value.trim(), ""), () => "已添加。")),
      this.desk,
    );
  }

  recordPart() {
    const report = h("a", { href: "/api/report", target: "_blank", rel: "noopener" }, "完整记录（JSON）");
    return part(
      "记录",
      this.totals,
      h("p", { class: "hint" }, report),
      buttons(this.button("全部重置", "reset", () => client.reset(), () => "已重置。")),
    );
  }

  fault() {
    const times = Number(this.times.value);
    const ending = this.ending.value;
    const chosen = { http: { http_status: 502 }, html: { html: true }, close: { close: true }, late: {} }[ending];
    return {
      call: this.call.value,
      delay: Number(this.delay.value),
      ...(times > 0 ? { times } : { forever: true }),
      ...(chosen ?? { errcode: Number(ending) }),
      carried_out: this.done.checked,
    };
  }

  async loadErrcodes() {
    try {
      for (const { errcode, errmsg } of await client.errcodes()) {
        this.ending.append(h("option", { value: String(errcode) }, `${errcode} ${errmsg}`));
      }
    } catch (error) {
      this.tell(`没有读到错误码：${error.message}`, true);
    }
  }

  choice(label, name, options) {
    this.inputs[name] = { element: select(`set-${name}`, options), read: (value) => value };
    this.inputs[name].element.addEventListener("change", (event) => this.choose(name, event.target.value));
    return labelled(label, this.inputs[name].element);
  }

  check(label, name, write = (on) => on, read = (value) => value) {
    const box = h("input", { type: "checkbox", "data-testid": `set-${name}` });
    box.addEventListener("change", () => this.set({ [name]: write(box.checked) }));
    this.inputs[name] = { element: box, read };
    return h("label", { class: "check" }, box, label);
  }

  button(label, testid, act, words) {
    const onclick = () => this.attempt(act, words);
    return h("button", { type: "button", "data-testid": testid, onclick }, label);
  }

  choose(name, value) {
    if (name !== "mode" || value === "plain" || this.settings.aes_key) return this.set({ [name]: value });
    this.tell("还没有密钥，请先点“更换密钥”。", true);
    this.showSettings(this.settings);
  }

  set(changes) {
    return this.attempt(() => client.configure(changes), () => "已生效。");
  }

  async attempt(act, words) {
    try {
      this.tell(words(await act()));
    } catch (error) {
      this.tell(error.message, true);
    }
    this.drawn = ""; // a refused choice goes back to what holds
    this.changed();
  }

  tell(words, bad = false) {
    this.told.textContent = words;
    this.told.classList.toggle("bad", bad);
  }

  /** Show how the platform is set. */
  show(state, nameOf) {
    const at = new Date(state.now).toLocaleString("zh-CN", { hour12: false });
    this.clock.textContent = state.offset ? `${at}（${shift(state.offset)}）` : at;
    const { calls, refusals, token_fetches: tokens, alarms } = state.totals;
    this.totals.textContent = `接口调用 ${calls} 次，被拒 ${refusals} 次，取 token ${tokens} 次，告警 ${alarms} 次`;
    const drawn = JSON.stringify([state.settings, state.faults, state.desk]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.showSettings(state.settings);
    this.faults.replaceChildren(...state.faults.map((fault) => this.faultLine(fault)));
    this.showDesk(state.desk, nameOf);
  }

  showSettings(settings) {
    this.settings = settings;
    for (const [name, { element, read }] of Object.entries(this.inputs)) {
      if (element.type === "checkbox") element.checked = read(settings[name]);
      else element.value = read(settings[name]);
    }
  }

  faultLine(fault) {
    const words = [CALLS[fault.call] ?? fault.call, ended(fault), fault.forever ? "一直" : `还有 ${fault.times} 次`];
    const off = this.button("取消", "fault-off", () => client.callOff(fault.id), () => "已取消。");
    return h("li", { class: "line" }, h("span", {}, words.filter(Boolean).join("，")), off);
  }

  showDesk(desk, nameOf) {
    const waiting = desk.waiting.map((one) => this.deskLine(`${nameOf(one.openid)}在等待`, one.account, one.openid, ["接入", "accept"]));
    const talking = desk.sessions.map((one) =>
      this.deskLine(`${nameOf(one.openid)}由 ${one.account} 接待`, one.account, one.openid, ["回复", "say"], ["结束", "close"]),
    );
    const idle = desk.agents.length ? [] : [h("li", { class: "hint" }, "还没有客服；没人接入时，消息仍推送给公众号。")];
    this.desk.replaceChildren(...waiting, ...talking, ...idle);
  }

  deskLine(words, account, openid, ...deeds) {
    const does = (deed) => client.agentDoes(account || this.account.value.trim(), deed, openid, this.words.value || this.words.placeholder);
    const made = deeds.map(([label, deed]) => this.button(label, `agent-${deed}`, () => does(deed), () => "已办。"));
    return h("li", { class: "line" }, h("span", {}, words), h("span", {}, made));
  }
}

function part(title, ...content) {
  return h("fieldset", {}, h("legend", {}, title), ...content);
}

function buttons(...made) {
  return h("div", { class: "buttons" }, made);
}

function labelled(words, element) {
  return h("label", {}, words, element);
}

function select(testid, options) {
  const listed = Object.entries(options).map(([value, label]) => h("option", { value }, label));
  return h("select", { "data-testid": testid }, listed);
}

function ended(fault) {
  const late = fault.delay ? `等 ${fault.delay} 秒` : "";
  const end = fault.close ? "断开连接" : fault.http_status ? `HTTP ${fault.http_status}` : fault.html ? "返回网页" : fault.errcode || "";
  return [late, end, fault.carried_out ? "照常执行" : ""].filter(Boolean).join("，");
}

function released(answer) {
  return `放行了 ${answer.released} 条。`;
}

function shift(seconds) {
  const hours = Math.round(Math.abs(seconds) / 360) / 10;
  return `比现在${seconds > 0 ? "快" : "慢"} ${hours} 小时`;
}

/** 43 letters and digits that stand for 32 bytes. */
function newKey() {
  const random = crypto.getRandomValues(new Uint8Array(42));
  return [...random].map((value) => LETTERS[value % LETTERS.length]).join("") + "A";
}
