import type { SourceFile } from "../../core/task.ts";
import { isRecord, jsonOf, textOf } from "../report/reported-tests.ts";

/** The numbers by name that tests gave, or why there are none. */
export type Reward =
  | { readonly kind: "given"; readonly rewards: Readonly<Record<string, number>> }
  | { readonly kind: "none" | "invalid"; readonly problem: string };

/** The name of the only number, where it has none. */
export const ONLY = "reward";

const TEXT_FILE = "reward.txt";
const JSON_FILE = "reward.json";
const MAX_NAMES = 100;
const MAX_NAME = 200;
const NUMBER = /^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:e[+-]?\d{1,4})?$/i;

/** Reads what tests wrote into the folder of their results: reward.txt with one number, or else reward.json with numbers by name. All must be finite. */
export function readReward(files: readonly SourceFile[]): Reward {
  const text = files.find(({ path }) => path === TEXT_FILE);
  if (text !== undefined) return fromText(textOf(text.bytes).trim());
  const json = files.find(({ path }) => path === JSON_FILE);
  if (json !== undefined) return fromJson(jsonOf(json.bytes));
  return { kind: "none", problem: `the tests wrote neither ${TEXT_FILE} nor ${JSON_FILE}` };
}

/** Tells whether rewards pass: the one that is called "reward", or else every one of them, is at least `passAt`. */
export function passes(rewards: Readonly<Record<string, number>>, passAt: number): boolean {
  const main = rewards[ONLY];
  const deciding = main === undefined ? Object.values(rewards) : [main];
  return deciding.length > 0 && deciding.every((value) => value >= passAt);
}

function fromText(text: string): Reward {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return { kind: "given", rewards: { [ONLY]: value } };
  return {
    kind: "invalid",
    problem: `${TEXT_FILE} holds ${text === "" ? "nothing" : JSON.stringify(text.slice(0, MAX_NAME))}, which is no finite number`,
  };
}

function fromJson(value: unknown): Reward {
  if (!isRecord(value)) return { kind: "invalid", problem: `${JSON_FILE} is no JSON object` };
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.length > MAX_NAMES)
    return { kind: "invalid", problem: `${JSON_FILE} has ${entries.length} names; from 1 to ${MAX_NAMES} are read` };
  const rewards: [string, number][] = [];
  for (const [name, given] of entries) {
    const number = typeof given === "boolean" ? Number(given) : given;
    if (typeof number !== "number" || !Number.isFinite(number) || name.length > MAX_NAME)
      return { kind: "invalid", problem: `${JSON_FILE} has ${JSON.stringify(name.slice(0, MAX_NAME))}, which is no finite number` };
    rewards.push([name, number]);
  }
  return { kind: "given", rewards: Object.fromEntries(rewards) };
}
