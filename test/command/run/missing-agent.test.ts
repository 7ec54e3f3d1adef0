import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { QUICK_SANDBOX, runCli } from "../../fixtures/cli.ts";
import { startModelServer } from "../../fixtures/model-server.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

test("an agent that is neither installed nor in the image is told of in one line, before its model is asked or anything is stored", async () => {
  using folder = new TempFolder();
  const server = await startModelServer([]);
  const suite = Object.fromEntries(Object.entries(tinySuite("a")).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  folder.write({
    ...suite,
    "models.yaml": `models:\n  - {name: m, api: anthropic, model: x, base_url: "${server.url}", api_key_env: null, agent: claude-code@0.0.1}\n`,
  });

  const run = await runCli(["run", "--yes", ...QUICK_SANDBOX], { cwd: folder.path });
  const plan = await runCli(["plan"], { cwd: folder.path });
  const doctor = await runCli(["doctor", ...QUICK_SANDBOX], { cwd: folder.path });
  await server.close();

  expect(run).toMatchObject({ code: 2, stdout: "" });
  expect(run.stderr.trim().split("\n").at(-1)).toBe(
    'bench: Cannot run agent "claude-code@0.0.1": not installed, and not in image "bench-sandbox:latest"; run: bench setup --no-engine --bubblewrap --agent claude-code@0.0.1',
  );
  expect(server.received).toEqual([]);
  expect(existsSync(folder.at("results"))).toBe(false);
  expect(plan.stderr).toContain(
    "Not installed: claude-code@0.0.1; unless the images of the tasks have it, first run: bench setup --agent claude-code@0.0.1",
  );
  expect(doctor.stdout.replaceAll(/\s+/g, " ")).toContain(
    "agent claude-code@0.0.1 not installed; unless the images of the tasks have it, run: bench setup --no-engine --bubblewrap --agent claude-code@0.0.1",
  );
});
