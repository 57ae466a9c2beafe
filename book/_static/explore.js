/* Figures to play with: controls for the drawings of book/_ext/explore.py. */
"use strict";
(() => {
  const make = (tag, attributes, ...inside) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...inside);
    return element;
  };
  const signed = (x) => (x < 0 ? "−" : "+") + Math.abs(x).toFixed(2);
  const percent = (x) => (Number.isFinite(x) ? `${(100 * x).toFixed(x < 0.1 ? 1 : 0)} %` : "undefined");

  // Players enter a room one after the other; each is credited with what it adds on arrival.
  const coalitions = (figure, data, controls, say) => {
    const svg = figure.querySelector("svg");
    const bars = svg.querySelectorAll(".now");
    const labels = svg.querySelectorAll(".gain");
    const [zero, scale] = [Number(svg.dataset.zero), Number(svg.dataset.scale)];
    const order = [];
    const show = () => {
      let room = 0;
      const gains = data.players.map(() => 0);
      for (const player of order) {
        gains[player] = data.worth[room | (1 << player)] - data.worth[room];
        room |= 1 << player;
      }
      gains.forEach((gain, player) => {
        bars[player].setAttribute("x", zero + scale * Math.min(gain, 0));
        bars[player].setAttribute("width", Math.abs(scale * gain));
        labels[player].textContent = order.includes(player) ? signed(gain) : "";
        buttons[player].setAttribute("aria-pressed", order.includes(player));
      });
      const names = order.map((player) => data.players[player]).join(", then ");
      const last = order.at(-1);
      say(order.length
        ? `Known: ${names}. The model says ${percent(data.worth[room])}; ${data.players[last]} came last and moved it by ${signed(gains[last])}. `
          + (order.length === data.players.length ? "In another order the same groups move it by other amounts; the blue bars are the mean over all orders." : "")
        : `Nothing is known: the model says ${percent(data.worth[0])}. Press the groups in any order.`);
    };
    const buttons = data.players.map((name, player) => make("button", {
      type: "button",
      onclick: () => {
        const place = order.indexOf(player);
        place < 0 ? order.push(player) : order.splice(place, 1);
        show();
      },
    }, name));
    controls.append(...buttons, make("button", { type: "button", onclick: () => { order.length = 0; show(); } }, "Start again"));
    show();
  };

  // A threshold on the score, and how rare the disease is: what is found, and what an alarm means.
  const threshold = (figure, data, controls, say) => {
    const line = figure.querySelector(".threshold");
    const bins = data.positive.length;
    const sum = (list) => list.reduce((a, b) => a + b, 0);
    const all = { positive: sum(data.positive), negative: sum(data.negative) };
    const slider = (name, options) => {
      const input = make("input", { type: "range", ...options, oninput: () => show() });
      const shown = make("output", {});
      controls.append(make("label", {}, make("span", {}, name), input, shown));
      return [input, shown];
    };
    const [cut, cutShown] = slider("threshold", { min: 0, max: bins, value: bins / 2 });
    const rates = [0.01, 0.03, 0.1, 0.2, all.positive / (all.positive + all.negative), 0.5];
    const [rare, rareShown] = slider(`share that is ${data.names[1]}`, { min: 0, max: rates.length - 1, value: 4 });
    const show = () => {
      const at = Number(cut.value);
      const rate = rates[Number(rare.value)];
      const found = sum(data.positive.slice(at)) / all.positive;
      const alarms = sum(data.negative.slice(at)) / all.negative;
      const right = (rate * found) / (rate * found + (1 - rate) * alarms);
      const accuracy = rate * found + (1 - rate) * (1 - alarms);
      const x = (at / bins) * 640;
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      cutShown.textContent = (at / bins).toFixed(2);
      rareShown.textContent = percent(rate);
      cut.setAttribute("aria-valuetext", cutShown.textContent);
      rare.setAttribute("aria-valuetext", rareShown.textContent);
      say(`${percent(found)} of the ${data.names[1]} are found, ${percent(alarms)} of the ${data.names[0]} give a false alarm. `
        + `Of all alarms ${percent(right)} are right. Accuracy ${percent(accuracy)}; saying "${data.names[0]}" always has ${percent(1 - rate)}.`);
    };
    show();
  };

  const kinds = { coalitions, threshold };
  for (const figure of document.querySelectorAll("figure.explore")) {
    const data = JSON.parse(figure.querySelector("script").textContent);
    const controls = figure.querySelector(".controls");
    const said = figure.querySelector(".said");
    controls.hidden = false;
    kinds[figure.dataset.explore](figure, data, controls, (text) => { said.textContent = text; });
  }
})();
