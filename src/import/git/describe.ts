// A patch of a whole module; what is longer is cut, and the description says so by what it lacks.
const MAX_PATCH = 60_000;
const MAX_NAMES = 40;
const MAX_ANSWER = 6_000;
const MIN_QUOTED = 30;
const MAX_QUOTES = 1;

/** What a model is told to do with a commit. */
export const DESCRIBE_INSTRUCTION = `You write the task for a programmer who will make a change that somebody has already made. You get the message of the commit, its patch, and the names of the tests that will judge the work. The programmer gets the code before the change and your text, and never sees the patch or the tests.

Write what the change must do, as an issue in the project would: the behaviour that is wanted or wrong now, with the names, parameters, return values, messages and special cases that tests can see. Everything that the tests check must follow from your text and the existing code.

Do not give the solution away: quote no line of the patch, name no place in the code that has to be changed unless its name is part of the behaviour, and describe no implementation.

Begin with a heading of one line ("# ..."). Answer with the text alone, in plain Markdown of at most 300 words.`;

/** What a description is written from. */
export type DescribedChange = { readonly message: string; readonly patch: string; readonly failing: readonly string[] };

/** Writes the question to a model. */
export function describeQuestion({ message, patch, failing }: DescribedChange): string {
  const cut = patch.length > MAX_PATCH ? `${patch.slice(0, MAX_PATCH)}\n[the rest is left out]` : patch;
  const tests = failing.slice(0, MAX_NAMES).map((name) => `- ${name}`);
  return ["Message:", message, "Tests that fail before the change:", tests.join("\n"), "Patch:", cut].join("\n\n");
}

/** Takes a description out of a model's answer, or says why it cannot be used. */
export function readDescription(
  answer: string,
  patch: string,
): { readonly kind: "usable"; readonly text: string } | { readonly kind: "unusable"; readonly reason: string } {
  const text = answer.trim();
  if (text === "") return { kind: "unusable", reason: "it is empty" };
  if (text.length > MAX_ANSWER) return { kind: "unusable", reason: `it has more than ${MAX_ANSWER} characters` };
  const quoted = addedLines(patch).filter((line) => text.includes(line));
  if (quoted.length > MAX_QUOTES) return { kind: "unusable", reason: `it quotes ${quoted.length} lines of the patch` };
  return { kind: "usable", text };
}

// Shorter lines are found in any text about the same code, and so is the one that gives the interface its form.
function addedLines(patch: string): readonly string[] {
  const lines = patch.split("\n").flatMap((line) => (line.startsWith("+") && !line.startsWith("+++") ? [line.slice(1).trim()] : []));
  return [...new Set(lines)].filter((line) => line.length >= MIN_QUOTED);
}
