import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { faultOfYaml } from "../../src/core/yaml-bounds.ts";
import { YAML_SIGNS } from "../fixtures/yaml-signs.ts";

const many = (count: number, text: (index: number) => string, between = "\n"): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(between);

test("every limit of a YAML text names what it found and the line", () => {
  expect(faultOfYaml("a:\n  [[1]]")).toBeNull();
  expect(faultOfYaml(`a:\n${many(49, (i) => `${"  ".repeat(i)}- a:`)}`)).toBeNull();
  for (const deep of ["[".repeat(51), "- ".repeat(51), `x: 1\n${"? ".repeat(51)}`, many(51, (i) => `${"  ".repeat(i)}a:`)])
    expect(faultOfYaml(deep)?.problem).toBe("is nested more than 50 levels deep; use fewer levels");
  expect(faultOfYaml(`a:\n${"[".repeat(51)}`)).toEqual({ line: 2, problem: "is nested more than 50 levels deep; use fewer levels" });
  expect(faultOfYaml("\n".repeat(50_001))?.problem).toContain("holds more than 50000 words and signs");
  expect(faultOfYaml(`a: &a x\nb: [${many(9000, () => "*a", ",")}]`)?.problem).toContain("has 9000 aliases, too many for its size");
});

// A regular expression that Node first compiles where the stack ends takes the process down, which no handler sees.
test("without the bounds, a file of nested keys in one line ends the process", async () => {
  const script = `const { parseDocument } = require("yaml");
    const at = (depth) => depth === 0 ? parseDocument("? ".repeat(24_000), { prettyErrors: false }) : at(depth - 1);
    for (let tries = 0; tries < 2_000; tries++) at((tries * 37) % 3_000);`;

  const run = promisify(execFile)(process.execPath, ["-e", script], { cwd: join(import.meta.dirname, "../..") });

  await expect(run).rejects.toMatchObject({ signal: "SIGABRT" });
});

test("no text that is within the bounds is too deep for the parser", () => {
  const pattern = fc.array(fc.constantFrom(...YAML_SIGNS), { minLength: 1, maxLength: 4 });
  const growing = fc.constantFrom("", " ", "  ");
  const text = fc.tuple(pattern, growing).map(([signs, indent]) => {
    const unit = signs.join("");
    if (indent === "") return unit.repeat(Math.min(6000, Math.floor(300_000 / unit.length)));
    return many(900, (i) => indent.repeat(i) + unit);
  });
  fc.assert(
    fc.property(text, (yaml) => {
      if (faultOfYaml(yaml) !== null) return;
      const { errors } = parseDocument(yaml, { prettyErrors: false, merge: true, schema: "core", logLevel: "error", uniqueKeys: false });
      expect(errors.filter(({ message }) => message.startsWith("Maximum call stack"))).toEqual([]);
    }),
    { numRuns: Number(process.env["RUNS"] ?? 300), seed: 7 },
  );
});
