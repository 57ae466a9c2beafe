/* Ranks the finder's rules exactly as helpers/notebook/finder.py does. Answers live in the address. */
"use strict";
(() => {
  const form = document.getElementById("finder");
  if (!form) return;
  const summary = document.getElementById("finder-summary");
  const rules = [...document.querySelectorAll("article.rule")].map((node, place) => ({
    node, place, when: JSON.parse(node.dataset.when), covered: Number(node.dataset.covered),
  }));
  const list = document.createElement("div");
  list.id = "finder-answers";
  rules[0].node.before(list);
  rules.forEach((rule) => list.append(rule.node));
  const questions = [...new Set([...form.elements].map((field) => field.name).filter(Boolean))];

  const answers = () => Object.fromEntries(new FormData(form));
  const fits = (when, given) => Object.entries(when).every(([name, allowed]) => allowed.includes(given[name]));
  const ranked = (given) =>
    rules.filter((rule) => fits(rule.when, given)).sort((a, b) => a.covered - b.covered || a.place - b.place);

  function show() {
    const given = answers();
    const open = questions.filter((name) => !given[name]).length;
    const found = open ? [] : ranked(given);
    rules.forEach((rule) => { rule.node.hidden = true; rule.node.classList.remove("best"); });
    found.forEach((rule, place) => {
      rule.node.hidden = place > 2 && place < found.length - 1; // the last one is for every project
      rule.node.classList.toggle("best", place === 0);
      list.append(rule.node);
    });
    const title = found.length && found[0].node.querySelector("strong").textContent.replace(/\.$/, "");
    summary.textContent = open
      ? `${open} ${open === 1 ? "question" : "questions"} to go.`
      : `Try first: ${title}. The next best and what holds for every project follow.`;
  }

  function keep() {
    show();
    history.replaceState(null, "", "#" + new URLSearchParams(answers()));
  }

  function restore() {
    const given = new URLSearchParams(location.hash.slice(1));
    const named = questions.some((name) => given.has(name));
    if (named || location.hash.length < 2) { // another fragment is a place on the page
      for (const field of form.elements) {
        if (field.name) field.checked = given.has(field.name) ? given.get(field.name) === field.value : field.defaultChecked;
      }
    }
    show();
  }

  form.addEventListener("change", keep);
  form.addEventListener("reset", () => setTimeout(keep));
  window.addEventListener("hashchange", restore);
  restore();
})();
