/** The kinds of errors that the harness itself reports in a tool result. */
export type ErrorKind =
  | "invalid_json"
  | "invalid_arguments"
  | "unknown_tool"
  | "path_outside_workspace"
  | "not_found"
  | "is_directory"
  | "not_a_directory"
  | "binary_file"
  | "too_large"
  | "no_match"
  | "multiple_matches"
  | "no_change"
  | "bad_pattern"
  | "timeout"
  | "policy_denied"
  | "truncated_call"
  | "too_many_calls"
  | "environment";

/** The outcome of a tool. `fullOutput` is the output before it was cut or cleaned for the model; null when `text` is all of it. */
export type ToolOutcome = {
  readonly text: string;
  readonly errorKind: ErrorKind | null;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly fullOutput: Uint8Array | null;
};

/** Makes the outcome of a tool that succeeded. */
export function succeeded(text: string, fullOutput: Uint8Array | null = null): ToolOutcome {
  return { text, errorKind: null, exitCode: null, timedOut: false, fullOutput };
}

/** Makes the outcome of a tool that failed: `Error: <kind>: <sentence>`, with the next step on a second line where there is one. */
export function failed(kind: ErrorKind, sentence: string, nextStep?: string): ToolOutcome {
  const text = nextStep === undefined ? `Error: ${kind}: ${sentence}` : `Error: ${kind}: ${sentence}\n${nextStep}`;
  return { text, errorKind: kind, exitCode: null, timedOut: kind === "timeout", fullOutput: null };
}
