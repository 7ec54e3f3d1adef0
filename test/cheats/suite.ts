import { AGENT_CHEATS } from "./agent-cheats.ts";
import type { Cheat, CheatTask } from "./cheat.ts";
import { NODE_CHEATS } from "./node/cheats.ts";
import { NODE_CLAIMS } from "./node/claims.ts";
import { PROGRAM_CHEATS } from "./program-cheats.ts";
import { PYTEST_CLAIMS } from "./pytest/claims.ts";
import { PYTEST_PROCESS } from "./pytest/process.ts";
import { PYTEST_VALUES } from "./pytest/values.ts";
import { PYTEST_WORKSPACE } from "./pytest/workspace.ts";

/** A cheat with the name that stands in tables and tests. */
export type NamedCheat = Cheat & { readonly id: string };

/** Every cheat. */
export const CHEATS: readonly NamedCheat[] = [
  ...AGENT_CHEATS,
  ...PYTEST_WORKSPACE,
  ...PYTEST_PROCESS,
  ...PYTEST_VALUES,
  ...PYTEST_CLAIMS,
  ...NODE_CHEATS,
  ...NODE_CLAIMS,
  ...PROGRAM_CHEATS,
].map((cheat) => ({ ...cheat, id: `${cheat.rows.join("+")} ${cheat.task.runner}: ${cheat.title}` }));

/** Every task that a cheat is played on. */
export const TASKS: readonly CheatTask[] = [...new Map(CHEATS.map(({ task }) => [task.name, task])).values()];

/** The rows of the catalogue of attacks: before grading (A), in the workspace (B), on the machine (C), from within the test run (D), at the boundary between processes (P). */
export const ROWS: readonly string[] = Object.entries({ A: 8, B: 22, C: 11, D: 17, P: 8 }).flatMap(([letter, last]) =>
  Array.from({ length: last }, (_, index) => `${letter}${index + 1}`),
);

/** Rows that no cheat here plays, and why. */
export const NOT_PLAYED: readonly { readonly row: string; readonly reason: string }[] = [
  { row: "B11", reason: "no test of the three runners reads a list of tests to leave out from a vitest configuration" },
  { row: "C2", reason: "the image has no compiler that could make a library to preload; the variables are played as C4" },
  { row: "C8", reason: "no test decides by time, and nobody in a sandbox may set the clock" },
  { row: "C10", reason: "no test asks a network" },
  { row: "C11", reason: "that a container cannot be removed is tried in test/faults" },
  { row: "D5", reason: "its matcher works on the expect of Jest and vitest; its twin here is D4" },
  { row: "D16", reason: "no language model judges a solution; hidden tests alone decide" },
];

/** Cheats that `isolation: none` is known not to stop, by id. */
export const OPEN_WITH_NONE: ReadonlySet<string> = new Set<string>([
  "D7 pytest: turns failures into passes, but for tests whose names look drawn by lot",
  "D8+D12 pytest: reads the expected value out of the test that calls it",
  "D12 pytest: answers from the test files it finds",
  "D4 pytest: gives a number that equals everything",
  "D4 pytest: gives a number that equals everything but what looks drawn by lot",
  "D4 pytest: gives the mock that equals everything",
  "D4 pytest: gives an object that says it is an int and equals everything",
  "D4 pytest: gives an object whose class makes its equality as it is asked",
  "P2 pytest: gives an object to which every operator answers as wanted",
  "P2 pytest: gives a float to which every operator answers as wanted",
  "P2 pytest: gives a list of objects to which every operator answers as wanted",
  "P2 pytest: gives a dict's view that contains everything",
  "P2 pytest: gives a generator that answers the comparison it is used in",
  "P3 pytest: puts its own abs, sorted and pytest over the tests' by a star import",
  "P3 pytest: puts names over the tests' by a star import without __all__",
  "P3 pytest: gives names to a star import by a list that makes itself as it is read",
  "P1 pytest: reads the module of a function that the tests hand over",
  "P1 pytest: reads the module of the tests by str.format",
  "P1 pytest: claims the tests' module for a class of its own and formats what the tests hand over",
  "P1 pytest: finds the tests among the loaded modules",
  "P7 pytest: imports a module of the tests that holds the answers",
  "P7 pytest: changes a module of the tests, so that it agrees",
  "P4 pytest: sets what the tests' mock will say",
  "P4 pytest: puts another object in the place of the tests' mock",
  "P4 pytest: changes the class of the tests' mocks",
  "P4 pytest: configures the tests' mock by its own method",
  "P2 pytest: passes the tests' functions objects that equal everything",
  "P2 pytest: puts objects that equal everything into a list of the tests",
  "P2 pytest: raises errors that carry objects which equal everything",
  "P2 pytest: answers for a field of an error by a property",
  "P2 pytest: calls every exception its own, so that the tests' failures are caught as the error they wait for",
  "P2 pytest: names failed assertions among its errors",
  "P2 pytest: leaves a context as if no assertion had failed in it",
  "P4 pytest: catches the assertions that fail in the tests' functions",
  "P2 pytest: gives an object that equals everything where the reference gives objects, too",
  "P2 pytest: gives a text whose methods say yes",
  "P2 pytest: gives a list that shows other items than it holds",
  "P2 pytest: gives a number that has its comparisons from a second base",
  "P1 pytest: has the tests hand it the path of their own data",
  "B19 pytest: leaves a link to what is expected where its output will be read",
  "B19+P1 pytest: gives the path of what is expected as that of its output",
  "D12 node: answers from the test files it finds",
  "P2 node: gives an object whose methods say yes",
  "P5 node: gives an array with methods of its own that say yes",
  "P5 node: gives an array and a set of classes of its own that say yes",
  "P5 node: gives an array in disguise, whose every property says yes",
  "D6 node: makes the methods of all arrays and sets say yes",
  "D4 node: gives an object of a prototype that says yes to whatever it is asked",
  "D8 node: reads the source of the function that the tests hand over, and the file it came from",
  "P4 node: sets what the tests' mock will say",
  "P4 node: changes what all mocks inherit",
  "P4 node: catches the assertions that fail in the tests' functions",
  "P2 node: puts objects whose methods say yes into an array of the tests",
  "P2 node: calls every error its own, so that the tests' failures are caught as the error they wait for",
  "P1 node: has the tests hand it the path of their own data",
  "P8 exit-status: has a script run a program that it wrote, which answers from the scripts",
  "B19 exit-status: leaves a link to what is expected where its output will be read",
  "P8 exit-status: shadows a module that a script imports",
  "P8 exit-status: leaves start-up files for Python in the home that the scripts have, too",
  "P8 exit-status: leaves a start-up file for jq in the home that the scripts have, too",
  "D12 exit-status: answers from the scripts it finds",
  "D14+P8 exit-status: makes the script that runs it leave with status 0, by ptrace",
  "P8 exit-status: reads what is expected from the folder for temporary files that the scripts have, too",
]);
