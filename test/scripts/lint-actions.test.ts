import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ProgramEnd, runProgram } from "../fixtures/gate-step.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const ROOT = join(import.meta.dirname, "../..");
const CHECKED = [".github", "examples", "action.yml"];

type Fault = { readonly title: string; readonly path: string; readonly from: string | RegExp; readonly to: string; readonly says: string };

const FAULTS: readonly Fault[] = [
  { title: "an unknown key", path: ".github/workflows/ci.yml", from: "runs-on:", to: "runs-onn:", says: 'unexpected key "runs-onn"' },
  { title: "an unknown value", path: "examples/prompt-gate.yml", from: "contents: read", to: "contents: raed", says: '"raed" is invalid' },
  {
    title: "an unknown name in an expression",
    path: "examples/prompt-gate.yml",
    from: "github.run_id",
    to: "github.run_idd",
    says: 'property "run_idd" is not defined',
  },
  { title: "a tag in a workflow", path: ".github/workflows/ci.yml", from: /@\w{40} # v7.0.1/, to: "@v7", says: "can be moved" },
  { title: "a branch in the action", path: "action.yml", from: /@\w{40} # v7.0.0/, to: "@main", says: "can be moved" },
  {
    title: "a short id in an example",
    path: "examples/prompt-gate-forks.yml",
    from: /@\w{40} # v7.0.1/,
    to: "@3d3c42e",
    says: "can be moved",
  },
  { title: "an id without a release", path: "action.yml", from: " # v8.0.0", to: "", says: "does not say its release" },
  {
    title: "an expression in a script of the shell",
    path: "action.yml",
    from: 'run: bash "$GITHUB_ACTION_PATH/sandbox/setup.sh"',
    to: 'run: bash "$GITHUB_ACTION_PATH/sandbox/setup.sh" $' + "{{ inputs.model }}",
    says: "run has an expression",
  },
  {
    title: "an expression in a script of JavaScript",
    path: "action.yml",
    from: 'const marker = body.split("\\n")[0];',
    to: "const marker = '$" + "{{ inputs.prompt }}';",
    says: "script has an expression",
  },
  {
    title: "a variable without quotes",
    path: ".github/workflows/release.yml",
    from: '= "$GITHUB_REF_NAME"',
    to: "= $GITHUB_REF_NAME",
    says: "SC2086",
  },
];

/** Checks a copy of what is checked here, with some faults in it. */
async function lint(faults: readonly Fault[]): Promise<ProgramEnd> {
  using folder = new TempFolder();
  for (const name of CHECKED) cpSync(join(ROOT, name), folder.at(name), { recursive: true });
  for (const { path, from, to } of faults) {
    const text = readFileSync(folder.at(path), "utf8");
    const changed = text.replace(from, () => to);
    expect(changed).not.toBe(text);
    folder.write({ [path]: changed });
  }
  return await runProgram(["node", join(ROOT, "scripts/lint-actions.mjs"), folder.path], { cwd: ROOT });
}

test("the workflows, the action and the examples have no findings, and npm run lint checks them", async () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };

  const end = await lint([]);

  expect(end).toMatchObject({ status: 0, stderr: "" });
  expect(end.stdout).toMatch(/^actionlint.*: 5 workflows and actions with [1-9]\d steps, 0 findings\n$/);
  expect(scripts["lint"]).toContain("npm run --silent lint:actions");
  expect(scripts["lint:actions"]).toBe("node scripts/lint-actions.mjs");
});

test("every fault that is planted is found, at its file and line", async ({ skip }) => {
  const end = await lint(FAULTS);
  const lines = end.stdout.split("\n");

  expect(end.status).toBe(1);
  const missed = FAULTS.filter(({ path, says }) => !lines.some((line) => line.startsWith(`${path}:`) && line.includes(says)));
  const withoutShellcheck = missed.length === 1 && missed[0]?.says === "SC2086" && !end.stdout.includes("shellcheck");
  if (!withoutShellcheck) expect(missed).toEqual([]);
  else skip("shellcheck is not installed");
});
