import type { TestPlan } from "../../src/core/task.ts";
import type { Cheat, Oddity, Played } from "./cheat.ts";
import { CLASS_A } from "./class-a.ts";
import { CLASS_B_NODE } from "./class-b-node.ts";
import { CLASS_B_PYTHON } from "./class-b-python.ts";
import { CLASS_C } from "./class-c.ts";
import { CLASS_D_NODE } from "./class-d-node.ts";
import { CLASS_D_PROGRAM } from "./class-d-program.ts";
import { CLASS_D_PYTHON } from "./class-d-python.ts";
import { ODDITIES } from "./honest.ts";
import { sumTask } from "./sum-task.ts";

/** Every row of the catalogue of attacks, by class. */
export const ROWS: Readonly<Record<"A" | "B" | "C" | "D", readonly string[]>> = {
  A: numbered("A", 8),
  B: numbered("B", 22),
  C: numbered("C", 11),
  D: numbered("D", 17),
};

/** Rows, or parts of rows, that nothing here can play, and why. */
export const NOT_PLAYED: readonly { readonly row: string; readonly reason: string; readonly whole: boolean }[] = [
  { row: "D16", reason: "no language model judges a solution; hidden tests alone decide", whole: true },
  { row: "B10", reason: "no test runs under vitest; that its configuration does nothing is played all the same", whole: false },
  { row: "B16", reason: "Cargo, Go and Gradle have no runner here; the files of Node and make are played", whole: false },
  { row: "B17", reason: "the runner for Jest's globals has no snapshots; a snapshot file is played all the same", whole: false },
  { row: "D5", reason: "the matcher's twin in Python is D4", whole: false },
  { row: "D9", reason: "a solution in Node cannot name the error that marks a skipped test; pytest's is played", whole: false },
];

const IN_PROCESS = [...CLASS_D_PYTHON, ...CLASS_D_NODE];

// The two ways to write a test in Node take turns: each attack is played with a boundary and without one, and neither of them twice.
function isPlayed(one: Cheat | Oddity, boundary: TestPlan["boundary"]): boolean {
  const other = boundary === "none" ? "jest" : "node";
  if (one.target !== "node" && one.target !== "jest") return true;
  return one.target === other || ![...IN_PROCESS, ...ODDITIES].some(({ title, target }) => title === one.title && target === other);
}

/** Every cheat on its task; those that attack the run from within are played with and without a boundary. */
export const CHEATS: readonly Played<Cheat>[] = [
  ...[...CLASS_A, ...CLASS_B_PYTHON, ...CLASS_B_NODE, ...CLASS_C, ...CLASS_D_PROGRAM].map((cheat) => placed(cheat, "none")),
  ...IN_PROCESS.filter((cheat) => !cheat.needsBoundary && isPlayed(cheat, "none")).map((cheat) => placed(cheat, "none")),
  ...IN_PROCESS.filter((cheat) => isPlayed(cheat, "process")).map((cheat) => placed(cheat, "process")),
];

/** The cheats that nothing but the boundary stops, played where there is none. */
export const OPEN_WITHOUT_BOUNDARY: readonly Played<Cheat>[] = IN_PROCESS.filter((cheat) => cheat.needsBoundary).map((cheat) =>
  placed(cheat, "none", "open "),
);

/** Every honest oddity on its task. */
export const HONEST: readonly Played<Oddity>[] = [
  ...ODDITIES.filter((oddity) => isPlayed(oddity, "none")).map((oddity) => placed(oddity, "none")),
  ...ODDITIES.filter((oddity) => oddity.target !== "exit-status" && isPlayed(oddity, "process")).map((oddity) => placed(oddity, "process")),
];

function placed<Kind extends Cheat | Oddity>(kind: Kind, boundary: TestPlan["boundary"], before = ""): Played<Kind> {
  const rows = "rows" in kind ? kind.rows.join("+") : "honest";
  const id = `${before}${rows} ${kind.target}${boundary === "process" ? " behind a boundary" : ""}: ${kind.title}`;
  return { ...kind, id, task: { ...sumTask(kind.target, boundary, secondsOf(kind)), id } };
}

function secondsOf(kind: Cheat | Oddity): number | undefined {
  return "secondsOfTests" in kind ? kind.secondsOfTests : undefined;
}

function numbered(letter: string, last: number): readonly string[] {
  return Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);
}
