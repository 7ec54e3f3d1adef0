import Docker from "dockerode";
import { openDockerSandbox } from "../../src/sandbox/docker.ts";
import { sandboxContract } from "../contract/sandbox-contract.ts";
const engine = new Docker({ socketPath: "/tmp/gv/docker.sock" });
const spec = (limits: any) => ({ image: "bench-sandbox:latest", limits, runtime: "runsc", labels: {} });
sandboxContract({ open: (limits) => openDockerSandbox(engine)(spec(limits), new AbortController().signal),
 cannot: Object.fromEntries(["fd/0","fd/1","fd/2"].map(n=>[`the first process shows nobody its ${n}`,"exposed"])) });
