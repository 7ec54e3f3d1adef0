// What `import "coding-bench"` gives: the functions, the errors they throw, and the types of what they take and give. See docs/api.md.
export type { Comparison, Ratio, Side } from "../analysis/comparison.ts";
export type { ArmSummary } from "../analysis/summary.ts";
export { InfraError, UserError } from "../core/errors.ts";
export type { RunEvent } from "../core/event.ts";
export type { RunEnd, RunListing, RunRecord, StepRecord, ToolCallRecord, Trajectory, TrialRecord } from "../core/record.ts";
export type { Report, WrittenComparison, WrittenGate } from "../report/written-report.ts";
export { type CompareOptions, compare, type GateOptions, type GateReport, gate } from "./compare.ts";
export { listRuns, type ReadOptions, readReport, readTrajectory, readTrials } from "./results.ts";
export { type ExecutionOptions, type RunOptions, type RunResult, resume, run } from "./run.ts";
