// <tensor-filter>: typing keeps the tensors whose line holds every word, opens the way to them and counts them.
class TensorFilter extends HTMLElement {
  connectedCallback() {
    this.leaves = [...this.querySelectorAll("div.tensor")];
    this.modules = [...this.querySelectorAll("details")];
    this.texts = new Map(this.leaves.map((leaf) => [leaf, this.pathOf(leaf)]));
    this.querySelector("[data-tools]").hidden = false;
    this.counter = this.querySelector("[data-count]");
    this.querySelector("input").addEventListener("input", (event) => this.narrow(event.target.value));
    this.querySelector("[data-open]").addEventListener("click", () => this.unfold(true));
    this.querySelector("[data-close]").addEventListener("click", () => this.unfold(false));
  }

  pathOf(leaf) {
    const words = [leaf.textContent];
    for (let at = leaf.closest("details"); at; at = at.parentElement.closest("details")) {
      words.unshift(at.querySelector(":scope > summary .tensor__name").textContent + ".");
    }
    return words.join("").replace(/\s+/g, " ").toLowerCase();
  }

  narrow(wanted) {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const leaf of this.leaves) {
      const fits = words.every((word) => this.texts.get(leaf).includes(word));
      leaf.parentElement.hidden = !fits;
      found += fits;
    }
    for (const module of this.modules.reverse()) {
      const holds = module.querySelector("li:not([hidden])") !== null;
      module.parentElement.hidden = !holds;
      if (words.length) module.open = holds;
    }
    this.modules.reverse();
    this.counter.textContent = words.length ? `${found.toLocaleString()} found` : "";
  }

  unfold(open) {
    for (const module of this.modules) module.open = open;
  }
}

customElements.define("tensor-filter", TensorFilter);
