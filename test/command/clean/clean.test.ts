import { describe, expect, test } from "vitest";
import { languageTag } from "../../../src/command/sandbox/language-build.ts";
import { connectEngine } from "../../../src/sandbox/docker/engine.ts";
import { runCli } from "../../fixtures/cli.ts";
import { FakeEngine } from "../../fixtures/fake-engine.ts";
import { bareContainer, leftContainer, stillThere } from "../../fixtures/left-container.ts";

const runId = `clean-${process.pid}`;

// On an engine of its own: on a shared one any other process may remove what is abandoned first, and nobody's runs are to be ended.
describe("clean", () => {
  test("removes what an ended process left, by run, and nothing else", async () => {
    await using fake = await FakeEngine.start();
    const env = { DOCKER_HOST: `unix://${fake.socketPath}` };
    const client = fake.client();
    await leftContainer(client, "b");
    const left = await leftContainer(client, "a");
    const live = await leftContainer(client, "a", {});
    const foreign = await bareContainer(client, { bench: "0", "bench.run": "a" });
    const there = (): readonly string[] => fake.containers.map(({ id }) => id.slice(0, 12));

    const listed = await runCli(["clean", "--run", "a", "--dry-run"], { env });

    expect(there()).toHaveLength(4);
    expect(listed).toEqual({
      code: 0,
      stdout: `Would remove 1 sandbox (1 of run a)
  ${left}  run a  process ended
Kept 1 sandbox (1 of run a): the process may still be running; --all removes these too and ends their work
`,
      stderr: "",
    });

    const ofRun = await runCli(["clean", "--run", "a", "--json"], { env });

    expect(JSON.parse(ofRun.stdout)).toEqual({
      dryRun: false,
      removed: [{ id: left, runId: "a", isAbandoned: true }],
      left: [{ id: live, runId: "a", isAbandoned: false }],
      images: [],
      trees: [],
      folders: [],
      states: [],
      agents: [],
    });

    const cleaned = await runCli(["clean"], { env });

    expect(cleaned.stdout).toMatch(/^Removed 1 sandbox \(1 of run b\)\nKept 1 sandbox \(1 of run a\)/);
    expect(there()).toEqual([live, foreign]);

    const all = await runCli(["clean", "--all"], { env });

    expect(all.stdout).toBe(
      "Removed 1 sandbox (1 of run a)\nThis ended work that may have been in progress: 1 sandbox (1 of run a); such runs can be resumed\n",
    );
    expect(there()).toEqual([foreign]);
  });

  test("removes images of languages that are built otherwise now, and no image of others; one that is in use stays", async () => {
    await using fake = await FakeEngine.start();
    const env = { DOCKER_HOST: `unix://${fake.socketPath}` };
    const current = languageTag("go", "sha256:fake");
    const others = [current, "bench-sandbox:latest", "bench-go:mine", "bench-perl:0123456789abcdef", "go:0123456789abcdef"];
    fake.images.push("bench-go:0123456789abcdef", ...others, "bench-java:fedcba9876543210");
    fake.plan("remove-image", { kind: "refuse", status: 409, message: "conflict: image is being used by running container" });

    const listed = await runCli(["clean", "--dry-run"], { env });
    expect(listed.stdout).toContain("Would remove 2 old images of languages (bench-go:0123456789abcdef, bench-java:fedcba9876543210)");
    expect((await runCli(["clean", "--run", "a"], { env })).stdout).toBe("Nothing to remove of run a\n");

    const cleaned = await runCli(["clean"], { env });
    expect(cleaned.stdout).toContain("Removed 1 old image of languages (bench-java:fedcba9876543210)");
    expect(fake.images).toEqual(["bench-go:0123456789abcdef", ...others]);
  });

  test("counts by run", async () => {
    await using fake = await FakeEngine.start();
    for (const run of ["b", "a", "b"]) await leftContainer(fake.client(), run);

    const cleaned = await runCli(["clean"], { env: { DOCKER_HOST: `unix://${fake.socketPath}` } });

    expect(cleaned).toEqual({ code: 0, stdout: "Removed 3 sandboxes (1 of run a, 2 of run b)\n", stderr: "" });
    expect(fake.containers).toEqual([]);
  });

  test("leaves other people's containers on the real engine alone", async () => {
    const engine = connectEngine();
    const ours = await leftContainer(engine, runId, {});
    const foreign = [await bareContainer(engine, { "bench.run": runId }), await bareContainer(engine, { bench: "0", "bench.run": runId })];
    try {
      const cleaned = await runCli(["clean", "--all", "--run", runId]);

      expect([cleaned.code, cleaned.stdout.split("\n")[0]]).toEqual([0, `Removed 1 sandbox (1 of run ${runId})`]);
      expect(await stillThere(engine, [ours, ...foreign])).toEqual(foreign);
      expect((await runCli(["clean", "--all", "--run", runId])).stdout).toBe(`Nothing to remove of run ${runId}\n`);
    } finally {
      await Promise.all(foreign.map((id) => engine.getContainer(id).remove()));
    }
  });

  test("says in one line that no engine answers, and ends with 4", async () => {
    const end = await runCli(["clean"], { env: { DOCKER_HOST: "unix:///nowhere.sock" } });

    expect([end.code, end.stdout]).toEqual([4, ""]);
    expect(end.stderr).toMatch(/^bench: Cannot reach Docker: [^\n]*; start Docker[^\n]*\n$/);
  });
});
