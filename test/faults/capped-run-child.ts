import { type CappedRun, runCapped } from "./capped-run.ts";

// A process of its own, so that it can be killed.
await runCapped(JSON.parse(process.argv[2] ?? "{}") as CappedRun);
