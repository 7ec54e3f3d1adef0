import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { QUICK_SANDBOX, runCli } from "../../fixtures/cli.ts";
import { GitHistory, type MadeCommit } from "../../fixtures/git-history.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const COMMITS: readonly MadeCommit[] = [
  { message: "Begin", files: { "one.py": "def one():\n    return 0\n", ".gitattributes": "*.py filter=evil diff=evil\n" } },
  {
    message: "Return one",
    files: { "one.py": "def one():\n    return 1\n", "test_one.py": "from one import one\n\n\ndef test_one():\n    assert one() == 1\n" },
  },
];

type Attack = {
  readonly title: string;
  readonly settings: (program: string) => Readonly<Record<string, string>>;
  readonly hook?: string;
  readonly usual: readonly string[];
};

// What a repository can make git run, and the usual command that does.
const ATTACKS: readonly Attack[] = [
  { title: "core.fsmonitor", settings: (program) => ({ "core.fsmonitor": program }), usual: ["status"] },
  { title: "an external diff", settings: (program) => ({ "diff.external": program }), usual: ["diff", "HEAD~1"] },
  { title: "a text conversion", settings: (program) => ({ "diff.evil.textconv": program }), usual: ["diff", "HEAD~1"] },
  { title: "a filter", settings: (program) => ({ "filter.evil.smudge": program }), usual: ["checkout", "HEAD~1", "--", "one.py"] },
  { title: "a hook", settings: () => ({}), hook: "post-checkout", usual: ["checkout", "HEAD~1"] },
];

test.for(ATTACKS)("$title runs under the usual command of git, and not by an import", async ({ settings, hook, usual }) => {
  using repository = new GitHistory(COMMITS);
  using folder = new TempFolder();
  const marker = folder.at("ran");
  const program = hook === undefined ? folder.at("evil.sh") : repository.at(`.git/hooks/${hook}`);
  repository.git("config", "core.hooksPath", repository.at(".git/hooks"));
  if (hook === undefined) folder.write({ "evil.sh": `#!/bin/sh\necho ran >> ${marker}\ncat "$1" 2>/dev/null\n` });
  else writeFileSync(program, `#!/bin/sh\necho ran >> ${marker}\n`);
  chmodSync(program, 0o755);
  for (const [name, value] of Object.entries(settings(program))) repository.git("config", name, value);

  const args = ["import", "git", repository.path, "--out", folder.at("mine"), ...QUICK_SANDBOX, "--repeats", "2"];
  const { code } = await runCli(args, { cwd: folder.path });
  expect(code).toBe(0);
  expect(existsSync(marker)).toBe(false);

  try {
    repository.git(...usual);
  } catch {
    // It ran nevertheless.
  }
  expect(existsSync(marker)).toBe(true);
});
