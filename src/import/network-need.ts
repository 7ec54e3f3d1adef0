// What fetches something whenever it runs, at the start of a command of a shell script.
const FETCHES: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "uvx", pattern: /^uvx\b/ },
  { what: "uv", pattern: /^uv\s+(?:tool\s+)?(?:run|add|sync|pip|install|init|python)\b/ },
  { what: "pip install", pattern: /^(?:python[\d.]*\s+-m\s+)?pip[\d.]*\s+(?:install|download)\b/ },
  { what: "apt-get", pattern: /^apt(?:-get)?\s+(?:-\S+\s+)*(?:update|install|upgrade)\b/ },
  { what: "apk add", pattern: /^apk\s+(?:-\S+\s+)*(?:add|update)\b/ },
  { what: "npm install", pattern: /^(?:npm|pnpm|yarn)\s+(?:install|ci|i|add)\b/ },
  { what: "npx", pattern: /^npx\b/ },
  { what: "curl", pattern: /^curl\s.{0,300}https?:\/\/(?!localhost|127\.|\[::1\]|0\.0\.0\.0)/ },
  { what: "wget", pattern: /^wget\s.{0,300}https?:\/\/(?!localhost|127\.|\[::1\]|0\.0\.0\.0)/ },
  { what: "git clone", pattern: /^git\s+clone\s+(?:-\S+\s+)*(?:https?|git|ssh):/ },
  { what: "cargo install", pattern: /^cargo\s+install\b/ },
  { what: "go get", pattern: /^go\s+(?:get|install)\s/ },
];
// Options that keep such a program from the network.
const OFFLINE = /\s(?:--offline|--no-index|--no-download|--dry-run)\b|UV_OFFLINE=1/;
// The script goes on where this fails.
const TOLERATED = /\|\|\s{0,10}(?:true|:)\s{0,10}(?:[;)#].{0,300})?$/;
const MAX_CHARACTERS = 200_000;

/** Names the first program of a shell script that plainly needs the network, with its line, such as `uvx in line 12`; null where there is none. */
export function networkNeed(script: string): string | null {
  const lines = script.slice(0, MAX_CHARACTERS).split("\n");
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text.startsWith("#") || TOLERATED.test(text) || OFFLINE.test(text)) continue;
    for (const command of text.split(/&&|\|\||[;|(){}]/)) {
      const words = command.trim().replace(/^(?:(?:sudo|then|do|else|exec|if|!|\w{1,60}=\S{0,200})\s+)*/, "");
      const found = FETCHES.find(({ pattern }) => pattern.test(words));
      if (found !== undefined) return `${found.what} in line ${index + 1}`;
    }
  }
  return null;
}
