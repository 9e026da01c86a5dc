// <try-form>: sends its form in the background and puts the answer where the page would have shown it, below the
// picture or sound that was chosen.
class TryForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.outcome = this.querySelector(".try__outcome");
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.form.elements.file?.addEventListener("change", () => this.outcome.replaceChildren(...this.chosen()));
  }

  async submitted(event) {
    event.preventDefault();
    if (this.ariaBusy === "true") return;
    this.ariaBusy = "true";
    const isExample = event.submitter?.name === "example";
    const body = new FormData(this.form, event.submitter);
    if (isExample) this.fill(JSON.parse(event.submitter.value), body);
    const busy = Object.assign(document.createElement("p"), { className: "try__busy", textContent: "Working…" });
    this.outcome.append(busy);
    try {
      const answer = await this.ask(body);
      this.outcome.replaceChildren(...(isExample ? [] : this.chosen()), ...answer);
    } catch {
      busy.textContent = "The hub could not be reached; try again.";
    } finally {
      this.ariaBusy = "false";
    }
  }

  fill(fields, body) {
    body.delete("file");
    for (const [name, text] of Object.entries(fields)) {
      if (name !== "file") this.form.elements[name].value = text;
    }
  }

  async ask(body) {
    const response = await fetch(this.form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return (page.querySelector(".try__outcome") ?? page.querySelector("main") ?? page.body).childNodes;
  }

  chosen() {
    const file = this.form.elements.file?.files[0];
    if (!file) return [];
    URL.revokeObjectURL(this.shown);
    this.shown = URL.createObjectURL(file);
    const isSound = file.type.startsWith("audio/") || file.type.startsWith("video/");
    const element = Object.assign(document.createElement(isSound ? "audio" : "img"), { className: "try__given", src: this.shown });
    if (isSound) element.controls = true;
    else element.alt = file.name;
    element.addEventListener("error", () => element.remove());
    return [element];
  }
}

customElements.define("try-form", TryForm);
