"use strict";
// Draws each chart of the page when it comes near the screen: decodes the arrays of its group, once for all charts, and
// puts them and the colours of the light or dark mode into the figure. A chart is drawn again when the mode changes, a
// button is pressed, another strategy is chosen, or the page is printed.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const NAN_CODE = 65535; // as in embed.py
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const uint16s = (text) => new Uint16Array(bytes(text).buffer);
  const palette = read("palette");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const coarse = matchMedia("(pointer: coarse)");
  const PRINTED = { wide: { width: 980 }, small: { width: 310, height: 180 } };
  const groups = new Map();
  let printing = false;
  let zoomingOthers = false;
  let zoom = null;
  let chosen = document.querySelector("[data-choice]")?.value ?? Array.from(document.querySelectorAll("[data-choice-of]")).at(-1)?.dataset.choiceOf ?? "1";

  function group(name) {
    if (!groups.has(name)) {
      const packed = read(`data-${name}`);
      let day = packed.first;
      const dates = Array.from(packed.wide ? uint16s(packed.days) : bytes(packed.days), (days) => new Date((day += days) * 864e5).toISOString().slice(0, 10));
      const arrays = new Map([["dates", dates], ["months", dates.map((date) => date.slice(0, 7))]]);
      for (const [key, [low, step, text]] of Object.entries(packed.arrays)) {
        const values = Float64Array.from(uint16s(text), (steps) => (steps === NAN_CODE ? NaN : low + step * steps));
        arrays.set(key, values);
        if (key.startsWith("nav")) arrays.set(key.replace("nav", "depth"), drawdowns(values));
      }
      groups.set(name, arrays);
    }
    return groups.get(name);
  }

  // The drawdown of each value from the highest so far, in percent.
  function drawdowns(values) {
    let peak = 0;
    return values.map((value) => 100 * (value / (peak = Math.max(peak, value)) - 1));
  }

  // A part of a figure with the colours and arrays that it names in their places.
  function filled(part, arrays, colours) {
    if (Array.isArray(part)) return part.map((item) => filled(item, arrays, colours));
    if (part === null || typeof part !== "object") return part;
    if ("colour" in part) return colours[part.colour];
    if ("array" in part) return arrays.get(part.array);
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, filled(item, arrays, colours)]));
  }

  const charts = Array.from(document.querySelectorAll("[data-chart]"), (element) => ({
    element,
    name: element.dataset.chart,
    figure: read(`figure-${element.dataset.chart}`),
    hidden: new Set(),
    choice: "1",
    log: true,
  }));

  // plotly.js is in the page as text until the first chart needs it, since to run it takes most of the time of a page.
  function loadPlotly() {
    const source = document.getElementById("plotly");
    if (window.Plotly || !source) return;
    document.head.append(Object.assign(document.createElement("script"), { textContent: source.textContent }));
  }

  function draw(chart) {
    loadPlotly();
    const { element, figure } = chart;
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
      displayModeBar: coarse.matches || element.closest(".multiples") ? false : "hover",
      responsive: true,
      modeBarButtons: [["toImage", "resetScale2d"]],
      toImageButtonOptions: { filename: chart.name, scale: 2 },
    };
    chart.drawn = true;
    element.style.minHeight = "";
    if (printing) Object.assign(layout, element.closest(".multiples") ? PRINTED.small : { ...PRINTED.wide, height: figure.height > 400 ? 345 : 0.66 * figure.height });
    Plotly.react(element, traces, layout, config);
    if (figure.linked && !chart.isLinked) {
      chart.isLinked = true;
      if (zoom) Plotly.relayout(element, zoom);
      element.on("plotly_relayout", (changed) => zoomOthers(chart, changed));
    }
  }

  // A zoom in one chart over time is a zoom in all others.
  function zoomOthers(chart, changed) {
    const range = [changed["xaxis.range[0]"], changed["xaxis.range[1]"]];
    const update = range[0] ? { "xaxis.range": range } : changed["xaxis.autorange"] ? { "xaxis.autorange": true } : null;
    if (!update || zoomingOthers) return;
    zoomingOthers = true;
    zoom = update;
    const others = charts.filter((other) => other !== chart && other.figure.linked && other.drawn);
    Promise.all(others.map((other) => Plotly.relayout(other.element, update))).finally(() => { zoomingOthers = false; });
  }

  const folded = ({ element }) => element.closest("details:not([open])") !== null;
  const drawAll = () => charts.filter((chart) => !folded(chart)).forEach(draw);
  function drawAgain() {
    for (const chart of charts.filter((chart) => chart.drawn))
      if (folded(chart)) chart.drawn = false;
      else draw(chart);
  }

  // A chart in a closed fold is not laid out: it comes near the screen only when the fold is opened.
  const near = new IntersectionObserver((changes) => {
    const seen = changes.filter((change) => change.isIntersecting).map((change) => change.target);
    charts.filter((chart) => !chart.drawn && seen.includes(chart.element)).forEach(draw);
  }, { rootMargin: "300px" });

  // Switch a button and return whether it is on now.
  function press(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    return on;
  }

  for (const button of document.querySelectorAll("[data-meta]")) {
    button.addEventListener("click", () => {
      const on = press(button);
      for (const chart of charts.filter(({ name }) => name.startsWith(button.dataset.charts))) {
        chart.hidden[on ? "delete" : "add"](button.dataset.meta);
        draw(chart);
      }
    });
  }

  for (const button of document.querySelectorAll("[data-log]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const on = press(button);
      for (const chart of charts.filter(({ name }) => name === button.dataset.log)) {
        chart.log = on;
        draw(chart);
      }
    });
  }

  // Show what belongs to the strategy at an index, in all menus and parts of the page.
  function choose(index) {
    chosen = index;
    for (const select of document.querySelectorAll("[data-choice]"))
      if (Array.from(select.options).some((option) => option.value === index)) select.value = index;
    const parts = Array.from(document.querySelectorAll("[data-choice-of]"));
    for (const parent of new Set(parts.map((part) => part.parentElement))) {
      const siblings = parts.filter((part) => part.parentElement === parent);
      if (siblings.some((part) => part.dataset.choiceOf === index))
        for (const part of siblings) part.hidden = part.dataset.choiceOf !== index;
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

  // If there are more than six strategies, or assets, show those whose boxes are checked, six at most, in the columns of
  // tables, the lines and areas of charts, the small charts and the buttons.
  function showSome(boxes) {
    const full = boxes.filter((box) => box.checked).length >= 6;
    for (const box of boxes) {
      const { shown: index, shownAsset: asset } = box.dataset;
      box.disabled = full && !box.checked;
      for (const head of document.querySelectorAll(asset ? `thead [data-asset="${CSS.escape(asset)}"]` : `thead tr:last-child th:has(.line-s${index})`))
        for (const row of head.closest("table").rows)
          if (row.cells.length === head.parentElement.cells.length) row.cells[head.cellIndex].hidden = !box.checked;
      if (asset) continue;
      for (const part of document.querySelectorAll(`[data-strategy="${index}"], button[data-meta="${index}"]`)) part.hidden = !box.checked;
      for (const mark of document.querySelectorAll(`.panel .line-s${index}, .panel .area-s${index}`))
        mark.setAttribute("display", box.checked ? "inline" : "none");
      for (const chart of charts) chart.hidden[box.checked ? "delete" : "add"](index);
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
  // Open the fold that a link leads into, which not all browsers do.
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
  for (const { element, figure } of charts) {
    element.hidden = false;
    element.style.minHeight = `${narrow.matches ? Math.min(figure.height, 460) : figure.height}px`;
    near.observe(element);
  }
  openFold();
})();
