import { chmodSync, mkdirSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { LAYER_FOLDER, type Layer } from "../../../../src/core/layer.ts";
import type { SandboxProvider } from "../../../../src/core/sandbox.ts";
import { agentSandbox } from "../../../../src/run/machine.ts";
import { fillLayerVolume, findLayerVolumes, removeVolume } from "../../../../src/sandbox/docker/build/layer-volume.ts";
import { dockerSandboxProvider } from "../../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine, imageId } from "../../../../src/sandbox/docker/engine.ts";
import { layerDigest, openLayerFiles } from "../../../../src/sandbox/layer-files.ts";
import { answerTask, IMAGE, inMachine, noSignal } from "../../../fixtures/machine-task.ts";
import { TempFolder } from "../../../fixtures/temp-folder.ts";

const engine = connectEngine();

/** Puts a small program into a volume, and returns a provider whose sandboxes may have it. */
async function filled(name: string): Promise<{ readonly provider: SandboxProvider; readonly layer: Layer; readonly volume: string }> {
  using folder = new TempFolder();
  mkdirSync(folder.at("layer/empty"), { recursive: true });
  folder.write({ "layer/bin/small": `#!/bin/sh\necho ${name}\n`, "layer/lib/large.bin": "x".repeat(3_000_000), "layer/none.txt": "" });
  chmodSync(folder.at("layer/bin/small"), 0o700);
  const entries = openLayerFiles(folder.at("layer"));
  const layer = { agent: `${name}@1`, program: "small", digest: layerDigest(folder.at("layer"), entries) };
  const image = (await imageId(engine, IMAGE)) ?? "";
  const { source } = await fillLayerVolume(engine, { folder: folder.at("layer"), entries, layer, imageId: image, tryOut: async () => {} });
  onTestFinished(async () => void (await removeVolume(engine, source)));
  const layers = new Map([[layer.agent, { ...layer, source }]]);
  return { layer, volume: source, provider: dockerSandboxProvider(engine, { image: IMAGE, layers, runId: "layer-volume-test" }) };
}

test("a volume has all files of an agent, is found by what it holds, and goes when nothing uses it", async () => {
  const { provider, layer, volume } = await filled("found");
  const image = (await imageId(engine, IMAGE)) ?? "";

  expect(await findLayerVolumes(engine, image, ["found@1"])).toEqual([{ name: volume, agent: "found@1", layer, isAbandoned: false }]);
  expect(await findLayerVolumes(engine, image, ["other@1"])).toEqual([]);

  const limits = { memoryMb: 128, cpus: 1, pids: 64, workspaceMb: 8, tmpMb: 8 };
  const sandbox = await provider.open({ image: null, limits, purpose: "agent", layer: "found@1" }, noSignal);
  const said = async (command: string) => Buffer.from((await inMachine(sandbox, command)).head).toString("utf8");
  expect(await said(`cd ${LAYER_FOLDER} && ls -1p . && wc -c < lib/large.bin && wc -c < none.txt`)).toBe(
    "bin/\nempty/\nlayer.json\nlib/\nnone.txt\n3000000\n0\n",
  );
  expect(await removeVolume(engine, volume)).toBe(false);
  await sandbox.close();
  expect(await removeVolume(engine, volume)).toBe(true);
});

test("root in a machine of a task's own cannot change an agent's programs, and they are not in what is graded of it", async () => {
  const { provider } = await filled("machine");
  const task = await answerTask();
  const agent = { kind: "cli", name: "machine", version: "1", command: ["small"], env: {} } as const;

  const machine = await provider.open(agentSandbox(task, agent), noSignal);
  onTestFinished(() => machine.close());
  const script = `id -u; ${LAYER_FOLDER}/bin/small; echo x > ${LAYER_FOLDER}/bin/small; umount ${LAYER_FOLDER}; mount -o remount,rw ${LAYER_FOLDER}; echo x > ${LAYER_FOLDER}/y; ${LAYER_FOLDER}/bin/small; ls ${LAYER_FOLDER}`;
  const { head } = await inMachine(machine, `(${script}) 2>/dev/null`);
  expect(Buffer.from(head).toString("utf8")).toBe("0\nmachine\nmachine\nbin\nempty\nlayer.json\nlib\nnone.txt\n");

  const frozen = await machine.freeze?.(noSignal);
  onTestFinished(() => frozen?.discard());
  const end = await frozen?.run(
    {
      lay: [],
      collect: "/logs/verifier",
      command: ["/bin/sh", "-c", `ls -A ${LAYER_FOLDER} | wc -l`],
      user: "root",
      workdir: null,
      env: {},
      timeoutMs: 60_000,
      limits: task.sandbox,
    },
    noSignal,
  );
  expect(end?.log.trim()).toBe("0");
});
