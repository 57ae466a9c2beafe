/* Filters tables such as the atlas by text and choices; the choices live in the address. */
"use strict";
(() => {
  const form = document.getElementById("atlas-filter");
  if (!form) return;
  const rows = [...document.querySelectorAll("#atlas tbody tr")];
  const count = document.getElementById("atlas-count");
  const words = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const texts = rows.map((row) => words(row.textContent));

  function show() {
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    const wanted = words(given.text || "").split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, number) => {
      const fits = wanted.every((word) => texts[number].includes(word)) &&
        ["section", "kind", "state"].every((name) => !given[name] || row.dataset[name] === given[name]);
      row.hidden = !fits;
      shown += fits;
    });
    count.textContent = `${shown} of ${rows.length} shown.`;
    history.replaceState(null, "", "#" + new URLSearchParams(given));
  }

  for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
    if (form.elements[name]) form.elements[name].value = value;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  show();
})();
