/**
 * What a tool call costs beyond the work it does: the sandbox's channel against `docker exec` through the engine's API, the way most
 * harnesses reach a container. Both do the same work in the same container, in turn, so that a busy machine slows both alike.
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, WORKSPACE } from "../src/core/sandbox.ts";
import { openDockerSandbox } from "../src/sandbox/docker.ts";
import { connectEngine, type Engine } from "../src/sandbox/engine.ts";

const rounds = 60;
const warmUp = 5;
const pauseMs = 40;
const content = Buffer.alloc(2048, "a line of text\n");
const file = { path: "file.txt", root: WORKSPACE };
const limits = { memoryMb: 512, cpus: 2, pids: 128, workspaceMb: 64, tmpMb: 64 };

type Contest = { readonly name: string; readonly channel: () => Promise<unknown>; readonly exec: () => Promise<unknown> };

function contests(box: Sandbox, engine: Engine): readonly Contest[] {
  const command = (argv: readonly string[]) =>
    box.run({ command: argv, cwd: WORKSPACE, env: {}, timeoutMs: 30_000, maxOutputBytes: 65_536 });
  return [
    { name: "run true", channel: () => command(["true"]), exec: () => dockerExec(engine, box.id, ["true"]) },
    {
      name: "run bash -c true",
      channel: () => command(["bash", "-c", "true"]),
      exec: () => dockerExec(engine, box.id, ["bash", "-c", "true"]),
    },
    {
      name: "read 2 KB",
      channel: () => box.readFile(file, 65_536),
      exec: () => dockerExec(engine, box.id, ["cat", `${WORKSPACE}/${file.path}`]),
    },
    {
      name: "write 2 KB",
      channel: () => box.writeFile(file, { bytes: content }),
      exec: () => dockerExec(engine, box.id, ["sh", "-c", `head -c ${content.length} > ${WORKSPACE}/${file.path}`], content),
    },
  ];
}

/** Runs a command by the engine's own means and waits until it has ended and its output is read. */
async function dockerExec(engine: Engine, id: string, argv: readonly string[], stdin?: Uint8Array): Promise<void> {
  const options = { Cmd: [...argv], AttachStdin: stdin !== undefined, AttachStdout: true, AttachStderr: true };
  const exec = await engine.getContainer(id).exec(options);
  const stream = await exec.start({ hijack: true, stdin: stdin !== undefined });
  if (stdin !== undefined) stream.write(stdin);
  stream.resume();
  await once(stream, "end");
  stream.destroy();
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`docker exec of ${argv.join(" ")} ended with ${ExitCode}`);
}

/** Times one call, begun when what the call before it left to be cleared up is done. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  await sleep(pauseMs);
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function measure(contest: Contest): Promise<string> {
  const channelMs: number[] = [];
  const execMs: number[] = [];
  for (let round = 0; round < rounds + warmUp; round++) {
    const pair = [await timed(contest.channel), await timed(contest.exec)] as const;
    if (round < warmUp) continue;
    channelMs.push(pair[0]);
    execMs.push(pair[1]);
  }
  const [ours, theirs] = [median(channelMs), median(execMs)];
  const cells = [ours.toFixed(2), theirs.toFixed(2), `${(theirs / ours).toFixed(1)}x`];
  return `${contest.name.padEnd(18)}${cells.map((cell) => cell.padStart(14)).join("")}\n`;
}

const engine = connectEngine();
const spec = { image: "bench-sandbox:latest", limits, runtime: null, labels: { "bench.run": "benchmark" } };
const box = await openDockerSandbox(engine)(spec, new AbortController().signal);
try {
  await box.writeFile(file, { bytes: content });
  process.stdout.write(`${"".padEnd(18)}${["channel, ms", "exec, ms", "ratio"].map((cell) => cell.padStart(14)).join("")}\n`);
  for (const contest of contests(box, engine)) process.stdout.write(await measure(contest));
  process.stdout.write(
    `\nMedians of ${rounds} calls each way, in turn, in one container, one at a time, ${pauseMs} ms apart, after ${warmUp} that do not count.\n`,
  );
} finally {
  await box.close();
}
