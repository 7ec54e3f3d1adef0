import { compareArms, sideOf } from "../../analysis/compare.ts";
import type { Side } from "../../analysis/comparison.ts";
import type { GateResult } from "../../analysis/gate/gate-result.ts";
import { type GateSides, judgeGate, type LastLook } from "../../analysis/gate/judge-gate.ts";
import { type Summary, summarize } from "../../analysis/summary.ts";
import { comparisonText } from "../../report/terminal/comparison-text.ts";
import { gateText } from "../../report/terminal/gate-text.ts";
import { writeReport } from "../../report/written-report.ts";
import type { Store } from "../../store/store.ts";
import { refuseMisleading } from "../compare/compare.ts";
import { writeReports } from "../report/report-file.ts";
import type { RunFlags } from "../run/run-settings.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import { type GateFlags, gateOptions } from "./gate-options.ts";
import type { StoredSides } from "./gate-sides.ts";

/** The flags of `bench gate`, those of the run that it may start included. */
export type AllGateFlags = GateFlags & RunFlags & { readonly candidate?: string };

/** Where a gate is shown, and which flags were really typed. */
export type GateDeps = { readonly terminal: Terminal; readonly given: (flag: string) => boolean };

/** Judges two stored arms; the summary has their comparison and the gate's result. Throws UserError where the comparison would mislead. */
export function gateSummary(
  sides: StoredSides,
  { flags, look }: { readonly flags: GateFlags; readonly look: LastLook | null },
): Summary & { readonly gate: GateResult } {
  const isOneArm = sides.baseline.run.id === sides.candidate.run.id && sides.baseline.arm.armId === sides.candidate.arm.armId;
  const compared = isOneArm ? summarize([sides.baseline], [sides.baseline.run]) : compareArms([sides.baseline, sides.candidate], "tasks");
  if (!flags.allowMismatch) refuseMisleading(writeReport(compared));
  const labels = labelsIn(compared, sides);
  return { ...compared, gate: judgeGate({ ...sides, labels }, gateOptions(flags), look) };
}

/** Prints a report with a gate, writes it to files and gives its exit code. */
export async function tellGate(
  summary: Summary,
  { store, flags, terminal }: { readonly store: Store; readonly flags: AllGateFlags; readonly terminal: Terminal },
): Promise<ExitCode> {
  const report = writeReport(summary);
  await writeReports(report, flags.output ?? [], store);
  if (!report.gate) throw new Error("Cannot tell a gate without its result; this is a bug");
  const comparison = report.comparisons.length > 0 ? [comparisonText(report, terminal.paint), ""] : [];
  terminal.print(flags.json ? JSON.stringify(report, null, 2) : [...comparison, gateText(report.gate, terminal.paint)].join("\n"));
  return report.gate.exitCode;
}

function labelsIn({ arms }: Summary, { baseline, candidate }: StoredSides): GateSides["labels"] {
  const side = (one: StoredSides["baseline"]): Side =>
    sideOf(one, arms.find(({ runId, armId }) => runId === one.run.id && armId === one.arm.armId)?.label);
  return { baseline: side(baseline), candidate: side(candidate) };
}
