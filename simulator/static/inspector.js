// The developer's panel: pushes with their tries, API calls, newest first.

import { h } from "./dom.js";

const KINDS = { push: "推送", call: "调用" };
const OUTCOMES = { waiting: "等待回答", shown: "已回复", silent: "无回复", transferred: "转人工", agent: "客服接待", fault: "故障", 0: "成功" };

export class Inspector {
  constructor(list) {
    this.list = list;
    this.elements = new Map();
  }

  clear() {
    this.elements.clear();
    this.list.replaceChildren();
  }

  /** Show new and changed records; an opened one stays open. */
  show(records, nameOf) {
    for (const record of records) this.showOne(record, nameOf(record.openid));
    while (this.list.childElementCount > 100) this.list.lastElementChild.remove();
  }

  showOne(record, name) {
    const before = this.elements.get(record.id);
    const details = draw(record, name);
    details.open = before?.firstElementChild.open ?? false;
    const item = h("li", { "data-testid": "record", "data-kind": record.kind, "data-outcome": record.outcome }, details);
    if (before) before.replaceWith(item);
    else this.list.prepend(item);
    this.elements.set(record.id, item);
  }
}

function draw(record, name) {
  const good = ["shown", "silent", "transferred", "agent", "0"].includes(record.outcome);
  const state = record.outcome === "waiting" ? "waiting" : good ? "good" : "bad";
  const tries = record.tries.length > 1 ? ` · ${record.tries.length} 次` : "";
  const summary = h(
    "summary",
    {},
    h("span", { class: `kind kind-${record.kind}` }, KINDS[record.kind]),
    h("span", { class: "what" }, record.name, h("small", {}, name)),
    h("span", { class: "took" }, `${record.latency_ms} ms${tries}`),
    h("span", { class: `outcome ${state}` }, OUTCOMES[record.outcome] ?? record.outcome),
  );
  return h("details", {}, summary, record.note ? h("p", { class: "note" }, record.note) : null, ...parts(record));
}

function parts(record) {
  const at = new Date(record.at).toLocaleTimeString("zh-CN", { hour12: false });
  const tries = record.tries.map((item, index) => {
    const result = item.problem || `HTTP ${item.status}`;
    return h("li", {}, `第 ${index + 1} 次：${item.latency_ms} ms，${result}`);
  });
  return [
    h("p", { class: "at" }, `${at} · #${record.id}`),
    block("发出", record.request),
    tries.length ? h("ol", { class: "tries" }, tries) : null,
    block("收到", record.response),
  ];
}

function block(title, text) {
  return text ? h("figure", {}, h("figcaption", {}, title), h("pre", { tabindex: "0" }, pretty(text))) : null;
}

// Matching whole CDATA sections keeps what is inside them as it is.
const CDATA_OR_SEAM = /<!\[CDATA\[[\s\S]*?\]\]>|><(?!!\[CDATA)/g;

function pretty(text) {
  if (text.startsWith("<xml>")) return text.replace(CDATA_OR_SEAM, (found) => (found === "><" ? ">\n<" : found));
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
