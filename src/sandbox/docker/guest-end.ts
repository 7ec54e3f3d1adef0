import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { InfraError, messageOf } from "../../core/errors.ts";
import { SandboxLost } from "../../core/sandbox.ts";
import type { Channel } from "../channel/channel.ts";
import { askEngine } from "./engine.ts";
import { engineFault, statusOf, transientCause } from "./engine-fault.ts";

/** A container and the channel to the guest in it; `hasOwnKernel` if a runtime such as gVisor runs it on a kernel of its own. */
export type GuestContainer = { readonly container: Docker.Container; readonly channel: Channel; readonly hasOwnKernel: boolean };

type State = Docker.ContainerInspectInfo["State"];

const SETTLE_MS = 3_000;
/** From this exit status on, it says which signal ended a program. */
const FIRST_SIGNAL_STATUS = 129;

/** Finds out why a guest closed its connection, and fails all pending requests with that. */
export async function failEnded(guest: GuestContainer, answerMs: number): Promise<void> {
  const { container, channel } = guest;
  // The connection ends a moment before the engine notices that the container ended.
  await Promise.race([container.wait().catch(() => {}), sleep(SETTLE_MS)]);
  channel.fail(
    await explain(container, answerMs, (state) =>
      state.Running ? brokenError("the connection to the sandbox broke") : endedError(state, guest),
    ),
  );
}

/** Ends a guest whose answer is overdue. Only programs inside can have caused that, unless the engine is gone or hangs itself. */
export async function failUnresponsive(guest: GuestContainer, answerMs: number): Promise<void> {
  const { container, channel } = guest;
  channel.fail(await explain(container, answerMs, (state) => (state.Running ? lost("it stopped answering") : endedError(state, guest))));
  await container.kill().catch(() => {});
}

/** Ends a guest that sends data it never would by itself. */
export async function failMalformed({ container, channel }: GuestContainer): Promise<void> {
  channel.fail(lost("it sent malformed data over its channel"));
  await container.kill().catch(() => {});
}

async function explain(container: Docker.Container, answerMs: number, judge: (state: State) => Error): Promise<Error> {
  try {
    const { State } = await askEngine("inspect a sandbox", () => container.inspect(), answerMs);
    return State.OOMKilled ? new SandboxLost("out-of-memory", "the sandbox used up all of its memory and was ended") : judge(State);
  } catch (cause) {
    return new InfraError("sandbox", whyUnknown(cause), { cause });
  }
}

function whyUnknown(error: unknown): string {
  if (statusOf(error) === 404) return "Cannot continue: the sandbox was removed";
  if (engineFault(error) === "unreachable") return "Cannot continue: the engine stopped, which closed the connection to the sandbox";
  return messageOf(error);
}

function endedError(state: State, { channel, hasOwnKernel }: GuestContainer): Error {
  const output = channel.errorOutput === "" ? "" : `: ${channel.errorOutput}`;
  const finding = `the sandbox ended with status ${state.ExitCode}${output}`;
  // A kernel inside the sandbox's own limits goes down when these are used up, which only programs inside can do.
  if (hasOwnKernel && state.ExitCode < FIRST_SIGNAL_STATUS) return lost(finding);
  return state.ExitCode >= FIRST_SIGNAL_STATUS ? brokenError(finding) : new InfraError("sandbox", `Cannot continue: ${finding}`);
}

function brokenError(finding: string): InfraError {
  return new InfraError("sandbox", `Cannot continue: ${finding}`, { cause: transientCause("ECONNRESET", finding) });
}

function lost(finding: string): SandboxLost {
  return new SandboxLost("stopped", `the sandbox was ended: ${finding}`);
}
