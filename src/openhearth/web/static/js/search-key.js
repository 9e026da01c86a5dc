// <search-key>: "/" or Ctrl-K puts the cursor into the header's search.
class SearchKey extends HTMLElement {
  connectedCallback() {
    this.querySelector("kbd").hidden = false;
    document.addEventListener("keydown", (event) => {
      const asked = (event.key === "/" && !isTyping(event.target)) || (event.key === "k" && (event.ctrlKey || event.metaKey));
      if (!asked || event.altKey) return;
      event.preventDefault();
      this.querySelector("input").select();
    });
  }
}

function isTyping(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

customElements.define("search-key", SearchKey);
