import { expect, test } from "vitest";
import { Store } from "../../src/store/store.ts";
import { startOnTerminal } from "../fixtures/cli.ts";
import { savePastRun } from "../fixtures/past-run.ts";
import { anArm, aTask } from "../fixtures/record.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

async function shown(flags: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  using folder = new TempFolder();
  const store = new Store(folder.at("bench.db"), () => new Date());
  savePastRun(store, { id: "20260101-0800-aaaa", arm: anArm(), tasks: [aTask()], outcomes: ["+"] });
  store.close();
  const { code, stdout } = await startOnTerminal(["show", "1", "--db", folder.at("bench.db"), ...flags], { cwd: folder.path, env }).end;
  expect(code, stdout).toBe(0);
  return stdout;
}

const PAGER = { PAGER: "sed s/^/paged:/" };

// The program "script" makes the terminal; its flags are those of Linux.
test.skipIf(process.platform !== "linux")("a trial is shown by the pager of the user, unless that is not wanted", async () => {
  expect(await shown([], PAGER)).toContain("paged:Trial 1: add, oracle");
  expect(await shown(["--no-pager"], PAGER)).toMatch(/^Trial 1: add, oracle/);
  expect(await shown([], { PAGER: "cat" })).toMatch(/^Trial 1: add, oracle/);
});

test.skipIf(process.platform !== "linux")("a pager that is not there, and one that is closed at once, lose and break nothing", async () => {
  expect(await shown([], { PAGER: "no-such-pager -x" })).toMatch(/^Trial 1: add, oracle/);
  expect(await shown([], { PAGER: "true" })).not.toContain("bug");
});
