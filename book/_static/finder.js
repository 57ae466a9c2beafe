/* Composes a plan from the page's pieces, ranked exactly as helpers/notebook/finder.py does it.
   The answers live in the address; nothing is sent anywhere. */
"use strict";
(() => {
  const form = document.getElementById("finder");
  if (!form) return;
  const rules = JSON.parse(document.getElementById("finder-rules").textContent);
  const summary = document.getElementById("finder-summary");
  const more = document.getElementById("finder-more");
  const pieces = document.getElementById("finder-parts");
  const card = document.createElement("section");
  card.id = "finder-plan";
  card.setAttribute("aria-label", "Your plan");
  form.after(summary, card);
  pieces.hidden = true;

  const articles = { plan: {}, task: {}, condition: {}, approach: {} };
  for (const [kind, found] of Object.entries(articles)) {
    for (const node of pieces.querySelectorAll(`article.finder-${kind}`)) {
      const [task, ...data] = node.dataset.name.split(" ");
      if (kind === "plan") data.forEach((name) => { found[`${task} ${name}`] = node; });
      else found[node.dataset.name] = node;
    }
  }

  // The rules ------------------------------------------------------------------------------------
  const unique = (names) => [...new Set(names)];
  const fits = (when, given) => Object.keys(given).every((q) => !(q in when) || when[q].includes(given[q]));

  function answers() {
    const data = new FormData(form);
    const given = Object.fromEntries(["task", "data", "labelled", "amount"].map((q) => [q, data.get(q)]));
    return { given, held: data.getAll("conditions"), also: data.get("also") };
  }

  function active(given, held) {
    const holds = new Set([...held, given.labelled, given.amount]);
    return Object.entries(rules.conditions).filter(([name]) => holds.has(name));
  }

  function ranked(given, held) {
    const holding = active(given, held).map(([, rule]) => rule);
    const put = (place) => holding.flatMap((rule) => rule[place].filter((row) => fits(row, given)).map((row) => row.use));
    const choices = rules.choices[`${given.task} ${given.data}`].filter(([, when]) => fits(when, given));
    const names = unique([...put("first"), ...choices.map(([name]) => name), ...put("next")]);
    const heavy = (name) => Number(rules.approaches[name].heavy);
    return holding.some((rule) => rule.light) ? names.sort((a, b) => heavy(a) - heavy(b)) : names;
  }

  // The card -------------------------------------------------------------------------------------
  function element(name, text, kind) {
    const node = document.createElement(name);
    if (text) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  }

  function part(article, name) {
    const found = article && article.querySelector(`[data-part="${name}"]`);
    if (!found) return [];
    const copy = found.cloneNode(true);
    copy.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
    return [copy];
  }

  function list(nodes, kind, ordered) {
    const all = element(ordered ? "ol" : "ul", "", kind);
    for (const node of nodes) {
      const row = element("li");
      row.append(...(Array.isArray(node) ? node : [node]));
      all.append(row);
    }
    return all;
  }

  function said(name, given, held) {
    return active(given, held).flatMap(([id, rule]) => {
      const number = rule.for.findIndex((tasks) => !tasks.length || tasks.includes(given.task));
      return part(articles.condition[`${id} ${number}`], name);
    });
  }

  function split(given, held) {
    const rows = active(given, held).map(([, rule]) => rule);
    const tests = rows.filter((rule) => rule.test && !rule.untested.includes(given.task)).map((rule) => rule.test);
    const whole = tests.length ? [element("p", `The test part must be ${tests.join(", and ")}.`)] : [];
    const replaced = rules.random.includes(given.task) && tests.length; // a draw at random does not give that
    const own = replaced ? [] : part(articles.task[given.task], "split");
    return [...whole, ...own, ...said("split", given, held)];
  }

  function tools(first, given) {
    const base = articles.plan[`${given.task} ${given.data}`];
    const here = [...base.querySelectorAll("[data-part^=tool-]")].map((node) => node.dataset.part.slice(5));
    const of = rules.approaches[first].tools;
    const names = unique([...here.filter((name) => of.includes(name)), ...here.slice(0, 2), ...of, ...here]).slice(0, 4);
    const find = (name) => part(articles.approach[first], `tool-${name}`)[0] || part(base, `tool-${name}`)[0];
    return names.map(find);
  }

  function reading(names) {
    const own = part(articles.approach[names[0]], "read")[0];
    const near = own.querySelector("a") ? [] : part(articles.approach[names[0]], "near");
    near.forEach((node) => node.querySelector("p").prepend("The nearest chapter that is written: "));
    const seen = new Set([own, ...near].flatMap((node) => [...node.querySelectorAll("a")].map((a) => a.href)));
    const links = names.slice(1, 4).flatMap((name) => [...articles.approach[name].querySelectorAll("[data-part=read] a")]);
    const others = links.filter((a) => !seen.has(a.href) && seen.add(a.href)).map((a) => a.cloneNode(true));
    const outside = part(articles.approach[names[0]], "outside");
    const survey = part(articles.approach[names[0]], "survey");
    survey[0].querySelector("p").prepend("The survey's ");
    return [...near, own, ...others, ...outside, survey[0]];
  }

  function rival(first, cell) {
    const own = part(first, "beat");
    return own.length ? own : part(articles.plan[cell], "beat");
  }

  function brief(names, given) {
    const cell = `${given.task} ${given.data}`;
    const first = articles.approach[names[0]];
    const shallow = rules.approaches[names[0]].deep === false;
    const heading = (id) => [element("strong", `${rules.approaches[id].name}. `), ...part(articles.approach[id], "says")];
    const then = names.slice(1, 1 + rules.said.shown).map(heading);
    return {
      notice: shallow ? [element("p", rules.said.shallow, "shallow")] : [],
      first: [...part(first, "says"), ...part(first, "why")],
      beat: names[0] === rules.cheap[cell] ? part(articles.task[given.task], "floor") : rival(first, cell),
      fails: [...part(articles.task[given.task], "fails"), ...(then.length ? [list(then, "", true)] : [])],
      tools: [list(tools(names[0], given))],
    };
  }

  function sentence(given, held) {
    const short = (q) => rules.asked[q][given[q]];
    const rest = [short("labelled"), short("amount"), ...held.map((name) => rules.asked.conditions[name])];
    const begin = `${short("task")} ${short("data")}`;
    return `${begin[0].toUpperCase()}${begin.slice(1)}: ${rest.join(", ")}.`;
  }

  function add(title, nodes, level = "h3") {
    if (nodes.length) card.append(element(level, title), ...nodes);
  }

  function compose({ given, held, also }) {
    const names = ranked(given, held);
    const base = articles.plan[`${given.task} ${given.data}`];
    const task = articles.task[given.task];
    const main = brief(names, given);
    card.dataset.first = names[0];
    card.dataset.others = names.slice(1).join(" ");
    card.append(element("p", sentence(given, held), "problem"), ...main.notice);
    add(`Try first: ${rules.approaches[names[0]].name}`, main.first, "h2");
    add("Beat first", main.beat);
    add("Split", [list(split(given, held))]);
    const changes = said("change", given, held);
    add("What changes here", changes.length ? [list(changes)] : []);
    add("If it fails", main.fails);
    add("Validate", [list([...part(task, "validate"), ...said("validate", given, held)], "two")]);
    add("What would fool you", [list([...part(task, "fools"), ...part(base, "fools"), ...said("fools", given, held)], "two")]);
    add("Use today", main.tools);
    add("Read", [list(reading(names))]);
    add("Done in science", part(base, "precedents"));
    if (also) second({ ...given, task: also }, held);
    card.append(buttons());
  }

  function second(given, held) {
    const names = ranked(given, held);
    const then = brief(names, given);
    add(`And then: ${rules.asked.task[given.task]} ${rules.asked.data[given.data]}`, [element("p", rules.said.second), ...then.notice], "h2");
    add(`Try first: ${rules.approaches[names[0]].name}`, then.first);
    add("Beat first", then.beat);
    add("If it fails", then.fails);
    add("Use today", then.tools);
  }

  function button(text, action) {
    const node = element("button", text);
    node.type = "button";
    node.addEventListener("click", () => action(node));
    return node;
  }

  function buttons() {
    const row = element("p", "", "finder-buttons");
    row.append(button("Copy as text", copy), button("Print", () => window.print()), button("Start again", restart));
    return row;
  }

  // A plan as text, with the address that brings it back.
  async function copy(node) {
    const lines = card.innerText.replace(/\n*Copy as text[\s\S]*$/, "");
    const text = `${lines}\n\n${location.href}`;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = document.body.appendChild(Object.assign(element("textarea"), { value: text }));
      box.select();
      document.execCommand("copy");
      box.remove();
      node.focus();
    }
    node.textContent = "Copied";
  }

  function restart() {
    form.reset();
    keep();
    form.elements.task.focus();
  }

  // Answers, page and address --------------------------------------------------------------------
  function show() {
    const now = answers();
    const open = ["task", "data", "labelled"].filter((q) => !now.given[q]).length;
    card.replaceChildren();
    card.hidden = open > 0;
    delete card.dataset.first;
    if (!open) compose(now);
    document.body.classList.toggle("finder-answered", !open);
    const left = `${open} ${open === 1 ? "question" : "questions"} to go.`;
    summary.textContent = open ? left : `Your plan. Try first: ${rules.approaches[card.dataset.first].name}.`;
    summary.classList.toggle("answered", !open);
  }

  function keep() {
    show();
    const { given, held, also } = answers();
    const said = Object.entries({ ...given, conditions: held.join(","), also });
    const kept = said.filter(([q, answer]) => answer && !(q === "amount" && answer === "medium"));
    const text = kept.map((pair) => pair.join("=")).join("&");
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  function restore() {
    const given = new URLSearchParams(location.hash.slice(1));
    const known = ["task", "data", "labelled", "amount", "conditions", "also"];
    if (location.hash.length > 1 && !known.some((q) => given.has(q))) return show(); // a place on the page
    const held = (given.get("conditions") || "").split(",");
    for (const field of form.elements) {
      if (field.type === "checkbox") field.checked = held.includes(field.value);
      else if (field.name) {
        const answer = given.get(field.name) || "";
        const there = [...field.options].some((option) => option.value === answer);
        field.value = there ? answer : field.name === "amount" ? "medium" : "";
      }
    }
    return show();
  }

  form.addEventListener("change", keep);
  window.addEventListener("hashchange", restore);
  restore();
  if (window.matchMedia("(max-width: 959px)").matches) more.open = /conditions|amount|also/.test(location.hash);
})();
