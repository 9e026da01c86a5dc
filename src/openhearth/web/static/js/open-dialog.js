// <open-dialog for="id">: its button opens the dialog of that id.
class OpenDialog extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => document.getElementById(this.getAttribute("for"))?.showModal());
  }
}

customElements.define("open-dialog", OpenDialog);
