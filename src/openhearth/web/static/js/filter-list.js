// <filter-list>: typing hides the entries of the next list whose data-filter does not hold the text.
class FilterList extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const list = this.nextElementSibling;
    if (!list) return;
    input.hidden = false;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const entry of list.querySelectorAll("[data-filter]")) {
        entry.hidden = !entry.dataset.filter.includes(wanted);
      }
    });
  }
}

customElements.define("filter-list", FilterList);
