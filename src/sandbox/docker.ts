import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { InfraError, messageOf } from "../core/errors.ts";
import type { OpenSandbox, SandboxSpec } from "../core/sandbox.ts";
import { SandboxLost } from "../core/sandbox.ts";
import { Channel } from "./channel.ts";
import { ChannelSandbox } from "./channel-sandbox.ts";
import { containerOptions } from "./container.ts";
import { askEngine, type Engine, statusOf } from "./engine.ts";
import { loadGuestProgram } from "./guest-program.ts";
import { currentOwner, ownerToText } from "./owner.ts";
import { removeContainer } from "./remove.ts";

const startMs = 60_000;
const readyMs = 30_000;
const settleMs = 3_000;
const defaultGraceMs = 20_000;

/**
 * Opens sandboxes as containers of a Docker engine.
 *
 * Each gets its guest as first process, over a connection made before it starts: opening one costs no more than the engine's own
 * create and start, and a call costs no engine at all. A command that has not answered `graceMs` after its time-out costs the
 * sandbox its machine.
 */
export function openDockerSandbox(engine: Engine, { graceMs = defaultGraceMs }: { readonly graceMs?: number } = {}): OpenSandbox {
  const program = loadGuestProgram();
  const owner = ownerToText(currentOwner());
  return async (spec, signal) => {
    signal.throwIfAborted();
    const container = await createContainer(engine, containerOptions(spec, program.command, owner), spec);
    try {
      signal.throwIfAborted();
      const channel = await startGuest(container, program.source, spec);
      signal.throwIfAborted();
      return new ChannelSandbox({ id: container.id.slice(0, 12), channel, remove: () => removeContainer(container), graceMs });
    } catch (error) {
      await removeContainer(container);
      throw error;
    }
  };
}

async function createContainer(engine: Engine, options: Docker.ContainerCreateOptions, spec: SandboxSpec): Promise<Docker.Container> {
  const creation = engine.createContainer(options);
  try {
    return await askEngine(`create a sandbox from image "${spec.image}"`, () => creation, startMs);
  } catch (error) {
    // One that comes after all, when nobody waits for it any more, must not stay.
    creation.then(removeContainer).catch(() => {});
    throw isMissingImage(error) ? missingImageError(spec.image, error) : error;
  }
}

function isMissingImage(error: unknown): boolean {
  return error instanceof InfraError && statusOf(error.cause) === 404 && /no such image/i.test(error.message);
}

function missingImageError(image: string, cause: unknown): InfraError {
  const message = `Cannot open a sandbox: the engine has no image "${image}"; run "npm run setup", or pull or build that image`;
  return new InfraError("sandbox", message, { scope: "run", cause });
}

async function startGuest(container: Docker.Container, source: Buffer, spec: SandboxSpec): Promise<Channel> {
  const attachment = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true };
  const stream = (await askEngine("attach to a sandbox", () => container.attach(attachment))) as unknown as Duplex;
  const channel = new Channel(stream, {
    ended: () => void explainEnd(container, channel),
    silent: () => void giveUp(container, channel, "it did not answer any more"),
    garbled: () => void giveUp(container, channel, "its channel was disturbed"),
  });
  channel.sendRaw(source);
  try {
    await askEngine(`start a sandbox from image "${spec.image}"`, () => container.start(), startMs);
    await askEngine(`reach the guest of a sandbox from image "${spec.image}"`, () => channel.ready, readyMs);
  } catch (error) {
    channel.fail(error instanceof Error ? error : new Error(messageOf(error)));
    throw error;
  }
  return channel;
}

/** Finds out why a machine hung up and tells all who wait for it. */
async function explainEnd(container: Docker.Container, channel: Channel): Promise<void> {
  try {
    // The connection ends a moment before the engine takes note of the container's end.
    await Promise.race([container.wait().catch(() => {}), sleep(settleMs)]);
    const { State } = await askEngine("ask what became of a sandbox", () => container.inspect());
    if (State.OOMKilled) {
      channel.fail(new SandboxLost("out-of-memory", "the machine used up its memory, all of it, and was ended"));
    } else if (State.Running) {
      channel.fail(new InfraError("sandbox", "Cannot go on: the connection to the sandbox broke"));
    } else {
      const said = channel.errorOutput === "" ? "" : `: ${channel.errorOutput}`;
      channel.fail(new InfraError("sandbox", `Cannot go on: the sandbox ended with status ${State.ExitCode}${said}`));
    }
  } catch (error) {
    const message =
      statusOf(error instanceof InfraError ? error.cause : error) === 404 ? "Cannot go on: the sandbox was removed" : messageOf(error);
    channel.fail(new InfraError("sandbox", message, { cause: error }));
  }
}

/** Ends a machine that cannot be worked with: only what ran inside can have brought it to that. */
async function giveUp(container: Docker.Container, channel: Channel, finding: string): Promise<void> {
  channel.fail(new SandboxLost("stopped", `the machine was ended: ${finding}`));
  await container.kill().catch(() => {});
}
