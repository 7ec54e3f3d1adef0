import { statSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { pageAssets } from "../src/command/report/page-assets.ts";
import { renderHtml } from "../src/report/html/html-report.ts";
import { openBrowser } from "../test/fixtures/browser.ts";
import { pageSample } from "../test/fixtures/page-sample.ts";
import { TempFolder } from "../test/fixtures/temp-folder.ts";
import { median, megabytes, type Section } from "./section.ts";

const SIZE = { tasks: 300, arms: 8, attempts: 5, steps: 12 };
const REPEATS = 5;

type Load = { readonly ready: number; readonly firstPaint: number; readonly filter: number; readonly drawer: number };

/** What the HTML report of a large run costs to make, and how fast it is in a browser. */
export async function measure(): Promise<Section> {
  using folder = new TempFolder();
  const sample = pageSample(SIZE);
  const assets = await pageAssets();
  const before = process.memoryUsage().rss;
  let read = 0;
  const start = performance.now();
  const html = renderHtml({
    ...sample,
    trajectoryOf: (id) => {
      read += 1;
      return sample.trajectoryOf(id);
    },
    assets,
  });
  const seconds = (performance.now() - start) / 1000;
  const most = 1024 * process.resourceUsage().maxRSS;
  const file = folder.at("page.html");
  writeFileSync(file, html);
  const browser = await openBrowser();
  const loads: Load[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) loads.push(await load(browser, pathToFileURL(file).href));
  await browser.close();
  const middle = (name: keyof Load): string => median(loads.map((one) => one[name])).toFixed(0);
  return {
    title: "The HTML report",
    how: `${sample.trials.length.toLocaleString("en")} trials of ${SIZE.tasks} tasks and ${SIZE.arms} arms, of which ${read} trajectories are in the file; opened from disk in Chromium, medians of ${REPEATS}.`,
    tables: [
      [
        [
          "file, MB",
          "made in, s",
          "memory before",
          "at most",
          "ready after, ms",
          "painted after, ms",
          "a filter, ms",
          "opening a cell, ms",
        ],
        [
          (statSync(file).size / 1e6).toFixed(2),
          seconds.toFixed(2),
          megabytes(before),
          megabytes(most),
          ...(["ready", "firstPaint", "filter", "drawer"] as const).map(middle),
        ],
      ],
    ],
    findings: [],
  };
}

// The page is ready when every figure and button is shown and responds; the rest is timed to the frame after it.
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
