import { compareArms, sideOf } from "../../analysis/compare.ts";
import type { Side } from "../../analysis/comparison.ts";
import { decideGate, type FinalAnalysis, type GateSides } from "../../analysis/gate/decide-gate.ts";
import type { GateArms } from "../../analysis/gate/decide-round.ts";
import type { GateResult } from "../../analysis/gate/gate-result.ts";
import { gatedComparison } from "../../analysis/gate/gated-comparison.ts";
import { type Summary, summarize } from "../../analysis/summary.ts";
import { jsonText } from "../../core/printable.ts";
import { comparisonText } from "../../report/terminal/comparison-text.ts";
import { gateText } from "../../report/terminal/gate-text.ts";
import { writeReport } from "../../report/written-report.ts";
import type { Store } from "../../store/store.ts";
import { refuseMisleading, withCapStops } from "../compare/compare-arms.ts";
import { whereaboutsOf } from "../open-store.ts";
import { writeReports } from "../report/report-file.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import type { Trust } from "../trust/trust.ts";
import { type AllGateFlags, type GateFlags, gateOptions } from "./gate-flags.ts";

/** Where a gate is shown, which flags the user typed, and what they have allowed. */
export type GateDeps = { readonly terminal: Terminal; readonly given: (flag: string) => boolean; readonly trust: Trust };

/** Decides a gate over two stored arms; the summary has their comparison and the decision. Throws UserError when the comparison would mislead. */
export function gateSummary(
  sides: GateArms,
  { flags, final }: { readonly flags: GateFlags; readonly final: FinalAnalysis | null },
): Summary & { readonly gate: GateResult } {
  const isOneArm = sides.baseline.run.id === sides.candidate.run.id && sides.baseline.arm.armId === sides.candidate.arm.armId;
  const compared = isOneArm ? summarize([sides.baseline], [sides.baseline.run]) : compareArms([sides.baseline, sides.candidate], "tasks");
  if (!flags.allowMismatch) refuseMisleading(writeReport(compared));
  const labels = labelsIn(compared, sides);
  const gate = decideGate({ ...sides, labels }, gateOptions(flags), final);
  return { ...compared, comparisons: compared.comparisons.map((comparison) => gatedComparison(comparison, gate)), gate };
}

/** Prints a summary with a gate, writes it to the report files and gives the exit code of the gate. */
export async function printGate(
  summary: Summary,
  { store, flags, terminal }: { readonly store: Store; readonly flags: AllGateFlags; readonly terminal: Terminal },
): Promise<ExitCode> {
  const report = writeReport(withCapStops(store, summary), whereaboutsOf(store, flags.db));
  await writeReports(report, flags.output ?? [], store);
  if (!report.gate) throw new Error("Cannot print a gate without its result; this is a bug");
  const comparison = report.comparisons.length > 0 ? [comparisonText(report, terminal.paint), ""] : [];
  terminal.print(flags.json ? jsonText(report) : [...comparison, gateText(report.gate, terminal.paint)].join("\n"));
  return report.gate.exitCode;
}

function labelsIn({ arms }: Summary, { baseline, candidate }: GateArms): GateSides["labels"] {
  const side = (one: GateArms["baseline"]): Side =>
    sideOf(one, arms.find(({ runId, armId }) => runId === one.run.id && armId === one.arm.armId)?.label);
  return { baseline: side(baseline), candidate: side(candidate) };
}
