// <try-form>: sends its form in the background and puts the answer where the page would have shown it.
class TryForm extends HTMLElement {
  connectedCallback() {
    this.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      if (this.ariaBusy === "true") return;
      this.ariaBusy = "true";
      try {
        await this.send(event.target);
      } finally {
        this.ariaBusy = "false";
      }
    });
  }

  async send(form) {
    const outcome = this.querySelector(".try__outcome");
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector(".try__outcome");
      outcome.replaceChildren(...(fresh ?? page.querySelector("main") ?? page.body).childNodes);
    } catch {
      outcome.textContent = "The hub could not be reached; try again.";
    }
  }
}

customElements.define("try-form", TryForm);
