"use strict";
// The ranking of all jobs, of which only the rows on the screen are elements of the page, and maps of a figure by two
// settings, called surfaces.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
  const byId = (id) => document.getElementById(id);
  const study = JSON.parse(byId("data").textContent);
  const count = study.names.length;
  if (!count || !byId("rows")) return;
  const MARGIN = 6; // rows above and below the screen that are in the page
  const KEY_LENGTH = 8; // as in columns.py
  const MINUS = "\u2212";
  const rowHeight = () => (narrow.matches ? 46 + 20 * (settings.length + columns.length) : 30);
  // By setting, `places` has the index of each job's value; by figure, `values` has a value for each job, or one for all.
  const settings = study.settings.map((setting) => ({ ...setting, places: new Uint16Array(bytes(setting.places)) }));
  const figures = study.figures.map((figure) => ({ ...figure, values: new Float32Array(bytes(figure.values)) }));
  const commandIndex = new Uint16Array(bytes(study.command));
  const valueOf = (figure, job) => figure.values[figure.values.length === 1 ? 0 : job];
  const figureNamed = (name) => figures.find((figure) => figure.name === name);
  const create = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const formats = new Map();
  const numberFormat = (decimals) => {
    if (!formats.has(decimals)) formats.set(decimals, new Intl.NumberFormat("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
    return formats.get(decimals);
  };
  function text(figure, value) {
    if (Number.isNaN(value)) return "n/a";
    const digits = numberFormat(figure.decimals).format(Math.abs(figure.kind === "percent" ? 100 * value : value));
    const sign = Number(digits.replaceAll(",", "")) === 0 ? "" : value < 0 ? MINUS : figure.signed ? "+" : "";
    return sign + digits + (figure.kind === "percent" ? "%" : "");
  }
  const settingText = (setting, job) => String(setting.values[setting.places[job]] ?? "");
  const ofRun = settings.filter((setting) => setting.ofRun);
  const title = (job) => [study.names[job], ...ofRun.filter((setting) => settingText(setting, job)).map((setting) => `${setting.name}=${settingText(setting, job)}`)].join(", ");
  const lowerTitles = study.names.map((_, job) => title(job).toLowerCase());

  // --- the ranking ---
  const defaultColumns = [study.rankBy, "neighbours_mean", "beyond_mix_payoff_mean", "growth_annual_over_mix_total", "mean_loss_strategy", "max_drawdown", "cagr", "sharpe"];
  let columns = [...new Set(defaultColumns)].map(figureNamed).filter(Boolean);
  const wanted = settings.map(() => -1); // by setting the index of the value that is filtered for, -1 for any
  let all = [], order = [], sorted = { figure: figureNamed(study.rankBy), up: figureNamed(study.rankBy).sign < 0 };

  // Sort all jobs by the chosen column, those without a value last; filters then leave some of them out.
  function sort() {
    const { figure, setting, up } = sorted;
    const keys = Float64Array.from({ length: count }, (_, job) => {
      const key = figure ? valueOf(figure, job) : setting.places[job];
      return Number.isNaN(key) ? Infinity : up ? key : -key;
    });
    all = Uint32Array.from({ length: count }, (_, job) => job).sort((first, second) => (keys[first] === keys[second] ? first - second : keys[first] - keys[second]));
    filter();
  }

  // Leave out the jobs that do not have the wanted values or words.
  function filter() {
    const words = byId("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    order = Array.from(all.filter((job) => wanted.every((place, index) => place < 0 || settings[index].places[job] === place)
      && words.every((word) => lowerTitles[job].includes(word))));
    byId("count").textContent = `${order.length.toLocaleString("en")} of ${count.toLocaleString("en")} jobs`;
    byId("rows").scrollTop = 0;
    drawRows();
  }

  function drawHead() {
    const cell = (label, unit, column) => {
      const button = create("button", { type: "button", textContent: label });
      const isSorted = sorted.figure === column.figure && sorted.setting === column.setting;
      button.addEventListener("click", () => {
        sorted = { ...column, up: isSorted ? !sorted.up : column.setting ? true : column.figure.sign < 0 };
        drawHead();
        sort();
        byId("jobs").tHead.querySelectorAll("button")[index].focus();
      });
      const heading = create("th", { scope: "col" }, button, ...(unit ? [create("small", { textContent: unit })] : []));
      const index = cells.length - 1; // the first cell has no button
      heading.setAttribute("aria-sort", isSorted ? (sorted.up ? "ascending" : "descending") : "none");
      return heading;
    };
    const cells = [create("th", { scope: "col", textContent: "Place" })];
    for (const setting of settings) cells.push(cell(setting.name, "", { setting }));
    for (const figure of columns) cells.push(cell(figure.label, figure.unit, { figure }));
    byId("jobs").tHead.replaceChildren(create("tr", {}, ...cells));
    byId("jobs").setAttribute("aria-colcount", cells.length);
    const keys = [...settings, ...columns];
    const sorts = choice("In order of", keys.map((key, index) => [String(index), key.label ?? key.name]), String(keys.indexOf(sorted.figure ?? sorted.setting)), (index) => {
      const column = Number(index) < settings.length ? { setting: keys[index] } : { figure: keys[index] };
      sorted = { ...column, up: column.setting ? true : column.figure.sign < 0 };
      drawHead();
      sort();
      byId("sorts").querySelector("select").focus();
    });
    byId("sorts").replaceChildren(sorts);
  }

  // Draw the rows that are on the screen, with empty space for those above and below.
  function drawRows() {
    const box = byId("rows"), height = rowHeight(), fits = Math.ceil(box.clientHeight / height) || 20;
    const first = Math.max(0, Math.floor(box.scrollTop / height) - MARGIN), last = Math.min(order.length, first + fits + 2 * MARGIN);
    const space = (count) => create("tr", { className: "space", ariaHidden: "true" }, create("td", { colSpan: 99, style: `height:${count * height}px` }));
    const shown = order.slice(first, last).map((job, index) => {
      const pick = create("button", { type: "button", className: "pick", textContent: String(first + index + 1), title: title(job) });
      pick.setAttribute("aria-label", `Place ${first + index + 1}: ${title(job)}`);
      pick.dataset.job = job;
      const row = create("tr", { style: `height:${height}px` }, create("th", { scope: "row" }, pick));
      row.ariaRowIndex = first + index + 2;
      const cell = (label, textContent) => {
        row.append(create("td", { textContent }));
        row.lastChild.dataset.label = label;
      };
      for (const setting of settings) cell(setting.name, settingText(setting, job));
      for (const figure of columns) cell(figure.label, text(figure, valueOf(figure, job)));
      return row;
    });
    byId("jobs").tBodies[0].replaceChildren(space(first), ...shown, space(order.length - last));
    byId("jobs").setAttribute("aria-rowcount", order.length + 1);
  }

  // A menu with a label; `options` are keys and texts, and `changed` is called with the key that is chosen.
  function choice(label, options, chosen, changed) {
    const select = create("select", {}, ...options.map(([key, text]) => create("option", { value: key, textContent: text, selected: key === chosen })));
    select.addEventListener("change", () => changed(select.value));
    return create("label", {}, `${label} `, select);
  }
  const options = (setting) => setting.values.map((value, index) => [String(index), String(value)]);

  for (const [index, setting] of settings.entries())
    byId("selects").append(choice(setting.name, [["-1", "any"], ...options(setting)], "-1", (place) => { wanted[index] = Number(place); filter(); }));
  const more = byId("more"), fixedColumns = columns;
  more.append(create("option", { value: "", textContent: "nothing" }), ...figures.filter((figure) => !columns.includes(figure)).map((figure) => create("option", { value: figure.name, textContent: figure.label })));
  more.addEventListener("change", () => { columns = [...fixedColumns, figureNamed(more.value)].filter(Boolean); drawHead(); drawRows(); });
  byId("words").addEventListener("input", filter);
  byId("rows").addEventListener("scroll", () => requestAnimationFrame(drawRows));
  narrow.addEventListener("change", drawRows);

  // --- the command that runs a single job ---
  const shellQuoted = (word) => `'${word.replaceAll("'", `'"'"'`)}'`;
  function showCommand(job) {
    const key = study.keys.slice(KEY_LENGTH * job, KEY_LENGTH * (job + 1));
    const runCommand = study.commands[commandIndex[job]].replace("RECIPE", () => shellQuoted(study.names[job])) + key;
    const figure = figureNamed(study.rankBy);
    byId("job").replaceChildren(
      create("p", {}, create("strong", { textContent: title(job) })),
      create("p", { textContent: [...settings.map((setting) => `${setting.name} ${settingText(setting, job)}`), `${figure.label} ${text(figure, valueOf(figure, job))}`].join(", ") }),
      create("p", {}, "Its tearsheet is made by ", create("code", { textContent: runCommand })),
      create("p", {}, "and then lies ", create("a", { href: `jobs/${key}/tearsheet.html`, textContent: "beside this page" }), "."),
    );
    byId("job").hidden = false;
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-job]");
    if (!button) return;
    showCommand(Number(button.dataset.job));
    if (!button.closest("#rows")) byId("job").scrollIntoView({ block: "nearest" });
  });
  for (const button of document.querySelectorAll("[data-job]")) button.hidden = false;

  // --- the surface: a map of a figure by two settings, the others held ---
  function drawSurface() {
    const best = Array.from({ length: count }, (_, job) => job).reduce((bestSoFar, job) => {
      const figure = figureNamed(study.rankBy), merit = figure.sign * valueOf(figure, job), highest = figure.sign * valueOf(figure, bestSoFar);
      return merit > highest || (Number.isNaN(highest) && !Number.isNaN(merit)) ? job : bestSoFar;
    }, 0);
    const byLength = settings.map((_, index) => index).sort((first, second) => settings[second].values.length - settings[first].values.length);
    const long = byLength[0], short = byLength[1] ?? -1; // on a phone the longer axis goes down
    const view = { measure: study.rankBy, across: narrow.matches ? short : long, down: narrow.matches ? long : short, held: settings.map((setting) => setting.places[best]) };
    const noSetting = { name: "", values: [""], places: new Uint16Array(count) };
    const axes = settings.map((setting, index) => [String(index), setting.name]);
    const axis = (index) => settings[index] ?? noSetting;

    function drawControls() {
      const replace = (id, list, chosen, changed) => {
        const select = choice("", list, chosen, changed).querySelector("select");
        select.id = id;
        byId(id).replaceWith(select);
      };
      replace("measure", figures.map((figure) => [figure.name, figure.label]), view.measure, (name) => { view.measure = name; drawMap(); });
      for (const [side, otherSide] of [["across", "down"], ["down", "across"]])
        replace(side, view[side] < 0 ? [["-1", "nothing"]] : axes, String(view[side]), (index) => setAxis(side, otherSide, Number(index)));
      byId("held").replaceChildren(...settings.flatMap((setting, index) => (index === view.across || index === view.down ? [] :
        [choice(setting.name, options(setting), String(view.held[index]), (place) => { view.held[index] = Number(place); drawMap(); })])));
    }
    // Put a setting on one side of the map; if it is on the other side, the two change sides.
    function setAxis(side, otherSide, index) {
      if (index === view[otherSide]) view[otherSide] = view[side];
      view[side] = index;
      drawControls();
      drawMap();
      byId(side).focus();
    }
    function drawMap() {
      const figure = figureNamed(view.measure), across = axis(view.across), down = axis(view.down);
      const cells = new Map();
      for (let job = 0; job < count; job++)
        if (settings.every((setting, index) => index === view.across || index === view.down || setting.places[job] === view.held[index]))
          cells.set(`${across.places[job]} ${down.places[job]}`, job);
      const known = [...cells.values()].map((job) => valueOf(figure, job)).filter((value) => !Number.isNaN(value));
      const low = Math.min(...known), high = Math.max(...known), bothSigns = low < 0 && high > 0, largest = Math.max(-low, high);
      const cell = (job) => {
        if (job === undefined) return create("td");
        const value = valueOf(figure, job), share = bothSigns ? Math.abs(value) / largest : (value - low) / (high - low || 1); // of the darkest colour
        const button = create("button", { type: "button", textContent: text(figure, value), title: title(job), className: job === best ? "best" : "" });
        button.dataset.job = job;
        button.style.setProperty("--hue", bothSigns && value * figure.sign < 0 ? "var(--loss)" : bothSigns || figure.sign > 0 ? "var(--gain)" : "var(--loss)");
        button.style.setProperty("--share", `${Number.isNaN(share) ? 0 : Math.round(42 * share)}%`);
        return create("td", {}, button);
      };
      byId("map-caption").textContent = `${figure.label}${figure.unit ? `, ${figure.unit}` : ""}: ${[["across", across], ["down", down]].filter(([, setting]) => setting.name).map(([side, setting]) => `${setting.name} ${side}`).join(", ")}`;
      byId("map").tHead.replaceChildren(create("tr", {}, create("th", { scope: "col", textContent: [down.name, across.name].filter(Boolean).join(" \\ ") }),
        ...across.values.map((value) => create("th", { scope: "col", textContent: String(value) }))));
      byId("map").tBodies[0].replaceChildren(...down.values.map((value, row) => create("tr", {}, create("th", { scope: "row", textContent: String(value) }),
        ...across.values.map((_, column) => cell(cells.get(`${column} ${row}`))))));
    }
    drawControls();
    drawMap();
    document.querySelector(".surface").hidden = false;
  }

  document.querySelector(".all-jobs").hidden = false;
  drawHead();
  sort();
  if (byId("map")) drawSurface();
  document.body.dataset.ready = "all";
})();
