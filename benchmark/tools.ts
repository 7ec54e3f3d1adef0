import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, WORKSPACE } from "../src/core/sandbox.ts";
import { dockerSandboxProvider } from "../src/sandbox/docker/docker-provider.ts";
import { connectEngine, type Engine } from "../src/sandbox/docker/engine.ts";
import { median, type Section, times } from "./section.ts";

/** What one run shows, another on the same machine may not: each is in a sandbox of its own, and the claim is the lowest of all. */
const RUNS = 5;
const ROUNDS = 30;
const WARM_UP = 5;
const PAUSE_MS = 40;
const MIN_API = 10;
const MIN_CLIENT = 15;
const CONTENT = Buffer.alloc(2048, "a line of text\n");
const FILE = { path: "file.txt", root: WORKSPACE };
const LIMITS = { memoryMb: 512, cpus: 2, pids: 128, workspaceMb: 64, tmpMb: 64 };

type Exec = { readonly argv: readonly string[]; readonly stdin?: Uint8Array };

/** One tool call made in three ways. `workMs` is the time that its own program needs inside, whichever way it is reached. */
type Contest = {
  readonly name: string;
  readonly channel: () => Promise<unknown>;
  /** The same by exec: one after the other. */
  readonly execs: readonly Exec[];
  readonly hasProgram: boolean;
};

function contests(sandbox: Sandbox): readonly Contest[] {
  const run = (argv: readonly string[]) =>
    sandbox.run({ command: argv, cwd: WORKSPACE, env: {}, timeoutMs: 30_000, maxOutputBytes: 65_536 });
  const path = `${WORKSPACE}/${FILE.path}`;
  const search = ["rg", "--json", "--max-count", "20", "line", WORKSPACE];
  const command = ["bash", "-c", "true"];
  return [
    { name: "read a file", channel: () => sandbox.readFile(FILE, 65_536), execs: [{ argv: ["cat", path] }], hasProgram: false },
    {
      name: "edit a file",
      channel: async () => {
        await sandbox.readFile(FILE, 65_536);
        await sandbox.writeFile(FILE, { bytes: CONTENT });
      },
      execs: [{ argv: ["cat", path] }, { argv: ["sh", "-c", `head -c ${CONTENT.length} > ${path}`], stdin: CONTENT }],
      hasProgram: false,
    },
    { name: "search", channel: () => run(search), execs: [{ argv: search }], hasProgram: true },
    { name: "command", channel: () => run(command), execs: [{ argv: command }], hasProgram: true },
  ];
}

/** Runs a command with the engine's exec API and waits until it has ended and its output is read. */
async function apiExec(engine: Engine, id: string, { argv, stdin }: Exec): Promise<void> {
  const options = { Cmd: [...argv], AttachStdin: stdin !== undefined, AttachStdout: true, AttachStderr: true };
  const exec = await engine.getContainer(id).exec(options);
  const stream = await exec.start({ hijack: true, stdin: stdin !== undefined });
  if (stdin !== undefined) stream.end(stdin);
  stream.resume();
  await once(stream, "end");
  stream.destroy();
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`docker exec of ${argv.join(" ")} ended with ${ExitCode}`);
}

async function clientExec(id: string, { argv, stdin }: Exec): Promise<void> {
  const child = spawn("docker", ["exec", ...(stdin ? ["-i"] : []), id, ...argv], { stdio: [stdin ? "pipe" : "ignore", "pipe", "inherit"] });
  if (stdin) child.stdin?.end(stdin);
  child.stdout?.resume();
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`docker exec of ${argv.join(" ")} ended with ${code}`);
}

/** Times one call, started after the clean-up of the previous one. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  await sleep(PAUSE_MS);
  const start = performance.now();
  await work();
  return performance.now() - start;
}

type Times = { readonly channel: number; readonly api: number; readonly client: number; readonly work: number };

async function contend(contest: Contest, sandbox: Sandbox, engine: Engine): Promise<Times> {
  const all: Times[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    let work = 0;
    const channel = await timed(async () => {
      const result = await contest.channel();
      if (contest.hasProgram) work = (result as { durationMs: number }).durationMs;
    });
    const each = async (exec: (one: Exec) => Promise<void>): Promise<void> => {
      for (const one of contest.execs) await exec(one);
    };
    const api = await timed(() => each((one) => apiExec(engine, sandbox.id, one)));
    const client = await timed(() => each((one) => clientExec(sandbox.id, one)));
    all.push({ channel, work, api, client });
  }
  const counted = all.slice(WARM_UP);
  const middle = (part: keyof Times): number => median(counted.map((one) => one[part]));
  return { channel: middle("channel"), api: middle("api"), client: middle("client"), work: middle("work") };
}

type Result = { readonly name: string } & Times;

async function oneRun(engine: Engine): Promise<readonly Result[]> {
  const sandboxes = dockerSandboxProvider(engine, { image: "bench-sandbox:latest", runId: "benchmark" });
  const sandbox = await sandboxes.open({ image: null, limits: LIMITS, purpose: "agent" }, new AbortController().signal);
  try {
    await sandbox.writeFile(FILE, { bytes: CONTENT });
    const results: Result[] = [];
    for (const contest of contests(sandbox)) results.push({ name: contest.name, ...(await contend(contest, sandbox, engine)) });
    return results;
  } finally {
    await sandbox.close();
  }
}

function ratio(of: "api" | "client", one: Result): number {
  return (one[of] - one.work) / (one.channel - one.work);
}

/** The worst of the tools in each run: the lowest of these is claimed, beside their range. */
function finding(what: string, least: number, worst: readonly number[]): Section["findings"][number] {
  const [low, high] = [Math.min(...worst), Math.max(...worst)];
  return {
    what,
    measured: `${times(low)} to ${times(high)} in ${worst.length} runs`,
    bound: `at least ${least}x, the worst of four tools in every run`,
    holds: low >= least,
  };
}

/** What a tool call costs beyond the work it does: through the channel, by the engine's exec, and by a client process that asks for one. */
export async function measure(): Promise<Section> {
  const engine = connectEngine();
  const runs: (readonly Result[])[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await oneRun(engine));
  const worst = (of: "api" | "client"): readonly number[] => runs.map((results) => Math.min(...results.map((one) => ratio(of, one))));
  const range = (figures: readonly number[], show: (figure: number) => string): string =>
    `${show(Math.min(...figures))} to ${show(Math.max(...figures))}`;
  const ms = (figure: number): string => figure.toFixed(2);
  const rows = (runs[0] ?? []).map(({ name }, tool) => {
    const each = runs.flatMap((results) => results[tool] ?? []);
    return [
      name,
      ...(["channel", "api", "client", "work"] as const).map((part) =>
        range(
          each.map((one) => one[part]),
          ms,
        ),
      ),
      ...(["api", "client"] as const).map((of) =>
        range(
          each.map((one) => ratio(of, one)),
          times,
        ),
      ),
    ];
  });
  return {
    title: "Tool calls",
    how:
      `The same work in the same container, one call at a time, in turn, ${PAUSE_MS} ms apart, medians of ${ROUNDS}, in each of ${RUNS} runs: through the channel; by \`exec\` through the engine's API; ` +
      "by starting `docker exec`, as harnesses do that shell out. The program's own time is what the guest measured from its start to its end; the ratios are of what is left without it. " +
      "What else the machine does weighs most on the shortest times, those of the channel, and so lowers the ratios.",
    tables: [[["", "channel, ms", "API exec, ms", "client, ms", "program itself, ms", "API / channel", "client / channel"], ...rows]],
    findings: [
      finding("Tool call, exec by the engine's API against ours", MIN_API, worst("api")),
      finding("Tool call, a `docker exec` process against ours", MIN_CLIENT, worst("client")),
    ],
  };
}
