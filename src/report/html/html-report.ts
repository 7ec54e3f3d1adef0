import { createHash } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import { clipped, jsonText, plainText } from "../../core/printable.ts";
import type { Trajectory, TrialRecord } from "../../core/record.ts";
import { escapeMarkup } from "../../web/chart/drawing.ts";
import type { Report } from "../written-report.ts";
import { pageData, taskIdsOf } from "./make-page-data.ts";
import { deflated, type Packed, packTrajectories } from "./pack.ts";
import { byPriority } from "./priority.ts";
import { placedTrials, trialColumns } from "./trial-columns.ts";

/** The files that the page is made of: its frame, its style, and its program as one script. */
export type PageAssets = { readonly html: string; readonly css: string; readonly script: string };

/** What a page is made from. `trajectoryOf` is called for one trial at a time, and no longer once the file has reached its size, `budgetBytes`. */
export type PageInput = {
  readonly report: Report;
  readonly trials: readonly TrialRecord[];
  readonly trajectoryOf: (trialId: number) => Trajectory | null;
  readonly assets: PageAssets;
  readonly budgetBytes?: number;
};

// In characters: names and sentences are far shorter.
const MAX_TEXT = 2_000;
// Cells of the matrix of tasks and arms, and trials, all of which a browser holds: ten times what a large comparison has.
const MAX_CELLS = 1_000_000;
const BUDGET_BYTES = 4_500_000;
// For the element around each task's segments.
const BYTES_A_TASK = 80;
const BYTES_TO_SPARE = 4_000;

/**
 * Makes a report that is one file: it opens from disk and loads nothing from the network, which its content security policy forbids. Throws UserError for more tasks, arms
 * or trials than a browser could show.
 */
export function renderHtml({ report, trials, trajectoryOf, assets, budgetBytes = BUDGET_BYTES }: PageInput): string {
  const cells = taskIdsOf(report).length * report.arms.length;
  if (Math.max(cells, trials.length) > MAX_CELLS)
    throw new UserError(
      `Cannot write the page: its ${report.arms.length} arms, ${taskIdsOf(report).length} tasks and ${trials.length} trials are more than a browser shows; write .json or .csv`,
    );
  const placed = placedTrials(report, trials);
  const data = asScriptText(pageData(report));
  // The index of a segment has a few digits, so that this is about the size of the final list.
  const listed = deflated(trialColumns(placed, (id) => id % 3)).length;
  const frame = byteLength(assets.html) + byteLength(assets.css) + byteLength(assets.script);
  const spare = BYTES_TO_SPARE + BYTES_A_TASK * taskIdsOf(report).length + placed.length;
  const left = budgetBytes - frame - byteLength(data) - listed - spare;
  const packed = packTrajectories(byPriority(placed, report), { trajectoryOf, budgetBytes: left });
  const columns = { ...trialColumns(placed, packed.segmentOf), systems: packed.systems, kept: packed.kept };
  return filled(assets, { title: titleOf(report), data, trials: deflated(columns), trajectories: trajectoryBlocks(packed) });
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function titleOf({ runs, arms }: Report): string {
  const suites = [...new Set(runs.map(({ suite }) => suite))].join(", ");
  return `${suites}: ${arms.length} ${arms.length === 1 ? "arm" : "arms"} - bench`;
}

type Elements = { readonly title: string; readonly data: string; readonly trials: string; readonly trajectories: string };

// One pass, so that no text that is filled in is searched for placeholders.
function filled({ html, css, script }: PageAssets, { title, data, trials, trajectories }: Elements): string {
  const style = unixLines(css);
  const program = unixLines(script);
  const policy = `default-src 'none'; script-src '${digest(program)}'; style-src '${digest(style)}'; base-uri 'none'; form-action 'none'`;
  const elements: Readonly<Record<string, string>> = {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    title: `<title>${escapeMarkup(title)}</title>`,
    style: `<style>${style}</style>`,
    data: `<script type="application/json" id="data">${data}</script>`,
    trials: `<script type="text/plain" id="trials">${trials}</script>`,
    trajectories,
    program: `<script>${program}</script>`,
  };
  return unixLines(html).replace(/<!-- (\w+) -->/g, (_placeholder, name: string) => {
    const element = elements[name];
    if (element === undefined) throw new Error(`Cannot fill in the page: its placeholder "${name}" has no element`);
    return element;
  });
}

// A browser normalizes line ends to those of Unix before it computes the digest of a script.
function unixLines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

// No text of a model or a tool may end the script element that holds it. Names are made visible here, so that they are the same wherever the page compares them.
function asScriptText(value: unknown): string {
  const shown: unknown = JSON.parse(JSON.stringify(value), (_key, one: unknown) =>
    typeof one === "string" ? plainText(clipped(one, MAX_TEXT)) : one,
  );
  return jsonText(shown, 0).replace(/</g, "\\u003c");
}

function trajectoryBlocks({ segments }: Packed): string {
  return [...segments].map(([task, texts]) => `<script type="text/plain" id="task-${task}">${texts.join(" ")}</script>`).join("\n");
}
