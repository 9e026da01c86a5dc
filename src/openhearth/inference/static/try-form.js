// <try-form>: sends its form in the background and puts the answer where the page would have shown it. What was chosen
// is shown until the answer comes, which can be stopped.
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
      this.outcome.replaceChildren(...(await this.ask(body)));
      this.pace.textContent = "";
    } catch (error) {
      this.pace.textContent = error.name === "AbortError" ? "Stopped." : "The hub could not be reached; try again.";
    } finally {
      this.setBusy(null);
    }
  }

  setBusy(asking) {
    this.asking = asking;
    this.ariaBusy = asking ? "true" : "false";
    this.stopButton.hidden = !asking;
    this.sendButton.disabled = Boolean(asking);
    if (asking) this.pace.textContent = "Working…";
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
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return (page.querySelector(".try__outcome") ?? page.querySelector("main") ?? page.body).childNodes;
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
