/* Chapters before pages before the API, and "U-Net", "u net" and "unet" are one word. */
"use strict";
(() => {
  const boost = [[/^notebooks\//, 300], [/^book\/api\//, 0], [/^book\//, 150]];
  Scorer.score = ([page, , , , score]) => score + (boost.find(([name]) => name.test(page)) ?? [0, 0])[1];

  // "U-Net" and "u net" as one word; the parts as well, unless one is a single letter.
  const variants = (query) => {
    const joined = query.replace(/(\p{L}|\p{N})-(?=\p{L}|\p{N})/gu, "$1").replace(/\b(\p{L}{1,2})[ -](?=\p{L})/gu, "$1");
    const letter = /(^|[\s-])\p{L}([\s-]|$)/u.test(query);
    return [...new Set(letter ? [joined] : [query, joined, query.trim().replace(/\s+/g, "-")])];
  };

  const look = (variant, found) => {
    const [text, wanted, excluded, words, objects] = Search._parseQuery(variant);
    for (const result of Search._performSearch(text, wanted, excluded, words, objects)) {
      const name = result[5] + result[1];
      if (!found.has(name) || found.get(name)[4] < result[4]) found.set(name, result);
    }
    return [wanted, words];
  };

  Search.query = (query) => {
    const found = new Map();
    let used = variants(query).map((variant) => look(variant, found));
    if (!found.size) used = [look(query, found)];
    const [terms, highlight] = used[0];
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
