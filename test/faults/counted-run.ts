import { tinySuite } from "../fixtures/temp-folder.ts";

/** How much the long tests do: bounded in every test run, all of it with BENCH_FAULTS=full (`npm run test:faults`). */
export const IS_FULL = process.env["BENCH_FAULTS"] === "full";

/** Prices of the counting server's models, in dollars for a million tokens. */
export const PRICE = { input: 10, output: 50 };

/** Files of a suite whose tasks have each a prompt of its own, and of a models.yaml with a right and a wrong model on the counting server. */
export function countedFiles(url: string, tasks: number, extra = ""): Readonly<Record<string, string>> {
  const ids = Array.from({ length: tasks }, (_, index) => `task-${index}`);
  const prompts = Object.fromEntries(
    ids.map((id) => [`suite/${id}/prompt.md`, `This is ${id}. Write add(a, b) in add.py. It returns the sum.\n`]),
  );
  const suite = Object.fromEntries(Object.entries(tinySuite(...ids)).map(([path, text]) => [`suite/${path}`, text]));
  const entry = (name: string): string =>
    `  - { name: ${name}, api: openai-chat, model: ${name}, base_url: "${url}", api_key_env: null, max_output_tokens: 200, price: { input: ${PRICE.input}, output: ${PRICE.output} }, limits: { concurrency: 16 }${extra} }\n`;
  return { ...suite, ...prompts, "models.yaml": `models:\n${entry("right")}${entry("wrong")}` };
}

/** Numbers in [0, 1) that are the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
