/** Said when a response had neither text nor calls. */
export const EMPTY_RESPONSE =
  "Your last response was empty. Continue with a tool call, or reply with a short final message if the task is done.";

/** Said once to a model that stops without having changed anything. */
export const NOTHING_CHANGED =
  "You have not changed any file yet. If the task needs changes, continue; otherwise reply with your final message.";

/** Said when a response without calls hit the output limit. */
export function cutResponse(maxOutputTokens: number): string {
  return `Your response hit the output limit of ${maxOutputTokens} tokens and was cut off, so nothing was run. Write large files in smaller pieces.`;
}

/** Said for each call of a response that hit the output limit. */
export function cutCall(maxOutputTokens: number): string {
  return `your response hit the output limit of ${maxOutputTokens} tokens while this call was being written, so nothing was run. Write large files in smaller pieces.`;
}

/** Said when the provider could not make a tool call of what the model wrote. */
export function brokenCall(message: string): string {
  return `Error: invalid_json: your tool call could not be read: ${message.slice(0, 500)}\nSend the call again, its arguments as one JSON object.`;
}

/** Tells how many responses remain, when they are few; null otherwise. */
export function budgetHint(remaining: number): string | null {
  if (remaining < 1 || remaining > 3) return null;
  return `[harness] ${remaining} model ${remaining === 1 ? "response remains" : "responses remain"}.`;
}
