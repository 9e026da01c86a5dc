// <line-links>: #L3-L9 marks a range of lines; a click with Shift makes one. A single line works without script.
class LineLinks extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.extend(event));
    addEventListener("hashchange", () => this.mark());
    this.mark();
  }

  extend(event) {
    const number = event.target.closest(".code__number");
    const [first] = range();
    if (!number || !event.shiftKey || !first) return;
    event.preventDefault();
    const [low, high] = [first, Number(number.dataset.line)].sort((a, b) => a - b);
    location.hash = `L${low}-L${high}`;
  }

  mark() {
    const [first, last] = range();
    for (const line of this.querySelectorAll(".code__line--marked")) line.classList.remove("code__line--marked");
    if (!first || last === first) return;
    for (let at = first; at <= last; at += 1) this.querySelector(`#L${at}`)?.classList.add("code__line--marked");
    this.querySelector(`#L${first}`)?.scrollIntoView({ block: "center" });
  }
}

function range() {
  const found = location.hash.match(/^#L(\d+)(?:-L?(\d+))?$/);
  return found ? [Number(found[1]), Number(found[2] ?? found[1])] : [];
}

customElements.define("line-links", LineLinks);
