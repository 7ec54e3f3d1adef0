import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const DIGEST_LENGTH = 32;
/** The guest's modules, each after those it uses. */
const MODULES = ["library", "wire", "process", "shield", "own", "output", "command", "confine", "file", "export", "main"];

/**
 * Reads the program that follows it on standard input: a command line of that length would fill every listing of processes inside. Our own image holds the
 * same program compiled, under its digest; where it does not, or by another Python, it is compiled anew.
 */
const LOADER = `import os,sys,marshal
n=int(sys.argv[1]);b=b""
while len(b)<n:
 c=os.read(0,n-len(b))
 if not c:sys.exit()
 b+=c
try:
 with open("/opt/bench/guest/"+sys.argv[2],"rb") as f:
  if f.read(4)!=sys.modules["_frozen_importlib_external"].MAGIC_NUMBER:raise OSError
  p=marshal.load(f)
except OSError:
 w=b.decode().split("\\0");p=[(k,compile(s,k+".py","exec")) for k,s in zip(w[::2],w[1::2])]
for k,c in p:
 m=sys.modules[k]=type(sys)(k);exec(c,m.__dict__)`;

/** The whole environment of the guest: no variable of the host crosses. Those after LANG keep programs from paging and from drawing progress bars. */
export const GUEST_ENVIRONMENT: readonly string[] = [
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "HOME=/tmp",
  "LANG=C.UTF-8",
  "PAGER=cat",
  "MANPAGER=cat",
  "LESS=-R",
  "PIP_PROGRESS_BAR=off",
  "TQDM_DISABLE=1",
  "CI=1",
  "TERM=dumb",
];

/** What runs as the first process of a sandbox: the command to start, and what to send it first; `digest` is the source's. */
export type GuestProgram = { readonly command: readonly string[]; readonly source: Buffer; readonly digest: string };

/** Loads the guest from the files beside this one; modules named in `before` run before all others. */
export function loadGuestProgram(before: readonly string[] = []): GuestProgram {
  const texts = [...before, ...MODULES].flatMap((name) => [name, readFileSync(new URL(`./guest/${name}.py`, import.meta.url), "utf8")]);
  const source = Buffer.from(texts.join("\0"));
  const digest = createHash("sha256").update(source).digest("hex").slice(0, DIGEST_LENGTH);
  return { command: ["python3", "-I", "-S", "-c", LOADER, String(source.length), digest], source, digest };
}
