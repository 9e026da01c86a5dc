// <try-form>: sends its form in the background and puts the answer where the page would have shown it, what is wrong with a
// field beside that. What was chosen is shown until the answer comes, which can be stopped; the time it takes is counted.
const LOADING_AFTER_S = 3;

class TryForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.outcome = this.querySelector(".try__outcome");
    this.sendButton = this.querySelector(".try__actions .button");
    this.stopButton = button("Stop");
    this.stopButton.hidden = true;
    this.pace = Object.assign(document.createElement("span"), { className: "try__pace muted" });
    this.pace.setAttribute("role", "status");
    this.querySelector(".try__actions").append(this.stopButton, this.pace);
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.form.addEventListener("change", (event) => event.target.type === "file" && this.chose());
    this.stopButton.addEventListener("click", () => this.asking?.abort());
  }

  async submitted(event) {
    event.preventDefault();
    if (this.asking) return;
    const isExample = event.submitter?.name === "example";
    const body = new FormData(this.form, event.submitter);
    if (isExample) this.fill(JSON.parse(event.submitter.value));
    this.setBusy(new AbortController());
    try {
      const page = await this.ask(body);
      this.outcome.replaceChildren(...(page.querySelector(".try__outcome") ?? page.querySelector("main") ?? page.body).childNodes);
      this.pace.textContent = "";
      if (!this.mark(page)) this.outcome.scrollIntoView({ block: "nearest" });
    } catch (error) {
      this.pace.textContent = error.name === "AbortError" ? "Stopped." : "The hub could not be reached; try again.";
    } finally {
      this.setBusy(null);
    }
  }

  // The button keeps the focus: it is not disabled, and does nothing meanwhile.
  setBusy(asking) {
    this.asking = asking;
    this.ariaBusy = asking ? "true" : "false";
    this.stopButton.hidden = !asking;
    this.sendButton.ariaDisabled = asking ? "true" : null;
    clearInterval(this.clock);
    if (!asking) return;
    const started = Date.now();
    this.pace.textContent = "Working…";
    this.clock = setInterval(() => this.count(Math.round((Date.now() - started) / 1000)), 1000);
  }

  // Told once to those who listen; the seconds are for those who look.
  count(seconds) {
    const words = seconds < LOADING_AFTER_S ? "Working…" : "Working… A model that nobody used lately is loaded first.";
    this.seconds ??= Object.assign(document.createElement("span"), { ariaHidden: "true" });
    this.seconds.textContent = ` ${seconds} s`;
    if (this.pace.firstChild?.textContent !== words) this.pace.replaceChildren(words, this.seconds);
    else this.pace.append(this.seconds);
  }

  // Puts what `page` says of a field beside ours, and leads there. Whether there was something.
  mark(page) {
    for (const field of this.form.querySelectorAll(".field--wrong")) {
      field.classList.remove("field--wrong");
      field.querySelector(".field__error")?.remove();
      field.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
    }
    const error = page.querySelector(".try .field__error");
    const input = error && document.getElementById(error.id.replace(/-error$/, ""));
    if (!input) return false;
    const field = input.closest(".field, .drop");
    field.classList.add("field--wrong");
    field.append(error);
    input.setAttribute("aria-invalid", "true");
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== error.id);
    input.setAttribute("aria-describedby", [...described, error.id].join(" "));
    const folded = input.closest("details");
    if (folded) folded.open = true;
    input.focus();
    return true;
  }

  // An example's words are written into the fields; its file is kept for trying it again.
  fill(fields) {
    const kept = {};
    for (const [name, text] of Object.entries(fields)) {
      const field = this.form.elements[name];
      if (field?.type === "file") {
        kept[name] = text;
        field.value = "";
        field.dispatchEvent(new Event("change", { bubbles: true }));
      } else if (field) field.value = text;
    }
    if (this.form.elements.kept) this.form.elements.kept.value = JSON.stringify(kept);
  }

  async ask(body) {
    const response = await fetch(this.form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal: this.asking.signal });
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  chose() {
    const files = [...this.form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    for (const href of this.shown ?? []) URL.revokeObjectURL(href);
    this.shown = [];
    const elements = files.map((file) => this.show(file)).filter(Boolean);
    if (elements.length && this.form.elements.kept) this.form.elements.kept.value = "{}";
    this.outcome.replaceChildren(...elements);
  }

  show(file) {
    const name = { audio: "audio", video: "video", image: "img" }[file.type.split("/")[0]];
    if (!name) return null;
    const href = URL.createObjectURL(file);
    this.shown.push(href);
    const element = Object.assign(document.createElement(name), { className: "try__given", src: href });
    if (name === "img") element.alt = file.name;
    else Object.assign(element, { controls: true, ariaLabel: file.name });
    element.addEventListener("error", () => element.remove());
    return element;
  }
}

function button(label) {
  return Object.assign(document.createElement("button"), { type: "button", className: "button button--plain", textContent: label });
}

customElements.define("try-form", TryForm);
