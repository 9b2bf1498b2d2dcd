"use strict";
// Sets the sections on sheets before they are printed: which share a sheet, and by how much those are shrunk, or their
// tables spread, so that no sheet stays over a third empty. Without it the style sheet's own breaks hold.
const paper = (() => {
  const WIDE = 1017; // A4 landscape less its margins, in px
  const TALL = 684;
  const PARTS = "body > header, main > :is(section, aside), body > footer";
  const SMALLEST = 0.82;
  const EMPTY = 1 / 3;
  const MOST = 14; // sheets: what is longer, since its folds are open, flows on from sheet to sheet
  const most = (text, what) => Number(text.match(new RegExp(`${what}-width:\\s*(\\d+)px`))?.[1] ?? NaN);
  const onPaper = (text) => !/screen/.test(text) && !(most(text, "max") < WIDE) && !(most(text, "min") > WIDE);

  // What is measured while the style sheets are those of paper.
  function asPrinted(measure) {
    const rules = Array.from(document.styleSheets).flatMap((sheet) => Array.from(sheet.cssRules)).filter((rule) => rule instanceof CSSMediaRule);
    const before = rules.map((rule) => rule.media.mediaText);
    for (const rule of rules.filter((one) => /width|print|screen/.test(one.media.mediaText))) rule.media.mediaText = onPaper(rule.media.mediaText) ? "all" : "not all";
    document.body.style.width = `${WIDE}px`;
    try {
      return measure();
    } finally {
      document.body.style.width = "";
      rules.forEach((rule, place) => { rule.media.mediaText = before[place]; });
    }
  }

  function block(place) {
    const style = getComputedStyle(place);
    const rows = Array.from(place.querySelectorAll("tbody tr")).filter((row) => row.checkVisibility()).length;
    const charts = Array.from(place.querySelectorAll("[data-chart], .panel")).some((one) => one.checkVisibility());
    const order = place.matches("header") ? -1 : place.matches("footer") ? Infinity : Number(style.order);
    return { place, order, rows, charts, tall: place.getBoundingClientRect().height + parseFloat(style.marginTop) + parseFloat(style.marginBottom) };
  }

  // How neighbouring sections share sheets, and what that costs: sheets, white space, small type.
  function group(blocks) {
    const tall = blocks.reduce((sum, one) => sum + one.tall, 0);
    const whole = blocks.some((one) => one.charts);
    const sheets = Math.max(1, Math.ceil((tall * SMALLEST) / TALL));
    const room = TALL * sheets * (sheets === 1 ? 1 : whole ? 0.9 : 0.95);
    const zoom = Math.min(1, room / tall);
    const white = sheets - (tall * zoom) / TALL;
    const rows = blocks.reduce((sum, one) => sum + one.rows, 0);
    const spread = !whole && white > EMPTY - 0.05 ? Math.min(26, ((white - 0.22) * TALL) / Math.max(rows, 1)) : 0;
    const left = white - (spread * rows) / TALL;
    return { blocks, zoom, spread, cost: sheets + (left > EMPTY ? 5 * left : 0) + 3 * (1 - zoom) + 0.02 * spread + (whole && sheets > 1 ? 5 * blocks.length : 0) };
  }

  function best(blocks) {
    const found = [{ cost: 0, groups: [] }];
    for (let end = 1; end <= blocks.length; end += 1) {
      const ways = found.map(({ cost, groups }, start) => {
        const one = group(blocks.slice(start, end));
        return { cost: cost + one.cost, groups: [...groups, one] };
      });
      found.push(ways.reduce((least, way) => (way.cost < least.cost ? way : least)));
    }
    return found.at(-1).groups;
  }

  function lay() {
    const parts = Array.from(document.querySelectorAll(PARTS));
    const blocks = asPrinted(() => parts.filter((part) => part.checkVisibility()).map(block)).sort((one, other) => one.order - other.order);
    const long = blocks.reduce((sum, one) => sum + one.tall, 0) > MOST * TALL;
    if (long) document.querySelector("main").style = "display:block;--figure:0.8"; // in the order of the screen, no chart over a third of a sheet
    for (const { blocks: own, zoom, spread } of best(blocks))
      own.forEach(({ place }, at) => {
        place.style.breakBefore = at || long || place === blocks[0].place ? "auto" : "page";
        place.style.zoom = long ? SMALLEST : zoom;
        place.style.setProperty("--spread", `${long ? 0 : spread}px`);
      });
  }

  function clear() {
    for (const part of document.querySelectorAll(`${PARTS}, main`)) part.removeAttribute("style");
  }
  return { lay, clear };
})();
