import { existsSync, readFileSync, rmSync } from "node:fs";
import Docker from "dockerode";
import { afterAll, expect, test } from "vitest";
import { loadSuite } from "../../../src/config/suite.ts";
import { runCli, startOnTerminal } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const docker = new Docker();
// A dozen starts, several with a build.
const TIMEOUT_MS = 500_000;
const made = new Set<string>();

afterAll(async () => {
  for (const image of made) await docker.getImage(image).remove({ force: true });
});

/** A checkout with a suite of one task in an image of its own, and settings of a user who was never asked. */
function checkout(): TempFolder & { readonly image: string } {
  const folder = new TempFolder();
  const suite = tinySuite("add");
  const files = Object.entries(suite).map(([path, text]) => [`tasks/tiny/${path}`, text] as const);
  folder.write({
    ...Object.fromEntries(files),
    "tasks/tiny/suite.yaml": "name: tiny\ntasks: [add]\ndefaults: {image: ./env}\n",
    "tasks/tiny/env/Dockerfile": `FROM bench-sandbox:latest\nRUN echo ${process.pid} ${Math.random()}\n`,
    "models.yaml": "models:\n  - {name: oracle, api: scripted, model: oracle}\n",
  });
  const image = loadSuite(folder.at("tasks/tiny")).tasks[0]?.image ?? "";
  made.add(image);
  return Object.assign(folder, { image });
}

const REFUSED = /^bench: Cannot build an image from "tasks\/tiny\/env": this is not allowed yet; [^\n]*--trust\n$/m;

test(
  "every command that opens sandboxes asks for a build, and none asks again",
  async () => {
    using folder = checkout();
    const env = { XDG_CONFIG_HOME: folder.at("config") };
    const bench = (...args: readonly string[]) => runCli(args, { cwd: folder.path, env });
    const forget = () => docker.getImage(folder.image).remove({ force: true });
    const run = ["run", "--yes"];

    expect(await bench("check", "--repeats", "1")).toMatchObject({ code: 2, stderr: expect.stringMatching(REFUSED) });
    expect(await bench(...run)).toMatchObject({ code: 2, stderr: expect.stringMatching(REFUSED) });
    expect(existsSync(folder.at("config"))).toBe(false);

    expect(await bench(...run, "--trust")).toMatchObject({ code: 0 });
    // Nothing is built, so that nothing is asked.
    expect(await bench(...run)).toMatchObject({ code: 0, stderr: expect.not.stringContaining("Building") });
    expect(await bench("regrade", "latest")).toMatchObject({ code: 0 });

    await forget();
    for (const args of [
      ["regrade", "latest"],
      ["replay", "1"],
      ["run", "--resume", "latest"],
    ])
      expect(await bench(...args), args.join(" ")).toMatchObject({ code: 2, stderr: expect.stringMatching(REFUSED) });
    expect(await bench("regrade", "latest", "--trust")).toMatchObject({ code: 0, stderr: expect.stringContaining("Building the image") });
  },
  TIMEOUT_MS,
);

test(
  "an answer on a terminal is remembered, and a build with the network is another question",
  async () => {
    using folder = checkout();
    const env = { XDG_CONFIG_HOME: folder.at("config") };
    const check = ["check", "--repeats", "1"];
    const answered = async (answer: string, ...flags: readonly string[]) => {
      const terminal = startOnTerminal([...check, ...flags], { cwd: folder.path, env });
      await terminal.until((shown) => shown.includes("[y/N]"));
      terminal.child.stdin?.write(`${answer}\n`);
      return terminal.end;
    };

    expect(await answered("n")).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('Build an image from "tasks/tiny/env"? Its Dockerfile runs on your Docker engine, without network.'),
    });
    expect(await answered("y")).toMatchObject({ code: 0 });
    expect(readFileSync(folder.at("config/bench/trust.yaml"), "utf8")).toMatch(
      new RegExp(`image: ${folder.image}@sha256:[0-9a-f]{64}, network: false`),
    );

    await docker.getImage(folder.image).remove({ force: true });
    const again = await runCli(check, { cwd: folder.path, env });
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("Building the image of tasks/tiny/env without network") });

    await docker.getImage(folder.image).remove({ force: true });
    expect(await answered("y", "--build-network")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("engine, with the network of this machine."),
    });
    await docker.getImage(folder.image).remove({ force: true });
    rmSync(folder.at("config/bench/trust.yaml"));
    expect((await runCli([...check, "--build-network"], { cwd: folder.path, env })).stderr).toContain(
      "with the network of this machine: this is not allowed yet",
    );
    expect(await runCli([...check, "--trust"], { cwd: folder.path, env })).toMatchObject({ code: 0 });
  },
  TIMEOUT_MS,
);
