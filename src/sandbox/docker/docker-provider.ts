import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { InfraError, messageOf } from "../../core/errors.ts";
import type { LargeTree } from "../../core/large-tree.ts";
import type { Layers } from "../../core/layer.ts";
import { type Sandbox, SandboxLost, type SandboxProvider } from "../../core/sandbox.ts";
import { Channel } from "../channel/channel.ts";
import { ChannelSandbox } from "../channel/channel-sandbox.ts";
import { fitLimits, type MachineSize } from "../fitted-limits.ts";
import { type GuestProgram, loadGuestProgram } from "../guest-program.ts";
import { currentOwner, ownerToText } from "../owner.ts";
import { AttachDecoder } from "./attach-stream.ts";
import type { TreeImage } from "./build/tree-image.ts";
import { type ContainerSpec, containerOptions } from "./container.ts";
import { askEngine, type Engine } from "./engine.ts";
import { type EngineClient, engineClient, type Timeouts } from "./engine-client.ts";
import { isMissingImage, isMissingRuntime, lacksIpv6 } from "./engine-fault.ts";
import { failEnded, failMalformed, failUnresponsive, type GuestContainer } from "./guest-end.ts";
import { LocalhostOfImages } from "./localhost.ts";
import { DiskWatch } from "./machine/disk-watch.ts";
import { machineOptions, treeOptions } from "./machine/on-disk.ts";
import type { ProgramDigests } from "./machine/programs.ts";
import { removeContainer, removeOnce } from "./remove.ts";
import { waitToRetry } from "./retry.ts";

const DEFAULT_GRACE_MS = 20_000;

/** What the sandboxes of a run have in common. */
export type DockerOptions = {
  /** The image for tasks that do not name one. */
  readonly image: string;
  /** Digests by image name; a name without one stands for itself. */
  readonly imageIds?: ReadonlyMap<string, string>;
  /** The images to open sandboxes from, by name, for those that have files below the workspace. */
  readonly workspaceImages?: ReadonlyMap<string, string>;
  /** The images that have large trees over other images, by `treeKey`. */
  readonly treeImages?: ReadonlyMap<string, TreeImage>;
  /** The volumes with the programs of agents that setup installed. */
  readonly layers?: Layers;
  /** OCI runtime, `runsc` for gVisor; null is the engine's own. */
  readonly runtime?: string | null;
  /** What the engine's machine has: no sandbox gets more. Absent, limits are as they are asked for. */
  readonly machine?: MachineSize;
  /** The run that containers are labelled with. */
  readonly runId: string;
  /** How long after its timeout a command may take to answer before its sandbox is ended. */
  readonly graceMs?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** Gets a line when the engine stops answering and when it answers again. */
  readonly notify?: (text: string) => void;
};

/** What every container of a provider is opened with. */
type Opening = {
  readonly client: EngineClient;
  readonly program: GuestProgram;
  /** The same guest, for machines of tasks' own. */
  readonly machineProgram: GuestProgram;
  readonly watch: DiskWatch;
  /** Programs of images by id, looked at once for each. */
  readonly programs: Map<string, Promise<ProgramDigests>>;
  readonly owner: string;
  readonly graceMs: number;
  readonly localhost: LocalhostOfImages;
};

/** One container to create. */
type Wanted = { readonly spec: Omit<ContainerSpec, "localhost">; readonly name: string; readonly signal: AbortSignal };

/**
 * Provides sandboxes that are containers of a Docker engine.
 *
 * The guest is the first process of each, reached over a connection that is made before the container starts: opening one costs no more than the engine's own
 * create and start, and a call does not involve the engine at all. A command that has not answered `graceMs` after its timeout ends its sandbox. Failures
 * of the engine that may pass are retried, each time with a fresh container, and an engine that does not answer is waited for, unless the signal is
 * aborted; that signal also bounds how long `close` waits.
 */
export function dockerSandboxProvider(engine: Engine, options: DockerOptions): SandboxProvider {
  const {
    imageIds,
    workspaceImages,
    treeImages,
    layers,
    runtime = null,
    machine,
    runId,
    graceMs = DEFAULT_GRACE_MS,
    timeouts = {},
    notify,
  } = options;
  const client = engineClient(engine, timeouts, notify);
  const opening = {
    client,
    program: loadGuestProgram(),
    machineProgram: loadGuestProgram(["machine"], ["/usr/bin/env", "python3"]),
    watch: new DiskWatch(client),
    programs: new Map(),
    owner: ownerToText(currentOwner()),
    graceMs,
    localhost: new LocalhostOfImages(client),
  };
  const image: SandboxProvider["image"] = (named) => {
    const name = named ?? options.image;
    return { name, id: imageIds?.get(name) ?? name };
  };
  return {
    image,
    open: ({ image: named, limits, purpose, machine: whole, tree, layer }, signal) => {
      const laid = tree === undefined || whole !== undefined ? undefined : treeImages?.get(treeKey(image(named).name, tree));
      const own = whole === undefined ? workspaceImages?.get(image(named).name) : undefined;
      return openContainer(
        opening,
        {
          image: image(named).name,
          imageId: laid?.image ?? own ?? image(named).id,
          closed: laid?.closed,
          limits: machine ? fitLimits(limits, machine) : limits,
          runtime,
          runId,
          purpose,
          machine: whole,
          layer: layer === undefined || purpose === "grading" ? undefined : layers?.get(layer),
        },
        signal,
      );
    },
  };
}

/** Names a tree over an image, by the name of that. */
export function treeKey(image: string, { digest }: LargeTree): string {
  return `${image} ${digest}`;
}

async function openContainer(opening: Opening, spec: Wanted["spec"], signal: AbortSignal): Promise<Sandbox> {
  const { client, localhost } = opening;
  for (let attempts = 1; ; attempts++) {
    signal.throwIfAborted();
    const { hasIpv6 } = localhost;
    const wanted = { spec, name: `bench-${randomUUID()}`, signal };
    try {
      return await openOnce(opening, wanted);
    } catch (error) {
      const isWithoutIpv6 = hasIpv6 && lacksIpv6(error);
      if (isWithoutIpv6) localhost.lackIpv6();
      const failure = isWithoutIpv6 ? null : await waitToRetry(client, { error, attempts, signal });
      // By name: the id may have been lost with a broken connection. What cannot be removed is swept at the next start.
      const removal = failure === null ? removeContainer(client, wanted.name, signal) : removeOnce(client, wanted.name);
      await removal.catch(() => {});
      signal.throwIfAborted();
      if (failure !== null) throw asOpeningError(failure.error, spec);
    }
  }
}

async function openOnce(opening: Opening, wanted: Wanted): Promise<Sandbox> {
  const { client, graceMs } = opening;
  const guest = await client.starts(() => startGuest(opening, wanted));
  const { container, channel } = guest;
  await failChannelOnError(channel, () =>
    askEngine(`reach the guest of a sandbox from image "${wanted.spec.image}"`, () => channel.ready, client.timeouts.readyMs),
  );
  wanted.signal.throwIfAborted();
  const remove = () => removeContainer(client, container.id, wanted.signal);
  const options = { id: container.id.slice(0, 12), channel, remove, graceMs, layer: wanted.spec.layer };
  const onDisk = { ...opening, spec: wanted.spec, guest };
  if (wanted.spec.machine !== undefined) return new ChannelSandbox({ ...options, ...(await machineOptions(onDisk)) });
  return new ChannelSandbox(wanted.spec.closed === undefined ? options : { ...options, ...treeOptions(onDisk) });
}

async function startGuest({ client, program: usual, machineProgram, owner, localhost }: Opening, wanted: Wanted): Promise<GuestContainer> {
  const { spec, name, signal } = wanted;
  const { answerMs, startMs } = client.timeouts;
  signal.throwIfAborted();
  const program = spec.machine === undefined ? usual : machineProgram;
  const described = { ...spec, localhost: await localhost.of(spec.imageId) };
  const container = await createContainer(client, { ...containerOptions(described, program.command, owner), name }, spec.image);
  signal.throwIfAborted();
  const attachment = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true };
  const stream = (await askEngine("attach to a sandbox", () => container.attach(attachment), answerMs)) as unknown as Duplex;
  const events = {
    ended: () => void failEnded(guest, answerMs),
    unresponsive: () => void failUnresponsive(guest, answerMs),
    malformed: () => void failMalformed(guest),
  };
  const channel = new Channel(stream, events, new AttachDecoder());
  const guest: GuestContainer = { container, channel, hasOwnKernel: spec.runtime !== null };
  channel.sendProgram(program.source);
  await failChannelOnError(channel, () => askEngine(`start a sandbox from image "${spec.image}"`, () => container.start(), startMs));
  return guest;
}

async function createContainer(client: EngineClient, options: Docker.ContainerCreateOptions, image: string): Promise<Docker.Container> {
  const creation = client.engine.createContainer(options);
  try {
    return await askEngine(`create a sandbox from image "${image}"`, () => creation, client.timeouts.startMs);
  } catch (error) {
    // A container that is created after the timeout must not stay.
    creation.then(({ id }) => removeOnce(client, id)).catch(() => {});
    throw error;
  }
}

async function failChannelOnError<Result>(channel: Channel, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    channel.fail(error instanceof Error ? error : new Error(messageOf(error)));
    throw error;
  }
}

function asOpeningError(cause: unknown, { image, runtime }: Wanted["spec"]): unknown {
  if (isMissingImage(cause)) {
    const message = `Cannot open a sandbox: the engine has no image "${image}"; run "bench setup", or pull or build that image`;
    return new InfraError("sandbox", message, { scope: "run", cause });
  }
  if (isMissingRuntime(cause)) {
    const message = `Cannot open a sandbox: the engine has no runtime "${runtime}"; add it to the engine's configuration, or use the engine's own`;
    return new InfraError("sandbox", message, { scope: "run", cause });
  }
  if (cause instanceof SandboxLost)
    return new InfraError("sandbox", `Cannot open a sandbox: ${cause.message}; it may need more memory`, { cause });
  return cause;
}
