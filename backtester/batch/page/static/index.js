"use strict";
// The ranking of all jobs, of which only the rows on the screen are in the page, and the surfaces of their settings.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer;
  const by = (id) => document.getElementById(id);
  const study = JSON.parse(by("data").textContent);
  const count = study.names.length;
  if (!count || !by("rows")) return;
  const MARGIN = 6, KEY = 8, MINUS = "\u2212";
  const tall = () => (narrow.matches ? 46 + 20 * (settings.length + columns.length) : 30);
  const settings = study.settings.map((one) => ({ ...one, places: new Uint16Array(bytes(one.places)) }));
  const figures = study.figures.map((one) => ({ ...one, values: new Float32Array(bytes(one.values)) }));
  const command = new Uint16Array(bytes(study.command));
  const at = (figure, job) => figure.values[figure.values.length === 1 ? 0 : job];
  const named = (name) => figures.find((figure) => figure.name === name);
  const made = (tag, own = {}, ...inside) => {
    const part = Object.assign(document.createElement(tag), own);
    part.append(...inside);
    return part;
  };

  const forms = new Map();
  const numerals = (places) => {
    if (!forms.has(places)) forms.set(places, new Intl.NumberFormat("en", { minimumFractionDigits: places, maximumFractionDigits: places }));
    return forms.get(places);
  };
  function text(figure, value) {
    if (Number.isNaN(value)) return "n/a";
    const digits = numerals(figure.decimals).format(Math.abs(figure.kind === "percent" ? 100 * value : value));
    const sign = Number(digits.replaceAll(",", "")) === 0 ? "" : value < 0 ? MINUS : figure.signed ? "+" : "";
    return sign + digits + (figure.kind === "percent" ? "%" : "");
  }
  const value = (setting, job) => String(setting.values[setting.places[job]] ?? "");
  const ofRun = settings.filter((one) => one.ofRun);
  const title = (job) => [study.names[job], ...ofRun.filter((one) => value(one, job)).map((one) => `${one.name}=${value(one, job)}`)].join(", ");
  const lower = study.names.map((_, job) => title(job).toLowerCase());

  // --- the ranking ---
  const usual = [study.rankBy, "neighbours_mean", "beyond_mix_payoff_mean", "growth_annual_over_mix_total", "mean_loss_strategy", "max_drawdown", "cagr", "sharpe"];
  let columns = [...new Set(usual)].map(named).filter(Boolean);
  const wanted = settings.map(() => -1);
  let all = [], order = [], sorted = { figure: named(study.rankBy), up: named(study.rankBy).sign < 0 };

  // All jobs in the order that is asked for, those without a value last; filters only leave some of them out.
  function arranged() {
    const { figure, setting, up } = sorted;
    const keys = Float64Array.from({ length: count }, (_, job) => {
      const key = figure ? at(figure, job) : setting.places[job];
      return Number.isNaN(key) ? Infinity : up ? key : -key;
    });
    all = Uint32Array.from({ length: count }, (_, job) => job).sort((one, other) => (keys[one] === keys[other] ? one - other : keys[one] - keys[other]));
    filtered();
  }

  function filtered() {
    const words = by("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    order = Array.from(all.filter((job) => wanted.every((place, one) => place < 0 || settings[one].places[job] === place)
      && words.every((word) => lower[job].includes(word))));
    by("count").textContent = `${order.length.toLocaleString("en")} of ${count.toLocaleString("en")} jobs`;
    by("rows").scrollTop = 0;
    rows();
  }

  function head() {
    const cell = (label, unit, own) => {
      const button = made("button", { type: "button", textContent: label });
      const on = sorted.figure === own.figure && sorted.setting === own.setting;
      button.addEventListener("click", () => {
        sorted = { ...own, up: on ? !sorted.up : own.setting ? true : own.figure.sign < 0 };
        head();
        arranged();
        by("jobs").tHead.querySelectorAll("button")[at].focus();
      });
      const made_ = made("th", { scope: "col" }, button, ...(unit ? [made("small", { textContent: unit })] : []));
      const at = cells.length - 1;
      made_.setAttribute("aria-sort", on ? (sorted.up ? "ascending" : "descending") : "none");
      return made_;
    };
    const cells = [made("th", { scope: "col", textContent: "Place" })];
    for (const setting of settings) cells.push(cell(setting.name, "", { setting }));
    for (const figure of columns) cells.push(cell(figure.label, figure.unit, { figure }));
    by("jobs").tHead.replaceChildren(made("tr", {}, ...cells));
    by("jobs").setAttribute("aria-colcount", cells.length);
    const keys = [...settings, ...columns];
    const sorts = choice("In order of", keys.map((one, place) => [String(place), one.label ?? one.name]), String(keys.indexOf(sorted.figure ?? sorted.setting)), (place) => {
      const own = Number(place) < settings.length ? { setting: keys[place] } : { figure: keys[place] };
      sorted = { ...own, up: own.setting ? true : own.figure.sign < 0 };
      head();
      arranged();
      by("sorts").querySelector("select").focus();
    });
    by("sorts").replaceChildren(sorts);
  }

  function rows() {
    const box = by("rows"), height = tall(), fits = Math.ceil(box.clientHeight / height) || 20;
    const first = Math.max(0, Math.floor(box.scrollTop / height) - MARGIN), last = Math.min(order.length, first + fits + 2 * MARGIN);
    const space = (many) => made("tr", { className: "space", ariaHidden: "true" }, made("td", { colSpan: 99, style: `height:${many * height}px` }));
    const shown = order.slice(first, last).map((job, place) => {
      const pick = made("button", { type: "button", className: "pick", textContent: String(first + place + 1), title: title(job) });
      pick.setAttribute("aria-label", `Place ${first + place + 1}: ${title(job)}`);
      pick.dataset.job = job;
      const row = made("tr", { style: `height:${height}px` }, made("th", { scope: "row" }, pick));
      row.ariaRowIndex = first + place + 2;
      const cell = (label, textContent) => {
        row.append(made("td", { textContent }));
        row.lastChild.dataset.label = label;
      };
      for (const setting of settings) cell(setting.name, value(setting, job));
      for (const figure of columns) cell(figure.label, text(figure, at(figure, job)));
      return row;
    });
    by("jobs").tBodies[0].replaceChildren(space(first), ...shown, space(order.length - last));
    by("jobs").setAttribute("aria-rowcount", order.length + 1);
  }

  function choice(label, options, chosen, changed) {
    const select = made("select", {}, ...options.map(([key, words]) => made("option", { value: key, textContent: words, selected: key === chosen })));
    select.addEventListener("change", () => changed(select.value));
    return made("label", {}, `${label} `, select);
  }
  const options = (setting) => setting.values.map((one, place) => [String(place), String(one)]);

  for (const [place, setting] of settings.entries())
    by("selects").append(choice(setting.name, [["-1", "any"], ...options(setting)], "-1", (now) => { wanted[place] = Number(now); filtered(); }));
  const more = by("more"), fixed = columns;
  more.append(made("option", { value: "", textContent: "nothing" }), ...figures.filter((one) => !columns.includes(one)).map((one) => made("option", { value: one.name, textContent: one.label })));
  more.addEventListener("change", () => { columns = [...fixed, named(more.value)].filter(Boolean); head(); rows(); });
  by("words").addEventListener("input", filtered);
  by("rows").addEventListener("scroll", () => requestAnimationFrame(rows));
  narrow.addEventListener("change", rows);

  // --- one job: how it is carried out as a run ---
  const quoted = (word) => `'${word.replaceAll("'", `'"'"'`)}'`;
  function tell(job) {
    const key = study.keys.slice(KEY * job, KEY * (job + 1));
    const words = study.commands[command[job]].replace("RECIPE", () => quoted(study.names[job])) + key;
    const figure = named(study.rankBy);
    by("job").replaceChildren(
      made("p", {}, made("strong", { textContent: title(job) })),
      made("p", { textContent: [...settings.map((one) => `${one.name} ${value(one, job)}`), `${figure.label} ${text(figure, at(figure, job))}`].join(", ") }),
      made("p", {}, "Its tearsheet is made by ", made("code", { textContent: words })),
      made("p", {}, "and then lies ", made("a", { href: `jobs/${key}/tearsheet.html`, textContent: "beside this page" }), "."),
    );
    by("job").hidden = false;
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-job]");
    if (!button) return;
    tell(Number(button.dataset.job));
    if (!button.closest("#rows")) by("job").scrollIntoView({ block: "nearest" });
  });
  for (const button of document.querySelectorAll("[data-job]")) button.hidden = false;

  // --- the surface ---
  function surface() {
    const best = Array.from({ length: count }, (_, job) => job).reduce((one, job) => {
      const figure = named(study.rankBy), mine = figure.sign * at(figure, job), top = figure.sign * at(figure, one);
      return mine > top || (Number.isNaN(top) && !Number.isNaN(mine)) ? job : one;
    }, 0);
    const many = settings.map((_, place) => place).sort((one, other) => settings[other].values.length - settings[one].values.length);
    const long = many[0], short = many[1] ?? -1; // on a phone the longer axis goes down
    const now = { measure: study.rankBy, across: narrow.matches ? short : long, down: narrow.matches ? long : short, held: settings.map((one) => one.places[best]) };
    const nothing = { name: "", values: [""], places: new Uint16Array(count) };
    const axes = settings.map((one, place) => [String(place), one.name]);
    const axis = (place) => settings[place] ?? nothing;

    function controls() {
      const replace = (id, list, chosen, changed) => {
        const select = choice("", list, chosen, changed).querySelector("select");
        select.id = id;
        by(id).replaceWith(select);
      };
      replace("measure", figures.map((one) => [one.name, one.label]), now.measure, (name) => { now.measure = name; drawn(); });
      for (const [own, other] of [["across", "down"], ["down", "across"]])
        replace(own, now[own] < 0 ? [["-1", "nothing"]] : axes, String(now[own]), (place) => turn(own, other, Number(place)));
      by("held").replaceChildren(...settings.flatMap((one, place) => (place === now.across || place === now.down ? [] :
        [choice(one.name, options(one), String(now.held[place]), (to) => { now.held[place] = Number(to); drawn(); })])));
    }
    function turn(own, other, place) {
      if (place === now[other]) now[other] = now[own];
      now[own] = place;
      controls();
      drawn();
      by(own).focus();
    }
    function drawn() {
      const figure = named(now.measure), across = axis(now.across), down = axis(now.down);
      const cells = new Map();
      for (let job = 0; job < count; job++)
        if (settings.every((one, place) => place === now.across || place === now.down || one.places[job] === now.held[place]))
          cells.set(`${across.places[job]} ${down.places[job]}`, job);
      const known = [...cells.values()].map((job) => at(figure, job)).filter((one) => !Number.isNaN(one));
      const low = Math.min(...known), high = Math.max(...known), two = low < 0 && high > 0, far = Math.max(-low, high);
      const cell = (job) => {
        if (job === undefined) return made("td");
        const one = at(figure, job), share = two ? Math.abs(one) / far : (one - low) / (high - low || 1);
        const button = made("button", { type: "button", textContent: text(figure, one), title: title(job), className: job === best ? "best" : "" });
        button.dataset.job = job;
        button.style.setProperty("--hue", two && one * figure.sign < 0 ? "var(--loss)" : two || figure.sign > 0 ? "var(--gain)" : "var(--loss)");
        button.style.setProperty("--share", `${Number.isNaN(share) ? 0 : Math.round(42 * share)}%`);
        return made("td", {}, button);
      };
      by("map-caption").textContent = `${figure.label}${figure.unit ? `, ${figure.unit}` : ""}: ${[["across", across], ["down", down]].filter(([, one]) => one.name).map(([where, one]) => `${one.name} ${where}`).join(", ")}`;
      by("map").tHead.replaceChildren(made("tr", {}, made("th", { scope: "col", textContent: [down.name, across.name].filter(Boolean).join(" \\ ") }),
        ...across.values.map((one) => made("th", { scope: "col", textContent: String(one) }))));
      by("map").tBodies[0].replaceChildren(...down.values.map((one, row) => made("tr", {}, made("th", { scope: "row", textContent: String(one) }),
        ...across.values.map((_, column) => cell(cells.get(`${column} ${row}`))))));
    }
    controls();
    drawn();
    document.querySelector(".surface").hidden = false;
  }

  document.querySelector(".all-jobs").hidden = false;
  head();
  arranged();
  if (by("map")) surface();
  document.body.dataset.ready = "all";
})();
