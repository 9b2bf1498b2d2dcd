"use strict";
// Lays the sections out on sheets of paper before the page is printed: it chooses which neighbouring sections share a
// sheet, and shrinks them, or adds space between the rows of their tables, so that no sheet is more than a third empty.
// Without this script the page breaks of the stylesheet apply.
const paper = (() => {
  const SHEET_WIDTH = 1017; // A4 landscape without its margins, in px
  const SHEET_HEIGHT = 684;
  const PARTS = "body > header, main > :is(section, aside), body > footer";
  const SMALLEST_ZOOM = 0.82;
  const MOST_EMPTY = 1 / 3; // of a sheet
  const MOST_SHEETS = 14; // a longer page, whose folds are open, is not laid out, but flows from sheet to sheet
  // The weights of what makes a layout worse, in sheets.
  const COST = { emptiness: 5, shrinking: 3, spreading: 0.02, cutChart: 5 };
  const MOST_SPREAD = 26; // px of space that is added to a row of a table
  const widthLimit = (query, bound) => Number(query.match(new RegExp(`${bound}-width:\\s*(\\d+)px`))?.[1] ?? NaN);
  // Whether a media query holds on paper.
  const onPaper = (query) => !/screen/.test(query) && !(widthLimit(query, "max") < SHEET_WIDTH) && !(widthLimit(query, "min") > SHEET_WIDTH);

  // What `measure` returns while the stylesheets' rules for paper are in force.
  function asPrinted(measure) {
    const rules = Array.from(document.styleSheets).flatMap((sheet) => Array.from(sheet.cssRules)).filter((rule) => rule instanceof CSSMediaRule);
    const before = rules.map((rule) => rule.media.mediaText);
    for (const rule of rules.filter(({ media }) => /width|print|screen/.test(media.mediaText))) rule.media.mediaText = onPaper(rule.media.mediaText) ? "all" : "not all";
    document.body.style.width = `${SHEET_WIDTH}px`;
    try {
      return measure();
    } finally {
      document.body.style.width = "";
      rules.forEach((rule, index) => { rule.media.mediaText = before[index]; });
    }
  }

  // A section with what decides on its place: its order, rows of tables, whether it has charts, and its height in px.
  function block(section) {
    const style = getComputedStyle(section);
    const rows = Array.from(section.querySelectorAll("tbody tr")).filter((row) => row.checkVisibility()).length;
    const charts = Array.from(section.querySelectorAll("[data-chart], .panel")).some((chart) => chart.checkVisibility());
    const order = section.matches("header") ? -1 : section.matches("footer") ? Infinity : Number(style.order);
    return { section, order, rows, charts, height: section.getBoundingClientRect().height + parseFloat(style.marginTop) + parseFloat(style.marginBottom) };
  }

  // The layout of neighbouring sections together on as few sheets as their smallest size needs, and its cost: sheets,
  // empty space beyond a third of a sheet, small type, added space, and charts that a page break may cut.
  function group(blocks) {
    const height = blocks.reduce((sum, block) => sum + block.height, 0);
    const charts = blocks.some((block) => block.charts);
    const sheets = Math.max(1, Math.ceil((height * SMALLEST_ZOOM) / SHEET_HEIGHT));
    // of several sheets, page breaks leave some part empty, and more if charts must not be cut
    const room = SHEET_HEIGHT * sheets * (sheets === 1 ? 1 : charts ? 0.9 : 0.95);
    const zoom = Math.min(1, room / height);
    const empty = sheets - (height * zoom) / SHEET_HEIGHT;
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    // a sheet that is nearly too empty is filled by space between rows until 0.22 of it is empty
    const spread = !charts && empty > MOST_EMPTY - 0.05 ? Math.min(MOST_SPREAD, ((empty - 0.22) * SHEET_HEIGHT) / Math.max(rows, 1)) : 0;
    const stillEmpty = empty - (spread * rows) / SHEET_HEIGHT;
    return { blocks, zoom, spread, cost: sheets + (stillEmpty > MOST_EMPTY ? COST.emptiness * stillEmpty : 0) + COST.shrinking * (1 - zoom) + COST.spreading * spread + (charts && sheets > 1 ? COST.cutChart * blocks.length : 0) };
  }

  // The cheapest division of the blocks into groups of neighbours, by dynamic programming: `cheapest[n]` is that of the
  // first n blocks.
  function best(blocks) {
    const cheapest = [{ cost: 0, groups: [] }];
    for (let end = 1; end <= blocks.length; end += 1) {
      const divisions = cheapest.map(({ cost, groups }, start) => {
        const last = group(blocks.slice(start, end));
        return { cost: cost + last.cost, groups: [...groups, last] };
      });
      cheapest.push(divisions.reduce((least, division) => (division.cost < least.cost ? division : least)));
    }
    return cheapest.at(-1).groups;
  }

  // Set the styles that lay the sections out.
  function lay() {
    const parts = Array.from(document.querySelectorAll(PARTS));
    const blocks = asPrinted(() => parts.filter((part) => part.checkVisibility()).map(block)).sort((first, second) => first.order - second.order);
    const long = blocks.reduce((sum, block) => sum + block.height, 0) > MOST_SHEETS * SHEET_HEIGHT;
    if (long) document.querySelector("main").style = "display:block;--figure:0.8"; // in the order of the screen, no chart over a third of a sheet
    for (const { blocks: grouped, zoom, spread } of best(blocks))
      grouped.forEach(({ section }, index) => {
        section.style.breakBefore = index || long || section === blocks[0].section ? "auto" : "page";
        section.style.zoom = long ? SMALLEST_ZOOM : zoom;
        section.style.setProperty("--spread", `${long ? 0 : spread}px`);
      });
  }

  // Remove these styles again.
  function clear() {
    for (const part of document.querySelectorAll(`${PARTS}, main`)) part.removeAttribute("style");
  }
  return { lay, clear };
})();
