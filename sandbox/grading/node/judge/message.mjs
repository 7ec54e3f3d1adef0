/** The message of what a test failed with. */

const MAX_MESSAGE = 2_000;
const isError = (value) => value instanceof Error;

/** Gives the message of anything thrown, without colours and of limited length. */
export function messageOf(error) {
  try {
    const cause = error?.code === "ERR_TEST_FAILURE" && error.cause !== undefined ? error.cause : error;
    const text = isError(cause) ? `${cause.name}: ${cause.message}` : typeof cause === "string" ? cause : `thrown: ${String(cause)}`;
    return text.replace(/\u001b\[[0-9;]*m/g, "").slice(0, MAX_MESSAGE);
  } catch {
    return "thrown: something that cannot be shown";
  }
}
