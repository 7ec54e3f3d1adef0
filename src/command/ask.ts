import { createInterface } from "node:readline/promises";
import { plainText } from "../core/printable.ts";

/** Asks a question and gives the answer as typed. */
export type Ask = (question: string) => Promise<string>;

/** Returns whether a user can be asked: both the question and the answer go to a terminal. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks on the terminal; Ctrl-C and the end of the input give an empty answer. */
export const askOnTerminal: Ask = async (question) => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Closing the input without an answer means no.
  const closed = new Promise<null>((resolve) => terminal.once("close", () => resolve(null)));
  try {
    const answer = await Promise.race([terminal.question(plainText(question)), closed]);
    // Without a line end of the user's, what is printed next would stand behind the question.
    if (answer === null) process.stderr.write("\n");
    return answer ?? "";
  } finally {
    terminal.close();
  }
};

/** Returns whether an answer confirms: only `y` and `yes` do. */
export function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer.trim());
}
