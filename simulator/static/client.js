// Talking to the simulator.

async function call(path, options) {
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `HTTP ${response.status}`);
  return answer;
}

function post(path, data) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method: "POST", headers, body: JSON.stringify(data) });
}

/** What changed after `since`. */
export function updates(since) {
  return call(`/api/updates?since=${since}`);
}

/** A new customer, who follows the account and is greeted. */
export function addCustomer(name) {
  return post("/api/customers", { name, follow: true });
}

/** A deed of a customer, such as {type: "text", text: "你好"}. */
export function act(openid, deed) {
  return post(`/api/customers/${openid}/send`, deed);
}

/** A photo or video from this computer. */
export function sendFile(openid, type, file) {
  const form = new FormData();
  form.append("type", type);
  form.append("file", file);
  return call(`/api/customers/${openid}/send`, { method: "POST", body: form });
}

/** End or open the 48-hour window. */
export function setWindow(openid, closed) {
  return post(`/api/customers/${openid}/window`, { closed });
}

/** How messages of the account fare with a customer: {muted, blacklisted}. */
export function mark(openid, marks) {
  return post(`/api/customers/${openid}/marks`, marks);
}

/** Open a grant as if the customer had done something, such as "payment". */
export function openWindow(openid, deed) {
  return post(`/api/customers/${openid}/window`, { deed });
}

/** Change settings of the platform, such as {profile: "test"}. */
export function configure(changes) {
  return post("/api/settings", changes);
}

/** Take another EncodingAESKey at once. */
export function rotateKey(key) {
  return post("/api/keys/rotate", { aes_key: key });
}

/** End every access token. */
export function revokeTokens() {
  return post("/api/tokens/revoke", {});
}

/** Move the clock: {hours: 48}, or back: {reset: true}. */
export function moveClock(by) {
  return post("/api/clock", by);
}

/** All errcodes: [{errcode, errmsg}]. */
export async function errcodes() {
  return (await call("/api/errcodes")).errcodes;
}

/** Let calls of the API fail. */
export function orderFault(fault) {
  return post("/api/faults", fault);
}

/** Call one fault off, or all. */
export function callOff(id) {
  return call(id === undefined ? "/api/faults" : `/api/faults/${id}`, { method: "DELETE" });
}

/** Keep pushes back. */
export function holdPushes() {
  return post("/api/pushes/hold", {});
}

/** Deliver what was kept back, "kept", "reversed" or "shuffled". */
export function releasePushes(order) {
  return post("/api/pushes/release", { order });
}

/** A new agent, who is online. */
export function addAgent(account, nickname) {
  return post("/api/agents", { account, nickname });
}

/** "accept" or "close" a customer, or "say" a text. */
export function agentDoes(account, deed, openid, text) {
  return post(`/api/agents/${encodeURIComponent(account)}/${deed}`, { openid, text });
}

/** Begin anew. */
export function reset() {
  return post("/api/reset", {});
}

/** Check the webhook's address: {ok, problem}. */
export function verify() {
  return post("/api/verify", {});
}
