/* Chapters before pages before the API, and "U-Net", "u net" and "unet" are one word. */
"use strict";
(() => {
  const boost = [[/^notebooks\//, 100], [/^book\/api\//, 0], [/^book\//, 30]];
  Scorer.score = ([page, , , , score]) => score + (boost.find(([name]) => name.test(page)) ?? [0, 0])[1];

  // The query as typed, and with hyphens and short first letters joined to what follows.
  const variants = (query) => {
    const joined = query.replace(/(\p{L}|\p{N})-(?=\p{L}|\p{N})/gu, "$1").replace(/\b(\p{L}{1,2}) (?=\p{L})/gu, "$1");
    return [...new Set([query, joined])];
  };

  Search.query = (query) => {
    const found = new Map();
    let terms, highlight;
    for (const variant of variants(query)) {
      const [text, wanted, excluded, words, objects] = Search._parseQuery(variant);
      for (const result of Search._performSearch(text, wanted, excluded, words, objects)) {
        const known = found.get(result[5] + result[1]);
        if (!known || known[4] < result[4]) found.set(result[5] + result[1], result);
      }
      if (!terms) [terms, highlight] = [wanted, words];
    }
    // Sphinx shows the last result first.
    const results = [...found.values()].sort((a, b) => a[4] - b[4] || b[1].localeCompare(a[1]));
    _displayNextItem(results, results.length, terms, highlight);
  };

  const field = document.getElementById("search-page-input");
  if (field) {
    field.value = new URLSearchParams(window.location.search).get("q") ?? "";
    field.focus();
  }
})();
