/** What the model is sent after a response with neither text nor calls. */
export const EMPTY_RESPONSE =
  "Your last response was empty. Continue with a tool call, or reply with a short final message if the task is done.";

/** What a model is sent once when it stops without having changed a file. */
export const NOTHING_CHANGED =
  "You have not changed any file yet. If the task needs changes, continue; otherwise reply with your final message.";

/** Writes what the model is sent after a response without calls that hit the output limit. */
export function cutResponse(maxOutputTokens: number): string {
  return `Your response hit the output limit of ${maxOutputTokens} tokens and was cut off, so nothing was run. Write large files in smaller pieces.`;
}

/** Writes the result of each call of a response that hit the output limit. */
export function cutCall(maxOutputTokens: number): string {
  return `your response hit the output limit of ${maxOutputTokens} tokens while this call was being written, so nothing was run. Write large files in smaller pieces.`;
}

/** Writes what the model is sent when the provider could not read its tool call. */
export function brokenCall(message: string): string {
  return `Error: invalid_json: your tool call could not be read: ${message.slice(0, 500)}\nSend the call again, its arguments as one JSON object.`;
}

/** Writes how many responses remain, when they are three or fewer; null otherwise. */
export function budgetHint(remaining: number): string | null {
  if (remaining < 1 || remaining > 3) return null;
  return `[harness] ${remaining} model ${remaining === 1 ? "response remains" : "responses remain"}.`;
}
