// <chat-box>: a conversation, or a text that goes on, written word by word. Without script, the form posts one message
// and the answer comes as a page. The conversation lasts as long as the browser's tab.
import { postForEvents } from "./event-stream.js";

const LOADING_AFTER_MS = 1200;
const CONTINUED_TOKENS = 64;

class ChatBox extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.turns = this.querySelector(".try__turns");
    this.pace = this.querySelector(".try__pace");
    this.input = this.form.elements.text;
    this.stopButton = this.form.elements.stop;
    this.key = `chat:${this.dataset.model}`;
    this.isChat = this.dataset.kind === "chat";
    this.restore();
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && this.isChat) {
        event.preventDefault();
        this.form.requestSubmit();
      }
    });
    this.stopButton.addEventListener("click", () => this.running?.abort());
    this.querySelector(".try__again").addEventListener("click", (event) => {
      if (location.pathname !== new URL(event.target.href).pathname) return this.forget();
      event.preventDefault();
      this.forget();
    });
  }

  submitted(event) {
    event.preventDefault();
    const example = event.submitter?.name === "example" ? JSON.parse(event.submitter.value).text : null;
    this.send((example ?? this.input.value).trim());
  }

  async send(text) {
    if (!text || this.running) return;
    this.messages.push({ role: "user", content: text });
    if (this.isChat) {
      this.show("user", text);
      this.input.value = "";
    }
    const turn = this.show("assistant", "…");
    turn.classList.add("try__turn--waiting");
    const loading = setTimeout(() => (turn.textContent = "The model is being loaded…"), LOADING_AFTER_MS);
    this.running = new AbortController();
    this.stopButton.disabled = false;
    try {
      await this.write(turn, text, () => clearTimeout(loading));
    } catch (error) {
      if (error.name !== "AbortError") this.fail(turn, error.message);
    } finally {
      clearTimeout(loading);
      this.finish(turn);
    }
  }

  async write(turn, text, begun) {
    let answer = "";
    let tokens = 0;
    let started = null;
    try {
      for await (const event of postForEvents(this.address(), this.body(text), this.running.signal)) {
        begun();
        started ??= performance.now();
        tokens = event.usage?.completion_tokens ?? tokens;
        answer += event.choices[0]?.delta?.content ?? event.choices[0]?.text ?? "";
        if (answer) this.grow(turn, this.isChat ? answer : text + answer);
      }
      if (!answer) turn.textContent = "(The model had nothing to say.)";
      if (tokens > 1) this.pace.textContent = paceOf(tokens, performance.now() - started);
    } finally {
      if (answer) this.messages.push({ role: "assistant", content: answer });
    }
  }

  grow(turn, text) {
    const atEnd = this.turns.scrollHeight - this.turns.scrollTop - this.turns.clientHeight < 40;
    turn.classList.remove("try__turn--waiting");
    turn.classList.add("try__turn--writing");
    turn.textContent = text;
    if (atEnd) this.turns.scrollTop = this.turns.scrollHeight;
  }

  finish(turn) {
    turn.classList.remove("try__turn--waiting", "try__turn--writing");
    if (this.messages.at(-1)?.role === "user") {
      if (!turn.classList.contains("try__turn--wrong")) turn.textContent = "(Stopped.)";
      const unanswered = this.messages.pop().content;
      if (this.isChat) this.input.value ||= unanswered;
    }
    this.running = null;
    this.stopButton.disabled = true;
    this.keep();
  }

  fail(turn, sentence) {
    turn.textContent = sentence;
    turn.classList.add("try__turn--wrong");
  }

  address() {
    return `${this.dataset.href}/${this.isChat ? "chat/completions" : "completions"}`;
  }

  body(text) {
    const body = { model: this.dataset.model, stream: true, stream_options: { include_usage: true } };
    for (const name of ["temperature", "top_p", "max_tokens", "seed"]) {
      const written = this.form.elements[name].value.trim();
      // What is no number travels as it is: the hub says what is wrong with it.
      if (written) body[name] = Number.isNaN(Number(written)) ? written : Number(written);
    }
    return this.isChat ? { ...body, messages: this.messages } : { max_tokens: CONTINUED_TOKENS, ...body, prompt: text };
  }

  show(role, text) {
    const turn = document.createElement("p");
    turn.className = `try__turn try__turn--${role}`;
    turn.textContent = text;
    this.turns.append(turn);
    this.turns.scrollTop = this.turns.scrollHeight;
    return turn;
  }

  restore() {
    this.messages = JSON.parse(this.form.elements.messages?.value || "[]");
    if (this.messages.length || !this.isChat) return;
    this.messages = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    for (const message of this.messages) this.show(message.role, message.content);
  }

  keep() {
    if (this.isChat) sessionStorage.setItem(this.key, JSON.stringify(this.messages));
  }

  forget() {
    this.running?.abort();
    this.messages = [];
    this.turns.replaceChildren();
    this.pace.textContent = "";
    sessionStorage.removeItem(this.key);
  }
}

function paceOf(tokens, elapsedMs) {
  return `${tokens} tokens, ${(((tokens - 1) * 1000) / Math.max(elapsedMs, 1)).toFixed(1)} a second`;
}

customElements.define("chat-box", ChatBox);
