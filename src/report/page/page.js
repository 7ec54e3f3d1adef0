import { showChart } from "./chart.js";
import { showComparisons } from "./comparison.js";
import { readPage } from "./data.js";
import { place } from "./dom.js";
import { createDrawer } from "./drawer.js";
import { showHeader } from "./header.js";
import { showMatrix } from "./matrix.js";
import { openState } from "./state.js";
import { showTotals } from "./totals.js";

const page = readPage();
const state = openState();
const drawer = createDrawer(page, state);

showHeader(page);
showTotals(page);
showChart(page);
showComparisons(page, {
  openPair: (task, comparison) => drawer.openPair(task, comparison),
  filter(direction, { baseline, labels }) {
    const base = page.arms[baseline]?.label ?? "";
    state.set({ base, show: `${direction}:${labels.candidate}`, find: "" });
    place("matrix-section").scrollIntoView();
  },
});
showMatrix(page, state, (task, arm) => drawer.open(task, arm));
document.documentElement.setAttribute("data-ready", "");
