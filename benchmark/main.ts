/**
 * Measures the harness, part by part, each in a separate process, and writes the results to results/benchmark/ and into docs/benchmarks.md.
 *
 * Usage: npm run benchmark [-- PART...]; without parts, all of them. Exits with 1 when a figure missed its bound.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { connectEngine, describeEngine } from "../src/sandbox/docker/engine.ts";
import { megabytes, type Section, sectionText, tableText } from "./section.ts";

const PARTS = ["tools", "trial", "gateway", "grading", "schedule", "scale", "reports", "growth", "contention", "startup", "page"];
const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, "results/benchmark");
const FIGURES = join(FOLDER, "figures.json");

type Figures = Readonly<Record<string, Section & { readonly measuredOn: string }>>;

async function main(): Promise<void> {
  const chosen = process.argv.slice(2);
  const unknown = chosen.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new Error(`Cannot measure "${unknown}": there is no such part; choose from ${PARTS.join(", ")}`);
  mkdirSync(FOLDER, { recursive: true });
  for (const part of PARTS.filter((name) => chosen.length === 0 || chosen.includes(name))) {
    const section = await measure(part);
    process.stdout.write(`\n${sectionText(section)}\n`);
    keep({ ...kept(), [part]: { ...section, measuredOn: await machine() } });
  }
  const missed = Object.values(kept()).flatMap(({ findings }) => findings.filter(({ holds }) => !holds));
  process.exitCode = missed.length > 0 ? 1 : 0;
}

async function measure(part: string): Promise<Section> {
  const child =
    part === "scale"
      ? fork(join(ROOT, "dist/benchmark-scale.js"), { stdio: "inherit", execArgv: [] })
      : fork(join(import.meta.dirname, "part.ts"), [part], { stdio: "inherit" });
  let section: Section | null = null;
  child.on("message", (message) => {
    section = message as Section;
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (section === null) throw new Error(`Cannot measure "${part}": its process ended with ${code} and no figures`);
  return section;
}

async function machine(): Promise<string> {
  const engine = await describeEngine(connectEngine()).catch(() => null);
  const docker = engine === null ? "no engine" : `Docker ${engine.version} (${engine.defaultRuntime})`;
  return `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, ${megabytes(totalmem())}, Node ${process.versions.node}, ${docker}`;
}

function kept(): Figures {
  try {
    return JSON.parse(readFileSync(FIGURES, "utf8")) as Figures;
  } catch {
    return {};
  }
}

function keep(figures: Figures): void {
  const sections = PARTS.flatMap((part) => (figures[part] ? [figures[part]] : []));
  writeFileSync(FIGURES, `${JSON.stringify(figures, null, 1)}\n`);
  const texts = sections.map((section) => `${sectionText(section)}\n\n(${section.measuredOn})`);
  writeFileSync(
    join(FOLDER, "results.md"),
    `# What the harness costs\n\nWritten by \`npm run benchmark\`; every figure is a ratio or a median of one run.\n\n${texts.join("\n\n")}\n`,
  );
  const rows = sections.flatMap(({ findings }) => findings.map(({ what, measured, bound }) => [what, measured, bound]));
  const table = tableText([["What", "Measured", "Bound"], ...rows]);
  const page = readFileSync(join(ROOT, "docs/benchmarks.md"), "utf8");
  const marked = /(<!-- benchmark: generated -->\n)[\s\S]*?(\n<!-- \/benchmark -->)/;
  if (!marked.test(page)) throw new Error('Cannot write into docs/benchmarks.md: it has no section "benchmark"');
  writeFileSync(
    join(ROOT, "docs/benchmarks.md"),
    page.replace(marked, (_, start: string, end: string) => start + table + end),
  );
}

await main();
