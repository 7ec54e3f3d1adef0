/** Takes every known secret out of a text. */
export type Redact = (text: string) => string;

const SHORTEST_SECRET = 6;
const REDACTED = "[redacted]";

/** Knows the secrets of a run; what is learned later is taken out from then on. */
export class SecretBook {
  private readonly spellings = new Set<string>();

  /** Adds a secret in each way it could be spelled in a body or a message. Words too short to be a key are left alone. */
  learn(secret: string): void {
    if (secret.length < SHORTEST_SECRET) return;
    for (const spelling of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) this.spellings.add(spelling);
  }

  /** Takes the secrets out, the longest first so that none survives as part of another. */
  readonly redact: Redact = (text) => {
    const longestFirst = [...this.spellings].toSorted((a, b) => b.length - a.length);
    return longestFirst.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text);
  };
}
