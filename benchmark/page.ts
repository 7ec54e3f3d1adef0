import { statSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { pageAssets } from "../src/command/page-assets.ts";
import { renderHtml } from "../src/report/html.ts";
import { openBrowser } from "../test/fixtures/browser.ts";
import { pageSample } from "../test/fixtures/page-sample.ts";
import { TempFolder } from "../test/fixtures/temp-folder.ts";

const SIZE = { tasks: 300, arms: 8, attempts: 5, steps: 12 };
const REPEATS = 5;

type Load = { readonly ready: number; readonly firstPaint: number; readonly filter: number; readonly drawer: number };

async function main(): Promise<void> {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  using folder = new TempFolder();
  const sample = pageSample(SIZE);
  const trials = sample.trials.length;
  const before = process.memoryUsage().rss;
  let read = 0;
  const start = performance.now();
  const html = renderHtml({
    ...sample,
    trajectoryOf: (id) => {
      read += 1;
      return sample.trajectoryOf(id);
    },
    assets: pageAssets(),
  });
  const seconds = (performance.now() - start) / 1000;
  const file = folder.at("page.html");
  writeFileSync(file, html);
  print(`${trials.toLocaleString("en")} trials of ${SIZE.tasks} tasks and ${SIZE.arms} arms; ${read} trajectories were read`);
  print(`file        ${(statSync(file).size / 1e6).toFixed(2)} MB`);
  print(
    `generation  ${seconds.toFixed(2)} s, memory ${megabytes(before)} before, at most ${megabytes(1024 * process.resourceUsage().maxRSS)}`,
  );
  const browser = await openBrowser();
  const loads: Load[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) loads.push(await load(browser, pathToFileURL(file).href));
  await browser.close();
  print(`page        ready after ${median(loads, "ready")}, painted after ${median(loads, "firstPaint")}`);
  print(
    `            a filter takes ${median(loads, "filter")}, opening a cell ${median(loads, "drawer")} (medians of ${REPEATS}, in Chromium)`,
  );
}

// Ready is when every figure and button of the page stands and answers; the rest is timed to the frame after it.
async function load(browser: Browser, url: string): Promise<Load> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForSelector("html[data-ready]");
  const result = await page.evaluate(`(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await frame();
    const timed = async (act) => { const start = performance.now(); await act(); await frame(); return performance.now() - start; };
    const [navigation] = performance.getEntriesByType("navigation");
    const [paint] = performance.getEntriesByType("paint").filter(({ name }) => name === "first-contentful-paint");
    const filter = await timed(() => document.querySelector('[data-show="different"]').click());
    const drawer = await timed(async () => {
      document.querySelector(".matrix tbody tr:not([hidden]) button.cell.none").click();
      while (!document.querySelector(".pane")) await frame();
    });
    return { ready: navigation.domContentLoadedEventEnd, firstPaint: paint?.startTime ?? NaN, filter, drawer };
  })()`);
  await page.close();
  return result as Load;
}

function median(loads: readonly Load[], name: keyof Load): string {
  const middle = loads.map((one) => one[name]).toSorted((a, b) => a - b)[Math.floor(REPEATS / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return `${middle.toFixed(0)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}

await main();
