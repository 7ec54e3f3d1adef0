import { spawnSync } from "node:child_process";
import { expect, onTestFinished, test, vi } from "vitest";
import { bubblewrapLayers } from "../../../src/command/sandbox/agent-layers.ts";
import { findBubblewrap } from "../../../src/command/sandbox/prepare-bubblewrap.ts";
import { installAgents, type WantedAgent } from "../../../src/command/setup/install-agents.ts";
import { bubblewrapPlace } from "../../../src/command/setup/layer-places.ts";
import { LAYER_FOLDER } from "../../../src/core/layer.ts";
import type { Sandbox } from "../../../src/core/sandbox.ts";
import { bubblewrapSandboxProvider } from "../../../src/sandbox/bubblewrap/bubblewrap-provider.ts";
import { startPypiIndex } from "../../fixtures/pypi-index.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const LIMITS = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 8, tmpMb: 8 };
const LAUNCHER = `from importlib.metadata import version
import subprocess
import tiny_agent

if sys.argv[1:] == ["--version"]:
    print(version("tiny-agent"))
    sys.exit()
own = subprocess.run(["python3", "-c", "import tiny_agent; print(tiny_agent.WHO)"], capture_output=True, text=True)
print(tiny_agent.WHO, own.stdout.strip(), sys.stdin.read())
`;

const hasPip = spawnSync("python3", ["-m", "pip", "--version"]).status === 0;

function tiny(changes: { readonly version?: string; readonly python?: string } = {}): WantedAgent {
  const { version = "1.2.3", python = "3.11" } = changes;
  return {
    known: { name: "tiny", command: ["tiny"], install: { kind: "pypi", package: "tiny-agent", python, launcher: LAUNCHER } },
    version,
  };
}

async function opened(cache: string): Promise<Sandbox> {
  const state = await findBubblewrap();
  if (state.kind === "unusable") throw new Error(state.reason);
  const provider = bubblewrapSandboxProvider({ ...state, image: { name: "x", id: "root" }, layers: bubblewrapLayers(cache) });
  const request = { image: null, limits: LIMITS, purpose: "agent", layer: "tiny@1.2.3" } as const;
  const sandbox = await provider.open(request, new AbortController().signal);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

test.skipIf(!hasPip)(
  "an agent of PyPI has its packages, and neither the workspace's nor the task's programs know of each other's",
  async () => {
    using folder = new TempFolder();
    const index = await startPypiIndex(folder.path, { name: "tiny-agent", version: "1.2.3", source: 'WHO = "installed"\n' });
    onTestFinished(() => index.close());
    vi.stubEnv("PIP_INDEX_URL", index.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const cache = folder.at("agents");
    const install = (wanted: WantedAgent, place: Awaited<ReturnType<typeof bubblewrapPlace>>) =>
      installAgents([wanted], [place], { cache, notify: () => {} });
    const place = await bubblewrapPlace(cache);

    await install(tiny(), place);

    const sandbox = await opened(cache);
    await sandbox.putFiles(sandbox.workspace, [{ path: "tiny_agent.py", bytes: Buffer.from('WHO = "of the task"\n'), executable: false }]);
    const command = [`${LAYER_FOLDER}/bin/tiny`];
    const asked = { command, cwd: sandbox.workspace, env: {}, timeoutMs: 60_000, maxOutputBytes: 10_000, stdin: Buffer.from("the prompt") };
    const { head } = await sandbox.run(asked);
    expect(Buffer.from(head).toString("utf8")).toBe("installed of the task the prompt\n");

    await expect(install(tiny({ version: "7.0.0" }), place)).rejects.toThrow(
      'Cannot install agent "tiny@7.0.0": PyPI does not have tiny-agent in this version; look up its versions with: python3 -m pip index versions tiny-agent',
    );
    // An image with another Python is told so.
    const other = { ...place, has: () => false };
    await expect(install(tiny({ python: "3.9" }), other)).rejects.toThrow(
      /its program cannot be started there \(it needs Python 3\.9 as python3, and the image has 3\./,
    );
    vi.stubEnv("PIP_INDEX_URL", "http://127.0.0.1:9/simple");
    await expect(install(tiny(), other)).rejects.toThrow("PyPI cannot be reached; check the network and pip's settings, then try again");
  },
);
