import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { InfraError, messageOf } from "../../core/errors.ts";
import { SandboxLost } from "../../core/sandbox.ts";
import type { Channel } from "../channel/channel.ts";
import { askEngine } from "./engine.ts";
import { engineFault, passingCause, statusOf } from "./engine-fault.ts";

/** A container and the channel to the guest in it; `hasOwnKernel` where a runtime such as gVisor's runs it under a kernel of its own. */
export type Machine = { readonly container: Docker.Container; readonly channel: Channel; readonly hasOwnKernel: boolean };

type State = Docker.ContainerInspectInfo["State"];

const SETTLE_MS = 3_000;
/** From here on the status of a program says which signal ended it. */
const FIRST_SIGNAL_STATUS = 129;

/** Finds out why a machine hung up and tells all who wait for it. */
export async function explainEnd(machine: Machine, answerMs: number): Promise<void> {
  const { container, channel } = machine;
  // The connection ends a moment before the engine takes note of the container's end.
  await Promise.race([container.wait().catch(() => {}), sleep(SETTLE_MS)]);
  channel.fail(
    await explain(container, answerMs, (state) =>
      state.Running ? brokenError("the connection to the sandbox broke") : endedError(state, machine),
    ),
  );
}

/** Ends a machine whose answer is overdue. Only what runs inside can have brought it to that, unless the engine has gone or hangs itself. */
export async function explainSilence(machine: Machine, answerMs: number): Promise<void> {
  const { container, channel } = machine;
  channel.fail(
    await explain(container, answerMs, (state) => (state.Running ? lost("it did not answer any more") : endedError(state, machine))),
  );
  await container.kill().catch(() => {});
}

/** Ends a machine that sends what its guest never would. */
export async function endGarbled({ container, channel }: Machine): Promise<void> {
  channel.fail(lost("its channel was disturbed"));
  await container.kill().catch(() => {});
}

async function explain(container: Docker.Container, answerMs: number, judge: (state: State) => Error): Promise<Error> {
  try {
    const { State } = await askEngine("ask what became of a sandbox", () => container.inspect(), answerMs);
    return State.OOMKilled ? new SandboxLost("out-of-memory", "the machine used up its memory, all of it, and was ended") : judge(State);
  } catch (cause) {
    return new InfraError("sandbox", whyUnknown(cause), { cause });
  }
}

function whyUnknown(error: unknown): string {
  if (statusOf(error) === 404) return "Cannot go on: the sandbox was removed";
  if (engineFault(error) === "away") return "Cannot go on: the engine went away, and with it the connection to the sandbox";
  return messageOf(error);
}

function endedError(state: State, { channel, hasOwnKernel }: Machine): Error {
  const said = channel.errorOutput === "" ? "" : `: ${channel.errorOutput}`;
  const finding = `the sandbox ended with status ${state.ExitCode}${said}`;
  // A kernel that lives within the sandbox's own bounds goes down when these are used up, which only what runs inside does.
  if (hasOwnKernel && state.ExitCode < FIRST_SIGNAL_STATUS) return lost(finding);
  return state.ExitCode >= FIRST_SIGNAL_STATUS ? brokenError(finding) : new InfraError("sandbox", `Cannot go on: ${finding}`);
}

function brokenError(finding: string): InfraError {
  return new InfraError("sandbox", `Cannot go on: ${finding}`, { cause: passingCause("ECONNRESET", finding) });
}

function lost(finding: string): SandboxLost {
  return new SandboxLost("stopped", `the machine was ended: ${finding}`);
}
