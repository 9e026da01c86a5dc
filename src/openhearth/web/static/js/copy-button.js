// <copy-button>: copies the text in the button's data-copy. Used by copy_button and snippet. The button is hidden
// without script, since it could do nothing.
class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const label = button.querySelector(".copy__label");
    const said = label?.textContent ?? button.getAttribute("aria-label");
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copyText(button.dataset.copy);
      button.classList.add("copy--done");
      if (label) label.textContent = "Copied";
      else button.setAttribute("aria-label", "Copied");
      setTimeout(() => {
        button.classList.remove("copy--done");
        if (label) label.textContent = said;
        else button.setAttribute("aria-label", said);
      }, 1600);
    });
  }
}

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http on another machine has no clipboard API.
  const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

customElements.define("copy-button", CopyButton);
