// Server-sent events from a POST: EventSource can only GET. Yields the parsed data of each event until [DONE].
export async function* postForEvents(href, body, signal) {
  const response = await fetch(href, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw new Error(await sentenceOf(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    pending += value;
    const events = pending.split("\n\n");
    pending = events.pop();
    for (const event of events) {
      const data = event.replace(/^data: ?/, "");
      if (data === "[DONE]") return;
      const parsed = JSON.parse(data);
      if (parsed.error) throw new Error(parsed.error.message);
      yield parsed;
    }
  }
}

async function sentenceOf(response) {
  const body = await response.json().catch(() => ({}));
  return body.error?.message ?? body.error ?? `The hub answered ${response.status}; try again.`;
}
