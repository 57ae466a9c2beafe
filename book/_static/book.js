/* A region that scrolls must be reachable by keyboard: give it a tab stop while it overflows. */
"use strict";
(() => {
  const regions = "pre, table, mjx-container[display], .math, dt.sig, .pst-scrollable-table-container, .cell_output, .cell_output .output";
  const mark = () => {
    for (const region of document.querySelectorAll(regions)) {
      const scrolls = region.scrollWidth > region.clientWidth + 1 || region.scrollHeight > region.clientHeight + 1;
      if (scrolls) region.tabIndex = 0;
      else region.removeAttribute("tabindex");
    }
  };
  window.addEventListener("load", mark);
  window.addEventListener("resize", mark);
  window.addEventListener("load", () => window.MathJax?.startup?.promise?.then(mark));
})();
