// <drop-files>: a file input that also takes drops, and lists what was chosen. The form sends the files as usual.
class DropFiles extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.input.addEventListener("change", () => this.list());
    for (const name of ["dragenter", "dragover"]) {
      this.addEventListener(name, (event) => { event.preventDefault(); this.classList.add("drop--over"); });
    }
    for (const name of ["dragleave", "drop"]) {
      this.addEventListener(name, () => this.classList.remove("drop--over"));
    }
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.input.files = event.dataTransfer.files;
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  list() {
    const rows = [...this.input.files].map((file) => {
      const row = Object.assign(document.createElement("li"), { className: "drop__file" });
      const name = Object.assign(document.createElement("span"), { textContent: file.webkitRelativePath || file.name });
      const size = Object.assign(document.createElement("span"), { textContent: sizeInWords(file.size) });
      row.append(name, size);
      return row;
    });
    this.querySelector(".drop__list").replaceChildren(...rows);
  }
}

function sizeInWords(bytes) {
  const unit = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 4);
  return `${Number((bytes / 1000 ** unit).toFixed(1))} ${["B", "kB", "MB", "GB", "TB"][unit]}`;
}

customElements.define("drop-files", DropFiles);
