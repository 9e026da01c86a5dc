// <chat-box>: a conversation that is written word by word. Without script, the form posts one message and the answer
// comes as a page. A model without a chat template refuses messages; the form then takes its own way.
import { postForEvents } from "./event-stream.js";

class ChatBox extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.turns = this.querySelector(".try__turns");
    this.input = this.form.elements.text;
    this.stopButton = this.form.elements.stop;
    this.messages = [];
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.form.requestSubmit();
      }
    });
    this.stopButton.addEventListener("click", () => this.running?.abort());
  }

  async send() {
    const text = this.input.value.trim();
    if (!text || this.running) return;
    this.messages.push({ role: "user", content: text });
    this.show("user", text);
    this.input.value = "";
    const turn = this.show("assistant", "…");
    this.running = new AbortController();
    this.stopButton.disabled = false;
    try {
      await this.write(turn);
    } catch (error) {
      if (error.name !== "AbortError") this.fail(turn, error.message);
    } finally {
      this.running = null;
      this.stopButton.disabled = true;
    }
  }

  async write(turn) {
    const body = { model: this.dataset.model, messages: this.messages, stream: true };
    let answer = "";
    try {
      for await (const event of postForEvents(this.dataset.href, body, this.running.signal)) {
        answer += event.choices[0]?.delta.content ?? "";
        if (answer) turn.textContent = answer;
        this.turns.scrollTop = this.turns.scrollHeight;
      }
    } finally {
      if (answer) this.messages.push({ role: "assistant", content: answer });
    }
  }

  fail(turn, sentence) {
    turn.textContent = sentence;
    turn.classList.add("try__turn--wrong");
    if (this.messages.at(-1)?.role === "user") this.input.value = this.messages.pop().content;
  }

  show(role, text) {
    const turn = document.createElement("p");
    turn.className = `try__turn try__turn--${role}`;
    turn.textContent = text;
    this.turns.append(turn);
    return turn;
  }
}

customElements.define("chat-box", ChatBox);
