import { execFile } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { bubblewrapLayers, dockerLayers } from "../../../src/command/sandbox/agent-layers.ts";
import { findBubblewrap } from "../../../src/command/sandbox/prepare-bubblewrap.ts";
import { requireAgents } from "../../../src/command/sandbox/require-agents.ts";
import { installAgents, type LayerPlace, type WantedAgent } from "../../../src/command/setup/install-agents.ts";
import { bubblewrapPlace, dockerPlace } from "../../../src/command/setup/layer-places.ts";
import { UserError } from "../../../src/core/errors.ts";
import { LAYER_FOLDER, type Layers } from "../../../src/core/layer.ts";
import type { Sandbox, SandboxProvider, SandboxRequest } from "../../../src/core/sandbox.ts";
import { bubblewrapSandboxProvider } from "../../../src/sandbox/bubblewrap/bubblewrap-provider.ts";
import { findLayerVolumes, removeVolume } from "../../../src/sandbox/docker/build/layer-volume.ts";
import { dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine, imageId } from "../../../src/sandbox/docker/engine.ts";
import { type NpmRegistry, startNpmRegistry } from "../../fixtures/npm-registry.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const IMAGE = "bench-sandbox:latest";
const LIMITS = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 8, tmpMb: 8 };
const KEY = "tiny@1.2.3";
const TINY: WantedAgent = {
  known: { name: "tiny", command: ["tiny"], install: { kind: "npm", package: "@made/tiny", programs: ["@made/tiny/cli.js"] } },
  version: "1.2.3",
};
/** A script of JavaScript, which tells how it was started. */
const CLI = `const { execSync } = require("node:child_process");
if (process.argv[2] === "--version") console.log(require("./package.json").version + " (Tiny)");
else console.log(JSON.stringify({ own: process.env.OWN_NODE, path: process.env.PATH, node: execSync("command -v node").toString().trim(), args: process.argv.slice(2) }));
`;
const NODE = '#!/bin/sh\nOWN_NODE=yes\nexport OWN_NODE\nexec /usr/local/bin/node "$@"\n';

let folder: TempFolder;
let registry: NpmRegistry;
const engine = connectEngine();

beforeEach(async () => {
  folder = new TempFolder();
  const files = { "cli.js": CLI };
  const scripts = { postinstall: `echo ran > ${folder.at("ran")}` };
  registry = await startNpmRegistry([
    { name: "@made/tiny", version: "1.2.3", fields: { scripts }, files },
    { name: "@made/tiny", version: "1.2.4", files: { "cli.js": 'console.log("9.9.9")' } },
    ...["x64", "arm64"].map((cpu) => ({ name: `node-linux-${cpu}`, version: "24.21.0", files: { "bin/node": NODE } })),
  ]);
  vi.stubEnv("npm_config_registry", registry.url);
  vi.stubEnv("npm_config_cache", folder.at("npm"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  registry.close();
  folder[Symbol.dispose]();
});

const cache = (): string => folder.at("agents");

async function install(places: readonly LayerPlace[], wanted: WantedAgent = TINY): Promise<readonly string[]> {
  const told: string[] = [];
  await installAgents([wanted], places, { cache: cache(), notify: (text) => told.push(text) });
  return told;
}

type Kind = {
  readonly place: () => Promise<LayerPlace>;
  readonly layers: () => Promise<Layers>;
  readonly provider: (layers: Layers) => Promise<SandboxProvider>;
};

const KINDS: Readonly<Record<"docker" | "bubblewrap", Kind>> = {
  docker: {
    place: () => dockerPlace(engine),
    layers: async () => dockerLayers(engine, (await imageId(engine, IMAGE)) ?? ""),
    provider: async (layers) => dockerSandboxProvider(engine, { image: IMAGE, layers, runId: "layer-test" }),
  },
  bubblewrap: {
    place: () => bubblewrapPlace(cache()),
    layers: async () => bubblewrapLayers(cache()),
    provider: async (layers) => {
      const state = await findBubblewrap();
      if (state.kind === "unusable") throw new Error(state.reason);
      return bubblewrapSandboxProvider({ ...state, image: { name: IMAGE, id: "root" }, layers });
    },
  },
};

/** Removes the volumes of this test's agents; others may be installed on this machine. */
async function removeVolumes(): Promise<void> {
  for (const { name, agent } of await findLayerVolumes(engine, (await imageId(engine, IMAGE)) ?? ""))
    if (agent.startsWith("tiny@")) await removeVolume(engine, name);
}

async function openWith(provider: SandboxProvider, changes: Partial<SandboxRequest> = {}): Promise<Sandbox> {
  const request = { image: null, limits: LIMITS, purpose: "agent", layer: KEY, ...changes } as const;
  const sandbox = await provider.open(request, new AbortController().signal);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function said(sandbox: Sandbox, command: string): Promise<string> {
  const { head } = await sandbox.run({ command, cwd: "/", env: {}, timeoutMs: 60_000, maxOutputBytes: 10_000 });
  return Buffer.from(head).toString("utf8").trim();
}

describe.each(["docker", "bubblewrap"] as const)("with %s", (name) => {
  const kind = KINDS[name];

  test("an agent that is installed is in sandboxes of agents, read-only, with a Node of its own beside the task's, and in no grading", async () => {
    onTestFinished(removeVolumes);
    const told = await install([await kind.place()]);

    const layers = await kind.layers();
    expect(layers.get(KEY)).toMatchObject({ agent: KEY, program: "tiny" });
    expect(told.at(-1)).toMatch(/^tiny@1\.2\.3 is installed for /);
    const provider = await kind.provider(layers);
    const sandbox = await openWith(provider);
    const plain = await openWith(provider, { layer: undefined as never });
    expect(sandbox.layer?.program).toBe("tiny");
    expect(JSON.parse(await said(sandbox, `${LAYER_FOLDER}/bin/tiny 'a b' c`))).toEqual({
      own: "yes",
      path: await said(plain, 'printf %s "$PATH"'),
      node: await said(plain, "command -v node"),
      args: ["a b", "c"],
    });
    expect(await said(sandbox, `touch ${LAYER_FOLDER}/x || echo refused`)).toContain("Read-only file system");
    expect(await said(sandbox, `touch ${LAYER_FOLDER}/bin/tiny 2>&1; rm -rf ${LAYER_FOLDER} 2>&1; ls ${LAYER_FOLDER}/bin`)).toContain(
      "tiny",
    );
    expect(await said(sandbox, `cd ${LAYER_FOLDER} && find . ! -perm -a+r`)).toBe("");
    const grading = await openWith(provider, { purpose: "grading" });
    expect(grading.layer).toBeUndefined();
    expect(await said(grading, `ls ${LAYER_FOLDER} 2>/dev/null | wc -l`)).toBe("0");

    // It is found again, and fetched no more.
    const before = registry.asked.length;
    expect(await install([await kind.place()])).toEqual([expect.stringContaining("installed already")]);
    expect(registry.asked).toHaveLength(before);
  });

  test("what does not answer with its version, or is broken off, counts as nothing and leaves nothing", async () => {
    onTestFinished(removeVolumes);
    await expect(install([await kind.place()], { ...TINY, version: "1.2.4" })).rejects.toThrow(
      'Cannot run agent "tiny@1.2.4": what is installed has "9.9.9"; remove it with: bench clean --agents',
    );

    expect([...(await kind.layers()).keys()].filter((agent) => agent.startsWith("tiny@"))).toEqual([]);
    const image = (await imageId(engine, IMAGE)) ?? "";
    expect((await findLayerVolumes(engine, image)).filter(({ agent }) => agent.startsWith("tiny@"))).toEqual([]);
    expect(existsSync(cache()) ? readdirSync(cache()) : []).toEqual([]);
  });

  test("an agent must be installed or in the image, in the version that is named, before a run", async () => {
    const provider = await kind.provider(new Map());
    const python = await said(await openWith(provider), "python3 -c 'import platform; print(platform.python_version())'");
    const ask = (agents: readonly { readonly name: string; readonly version: string; readonly program: string }[]) =>
      requireAgents(provider, { defaultImage: IMAGE, tasks: [{ id: "t", sandbox: LIMITS }] }, { agents, sandbox: name });
    const flags = name === "docker" ? "" : "--no-engine --bubblewrap ";

    await ask([{ name: "python", version: python, program: "python3" }]);
    await expect(ask([{ name: "python", version: "3.1", program: "python3" }])).rejects.toThrow(
      `Cannot run agent "python@3.1": image "${IMAGE}" has "Python ${python}"; name that version, or run: bench setup ${flags}--agent python@3.1`,
    );
    await expect(ask([1, 2].map((version) => ({ name: "tiny", version: `${version}`, program: "tiny" })))).rejects.toThrow(
      `Cannot run agent "tiny@1", "tiny@2": not installed, and not in image "${IMAGE}"; run: bench setup ${flags}--agent tiny@1 --agent tiny@2`,
    );
  });
});

test("a volume whose filling was killed is no layer, and the next installation makes it one", async () => {
  onTestFinished(removeVolumes);
  const [place, image] = [await dockerPlace(engine), (await imageId(engine, IMAGE)) ?? ""];
  let seen: unknown = null;
  const stopped = new Error("killed here");
  const keep: LayerPlace["keep"] = async ({ layer }) => {
    // As a process leaves it that dies while it fills the volume.
    const Name = `bench-agent-${layer.digest.slice(0, 32)}`;
    await engine.createVolume({ Name, Labels: { "bench.agent": layer.agent, "bench.owner": "gone" } });
    seen = (await findLayerVolumes(engine, image)).find((volume) => volume.name === Name);
    throw stopped;
  };
  await expect(install([{ ...place, keep }])).rejects.toBe(stopped);
  expect(seen).toMatchObject({ agent: KEY, layer: null });
  expect((await dockerLayers(engine, image)).has(KEY)).toBe(false);

  await install([await dockerPlace(engine)]);

  expect((await dockerLayers(engine, image)).has(KEY)).toBe(true);
});

test("no script of a package is run while an agent is installed, which npm would do without the flag for it", async () => {
  await install([await bubblewrapPlace(cache())]);
  expect(existsSync(folder.at("ran"))).toBe(false);

  // The twin.
  folder.write({ "twin/package.json": '{"dependencies": {"@made/tiny": "1.2.3"}}' });
  await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund"], { cwd: folder.at("twin") });
  expect(readFileSync(folder.at("ran"), "utf8")).toBe("ran\n");
});

test("a version that the registry does not have, and a registry that does not answer, are one line", async () => {
  const place = await bubblewrapPlace(cache());
  await expect(install([place], { ...TINY, version: "7.0.0" })).rejects.toThrow(
    new UserError(
      'Cannot install agent "tiny@7.0.0": the registry of npm does not have @made/tiny in this version; look up its versions with: npm view @made/tiny versions',
    ),
  );
  vi.stubEnv("npm_config_registry", "http://127.0.0.1:9");
  await expect(install([place])).rejects.toThrow(
    'Cannot install agent "tiny@1.2.3": the registry of npm cannot be reached (ECONNREFUSED); check the network and npm\'s settings, then try again',
  );
  expect(readdirSync(cache())).toEqual([]);
});

test("a disk that is full while an agent is fetched is one line", async () => {
  const place = await bubblewrapPlace(cache());
  // npm as it ends on a full disk.
  folder.write({
    "bin/npm":
      "#!/bin/sh\nprintf 'npm error code ENOSPC\\nnpm error syscall write\\nnpm error nospc ENOSPC: no space left on device, write\\n' >&2\nexit 1\n",
  });
  chmodSync(folder.at("bin/npm"), 0o755);
  vi.stubEnv("PATH", `${folder.at("bin")}:${process.env["PATH"]}`);

  await expect(install([place])).rejects.toThrow(
    'Cannot install agent "tiny@1.2.3": the disk of this machine is full; make room, then try again',
  );
});

test("an interrupted installation ends, and leaves nothing", async () => {
  const place = await bubblewrapPlace(cache());
  const stop = new AbortController();
  const reason = new Error("stopped");
  const keep: LayerPlace["keep"] = async () => {
    throw new Error("it went on");
  };
  const installing = installAgents([TINY], [{ ...place, keep }], {
    cache: cache(),
    signal: stop.signal,
    notify: () => stop.abort(reason),
  });

  await expect(installing).rejects.toBe(reason);
  expect(readdirSync(cache())).toEqual([]);
  // What a process that was killed left is removed by the next one.
  folder.write({ "agents/.half-0123/owner": "{}" });
  writeFileSync(join(cache(), ".half-0123/x"), "x");
  await install([place]);
  expect(readdirSync(cache())).toHaveLength(1);
});
