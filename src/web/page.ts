import { showComparisons } from "./comparison-cards.ts";
import { place } from "./dom.ts";
import { createDrawer } from "./drawer.ts";
import { showFrontier } from "./frontier.ts";
import { showHeader } from "./header.ts";
import { showMatrix } from "./matrix.ts";
import { readPage } from "./packed-source.ts";
import { showParts } from "./parts.ts";
import { openState } from "./state.ts";
import { showTotals } from "./totals.ts";

const page = readPage();
const state = openState();
const drawer = createDrawer(page, state);

showHeader(page);
showTotals(page);
showParts(page);
showFrontier(page);
showComparisons(page, {
  openPair: (task, comparison) => void drawer.openPair(task, comparison),
  filter(direction, { baseline, labels }) {
    const base = page.arms[baseline]?.label ?? "";
    state.set({ base, show: `${direction}:${labels.candidate}`, find: "" });
    place("matrix-section").scrollIntoView();
  },
});
showMatrix(page, state, (task, arm) => drawer.open(task, arm));
document.documentElement.setAttribute("data-ready", "");
