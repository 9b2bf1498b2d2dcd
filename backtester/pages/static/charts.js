"use strict";
// Draws every chart of the page once the reader comes near it: decodes each group's arrays once, puts them and the
// reader's colours into the figures, and draws again when the colours change, a button is pressed, another strategy is
// chosen, or the page is printed.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const UNKNOWN = 65535;
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const levels = (text) => new Uint16Array(bytes(text).buffer);
  const palette = read("palette");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const coarse = matchMedia("(pointer: coarse)");
  const PRINTED = { wide: { width: 980 }, small: { width: 310, height: 180 } };
  const groups = new Map();
  let printing = false;
  let following = false;
  let stretch = null;
  let chosen = document.querySelector("[data-choice]")?.value ?? Array.from(document.querySelectorAll("[data-choice-of]")).at(-1)?.dataset.choiceOf ?? "1";

  function group(name) {
    if (!groups.has(name)) {
      const packed = read(`data-${name}`);
      let day = packed.first;
      const dates = Array.from(packed.wide ? levels(packed.days) : bytes(packed.days), (days) => new Date((day += days) * 864e5).toISOString().slice(0, 10));
      const arrays = new Map([["dates", dates], ["months", dates.map((date) => date.slice(0, 7))]]);
      for (const [key, [low, step, text]] of Object.entries(packed.arrays)) {
        const values = Float64Array.from(levels(text), (level) => (level === UNKNOWN ? NaN : low + step * level));
        arrays.set(key, values);
        if (key.startsWith("nav")) arrays.set(key.replace("nav", "depth"), depths(values));
      }
      groups.set(name, arrays);
    }
    return groups.get(name);
  }

  // How far each value stands below the highest so far, in percent.
  function depths(values) {
    let peak = 0;
    return values.map((value) => 100 * (value / (peak = Math.max(peak, value)) - 1));
  }

  function filled(part, arrays, colours) {
    if (Array.isArray(part)) return part.map((item) => filled(item, arrays, colours));
    if (part === null || typeof part !== "object") return part;
    if ("colour" in part) return colours[part.colour];
    if ("array" in part) return arrays.get(part.array);
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, filled(item, arrays, colours)]));
  }

  const charts = Array.from(document.querySelectorAll("[data-chart]"), (place) => ({
    place,
    name: place.dataset.chart,
    figure: read(`figure-${place.dataset.chart}`),
    hidden: new Set(),
    choice: "1",
    log: true,
  }));

  // plotly.js lies in the page as text until the first chart needs it: to run it is most of the work of a page.
  function wake() {
    const asleep = document.getElementById("plotly");
    if (window.Plotly || !asleep) return;
    document.head.append(Object.assign(document.createElement("script"), { textContent: asleep.textContent }));
  }

  function draw(chart) {
    wake();
    const { place, figure } = chart;
    const colours = palette[dark.matches && !printing ? "dark" : "light"];
    const arrays = figure.group ? group(figure.group) : new Map([["names", figure.names]]);
    const choices = figure.traces.map((trace) => trace.choice);
    if (choices.includes(chosen)) chart.choice = chosen;
    const shown = figure.traces.filter((trace) => !("choice" in trace) || trace.choice === chart.choice);
    const traces = filled(shown, arrays, colours);
    for (const trace of traces) {
      trace.visible = !chart.hidden.has(trace.meta);
      if (trace.faint) trace.opacity = trace.meta === chosen ? 1 : 0.3;
      delete trace.faint;
    }
    const layout = filled(figure.layout, arrays, colours);
    layout.font.family = getComputedStyle(document.body).fontFamily;
    layout.height = narrow.matches ? Math.min(figure.height, 460) : figure.height;
    layout.dragmode = coarse.matches ? false : "zoom";
    layout.xaxis.uirevision = "keep";
    if (!chart.log) Object.assign(layout.yaxis, { type: "linear", tickvals: null, ticktext: null, rangemode: "tozero" });
    const config = {
      displaylogo: false,
      displayModeBar: coarse.matches || place.closest(".multiples") ? false : "hover",
      responsive: true,
      modeBarButtons: [["toImage", "resetScale2d"]],
      toImageButtonOptions: { filename: chart.name, scale: 2 },
    };
    chart.drawn = true;
    place.style.minHeight = "";
    if (printing) Object.assign(layout, place.closest(".multiples") ? PRINTED.small : { ...PRINTED.wide, height: figure.height > 400 ? 345 : 0.66 * figure.height });
    Plotly.react(place, traces, layout, config);
    if (figure.linked && !chart.follows) {
      chart.follows = true;
      if (stretch) Plotly.relayout(place, stretch);
      place.on("plotly_relayout", (changed) => follow(chart, changed));
    }
  }

  // Zoomed in one chart over time, all others show the same stretch.
  function follow(chart, changed) {
    const range = [changed["xaxis.range[0]"], changed["xaxis.range[1]"]];
    const update = range[0] ? { "xaxis.range": range } : changed["xaxis.autorange"] ? { "xaxis.autorange": true } : null;
    if (!update || following) return;
    following = true;
    stretch = update;
    const others = charts.filter((other) => other !== chart && other.figure.linked && other.drawn);
    Promise.all(others.map((other) => Plotly.relayout(other.place, update))).finally(() => { following = false; });
  }

  const folded = ({ place }) => place.closest("details:not([open])") !== null;
  const drawAll = () => charts.filter((chart) => !folded(chart)).forEach(draw);
  function drawAgain() {
    for (const chart of charts.filter((one) => one.drawn))
      if (folded(chart)) chart.drawn = false;
      else draw(chart);
  }

  // Only what is laid out comes near the screen: a chart in a fold does once that is opened.
  const near = new IntersectionObserver((changes) => {
    const seen = changes.filter((one) => one.isIntersecting).map((one) => one.target);
    charts.filter((chart) => !chart.drawn && seen.includes(chart.place)).forEach(draw);
  }, { rootMargin: "300px" });

  function press(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    return on;
  }

  for (const button of document.querySelectorAll("[data-meta]")) {
    button.addEventListener("click", () => {
      const on = press(button);
      for (const chart of charts.filter((one) => one.name.startsWith(button.dataset.charts))) {
        chart.hidden[on ? "delete" : "add"](button.dataset.meta);
        draw(chart);
      }
    });
  }

  for (const button of document.querySelectorAll("[data-log]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const on = press(button);
      for (const chart of charts.filter((one) => one.name === button.dataset.log)) {
        chart.log = on;
        draw(chart);
      }
    });
  }

  function choose(place) {
    chosen = place;
    for (const select of document.querySelectorAll("[data-choice]"))
      if (Array.from(select.options).some((option) => option.value === place)) select.value = place;
    const parts = Array.from(document.querySelectorAll("[data-choice-of]"));
    for (const parent of new Set(parts.map((part) => part.parentElement))) {
      const own = parts.filter((part) => part.parentElement === parent);
      if (own.some((part) => part.dataset.choiceOf === place))
        for (const part of own) part.hidden = part.dataset.choiceOf !== place;
    }
  }

  for (const select of document.querySelectorAll("[data-choice]")) {
    select.closest("label").hidden = false;
    select.addEventListener("change", () => {
      choose(select.value);
      charts.filter((chart) => chart.drawn && chart.figure.traces.some((trace) => "choice" in trace || "faint" in trace)).forEach(draw);
    });
  }
  choose(chosen);

  // Of more than six strategies, or assets, which stand side by side: columns of tables, lines, small charts, buttons.
  function showSome(boxes) {
    const full = boxes.filter((box) => box.checked).length >= 6;
    for (const box of boxes) {
      const { shown: place, shownAsset: asset } = box.dataset;
      box.disabled = full && !box.checked;
      for (const head of document.querySelectorAll(asset ? `thead [data-asset="${CSS.escape(asset)}"]` : `thead tr:last-child th:has(.line-s${place})`))
        for (const row of head.closest("table").rows)
          if (row.cells.length === head.parentElement.cells.length) row.cells[head.cellIndex].hidden = !box.checked;
      if (asset) continue;
      for (const part of document.querySelectorAll(`[data-strategy="${place}"], button[data-meta="${place}"]`)) part.hidden = !box.checked;
      for (const mark of document.querySelectorAll(`.panel .line-s${place}, .panel .area-s${place}`))
        mark.setAttribute("display", box.checked ? "inline" : "none");
      for (const chart of charts) chart.hidden[box.checked ? "delete" : "add"](place);
    }
  }
  for (const field of document.querySelectorAll("fieldset.shown")) {
    const boxes = Array.from(field.querySelectorAll("input"));
    field.hidden = false;
    field.addEventListener("change", () => {
      showSome(boxes);
      if (boxes[0].dataset.shown) drawAgain();
    });
    showSome(boxes);
  }

  for (const legend of document.querySelectorAll(".legend")) legend.hidden = false;
  for (const numbers of document.querySelectorAll("details.numbers")) numbers.open = false;
  // A link into a fold opens it, also where the browser does not do so by itself.
  function openFold() {
    const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    let fold = target?.closest("details:not([open])") ?? target?.querySelector(":scope > details.fold:not([open])");
    if (!fold) return;
    for (; fold; fold = fold.parentElement?.closest("details:not([open])")) fold.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", openFold);
  dark.addEventListener("change", drawAgain);
  narrow.addEventListener("change", drawAgain);
  addEventListener("beforeprint", () => { printing = true; drawAll(); paper.lay(); });
  addEventListener("afterprint", () => { printing = false; paper.clear(); drawAll(); });
  for (const { place, figure } of charts) {
    place.hidden = false;
    place.style.minHeight = `${narrow.matches ? Math.min(figure.height, 460) : figure.height}px`;
    near.observe(place);
  }
  openFold();
})();
