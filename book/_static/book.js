/* Equations fit the screen, and a region that scrolls is reached by keyboard. */
"use strict";
(() => {
  const overflows = (box) => box.scrollWidth > box.clientWidth + 1;

  /* Where an equation is too wide, its parts stand one below the other; what is still too wide gets smaller. */
  const fit = () => {
    const { document: page } = window.MathJax.startup;
    const displayed = [...page.math].filter((item) => item.display);
    for (const item of displayed) {
      if (!overflows(item.typesetRoot)) continue;
      const rows = item.math.replace(/\\q?quad(?![a-z])/g, "\\\\[0.5em]");
      const stacked = window.MathJax.tex2chtml(`\\begin{gathered}${rows}\\end{gathered}`, { display: true });
      stacked.style.fontSize = item.typesetRoot.style.fontSize;
      item.typesetRoot.replaceWith(stacked);
      item.typesetRoot = stacked;
    }
    page.clear();
    page.updateDocument(); // adds the styles of rows, which no equation may have needed before
    for (const { typesetRoot: box } of displayed) {
      const size = parseFloat(box.style.fontSize) || 100;
      if (overflows(box)) box.style.fontSize = `${size * Math.max(0.6, box.clientWidth / box.scrollWidth)}%`;
    }
  };

  const regions = "pre, table, mjx-container[display], .math, dt.sig, .pst-scrollable-table-container, .cell_output, .cell_output .output";
  const mark = () => {
    for (const region of document.querySelectorAll(regions)) {
      const scrolls = overflows(region) || region.scrollHeight > region.clientHeight + 1;
      if (scrolls) region.tabIndex = 0;
      else region.removeAttribute("tabindex");
    }
  };
  window.addEventListener("load", mark);
  window.addEventListener("resize", mark);
  window.addEventListener("load", () => window.MathJax?.startup?.promise?.then(fit).then(mark));
})();
