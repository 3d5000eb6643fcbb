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

/** Check the webhook's address: {ok, problem}. */
export function verify() {
  return post("/api/verify", {});
}
