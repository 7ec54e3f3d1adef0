import { describe } from "vitest";
import { dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine, describeEngine } from "../../../src/sandbox/docker/engine.ts";
import { sandboxContract } from "../../contract/sandbox-contract.ts";

const engine = connectEngine();
const runtime = "runsc";
const { runtimes } = await describeEngine(engine);

const openChannel = "gVisor lets a process of the same user open it; the seals of the channel keep it from saying anything";
const asOne = "gVisor's own kernel is bounded together with what runs on it, and goes down with it";

// What gVisor (July 2024) does otherwise, by the name of the test that shows it.
const cannot: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["fd/0", "fd/1", "fd/2"].map((name) => [`other processes cannot read the first process's ${name}`, openChannel])),
  ...Object.fromEntries(
    ["environ", "maps"].map((name) => [
      `other processes cannot read the first process's ${name}`,
      "gVisor shows it; nothing in it is secret",
    ]),
  ),
  "a timeout ends all processes of the command and no earlier ones": "gVisor hangs up a group with a stopped process",
  "a fork bomb ends with its timeout, and the next command runs": asOne,
  "a fork bomb that gives up and was left behind does not keep the next command from running": asOne,
  "a fork bomb that does not and was left behind does not keep the next command from running": asOne,
  "a command that kills itself is not reported as out of memory": asOne,
  "a thousand refusals are reported in a bounded list": "gVisor is too slow for the shell that makes them",
  "a hundred thousand new files, files that change and files of other kinds do no harm":
    "gVisor is too slow for the program that makes them",
  ...Object.fromEntries(
    ["itself", "in a child", "in a pipe", "by exec"].map((how) => [
      `a command that uses up the memory ${how} ends as out of memory, and the sandbox stays usable`,
      asOne,
    ]),
  ),
  "the number of files is limited": "gVisor does not bound the number of files, only their size",
  "there is no network but the sandbox's own": "gVisor says that there is no route to a host, where Linux says that there is no network",
  "the agent is a user without privileges and cannot gain any": "gVisor does not show whether new privileges can be had",
  "programs in the workspace and in /tmp can run, without the privileges of their owner": "gVisor does not show the options of a mount",
  "the limits hold": asOne,
};

// `bash sandbox/setup.sh --gvisor` makes it known to an engine that is started then.
describe.skipIf(!runtimes.includes(runtime))("under gVisor", () =>
  sandboxContract({
    provider: dockerSandboxProvider(engine, { image: "bench-sandbox:latest", runtime, runId: `test-gvisor-${process.pid}` }),
    cannot,
  }),
);
