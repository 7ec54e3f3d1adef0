import { readFileSync } from "node:fs";

/** The guest's modules, each after those it uses. */
const modules = ["wire", "process", "shield", "output", "command", "confine", "file", "export", "main"];

/** Reads the program that follows it on standard input: a command line of that length would fill every listing of processes inside. */
const loader = `import os,sys,json
n=int(sys.argv[1]);b=b""
while len(b)<n:
 c=os.read(0,n-len(b))
 if not c:sys.exit()
 b+=c
for k,s in json.loads(b):
 m=sys.modules[k]=type(sys)(k);exec(compile(s,k+".py","exec"),m.__dict__)`;

/** What runs as the first process of a sandbox: the command to start, and what to send it first. */
export type GuestProgram = { readonly command: readonly string[]; readonly source: Buffer };

/** Loads the guest from the files beside this one; modules named in `before` run before all others. */
export function loadGuestProgram(before: readonly string[] = []): GuestProgram {
  const sources = [...before, ...modules].map((name) => [name, readFileSync(new URL(`./guest/${name}.py`, import.meta.url), "utf8")]);
  const source = Buffer.from(JSON.stringify(sources));
  return { command: ["python3", "-I", "-S", "-c", loader, String(source.length)], source };
}
