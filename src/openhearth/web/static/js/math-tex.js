// Draws the TeX in elements of class "math" in cards. KaTeX is fetched only by pages that hold some.
const formulas = document.querySelectorAll(".prose .math");
if (formulas.length) {
  const folder = new URL("../katex/", import.meta.url);
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("katex.min.css", folder).href });
  document.head.append(sheet);
  await import(new URL("katex.min.js", folder).href);
  for (const formula of formulas) {
    const tex = formula.textContent;
    globalThis.katex.render(tex, formula, {
      displayMode: formula.classList.contains("block"), throwOnError: false, maxSize: 50, maxExpand: 500,
    });
    formula.classList.add("math--drawn");
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
  }
}
