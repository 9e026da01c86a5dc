// <text-editor>: asks before changed text is lost, and commits on Ctrl-Enter. Tab still moves on, for keyboards.
class TextEditor extends HTMLElement {
  connectedCallback() {
    const area = this.querySelector("textarea");
    const form = area.form;
    let sent = false;
    form.addEventListener("submit", () => { sent = true; });
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    window.addEventListener("beforeunload", (event) => {
      if (!sent && area.value !== area.defaultValue) event.preventDefault();
    });
  }
}

customElements.define("text-editor", TextEditor);
