// The sandbox's control API: what a person can see and do, and the stream of what changed.

/** A refusal by the sandbox, in Slack's word for it. */
export class Refused extends Error {}

async function answered(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error || `The sandbox answered ${response.status}`);
  return body;
}

/** Read something. */
export async function read(what, values) {
  return answered(await fetch(`/sandbox/${what}?${new URLSearchParams(values)}`, { cache: "no-store" }));
}

/** Do something. */
export async function act(what, values) {
  const headers = { "Content-Type": "application/json" };
  return answered(await fetch(`/sandbox/${what}`, { method: "POST", headers, body: JSON.stringify(values) }));
}

/** Hear of every change; `onOpen` is called on each (re)connection, when anything may have been missed. */
export function listen(onEvent, onOpen, onLost) {
  const stream = new EventSource("/sandbox/events");
  stream.addEventListener("open", onOpen);
  stream.addEventListener("error", onLost);
  stream.addEventListener("message", (event) => onEvent(JSON.parse(event.data)));
}
