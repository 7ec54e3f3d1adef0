import { beforeAll, describe, test } from "vitest";
import { classOf, JUNIT_LISTENER, JUNIT_ODDITIES, JUNIT_SHOP, JUNIT_TESTS, pathOf } from "./oddities/junit.ts";
import { type Both, expectSame, type Lines, merged, runBoth } from "./oddities/same.ts";

const CLASSES = JUNIT_ODDITIES.map((one) => `--select-class shop.${classOf(one)}`).join(" ");
const FILES = {
  plan: `tests: {runner: junit, timeout_seconds: 900, files: ${JSON.stringify(JUNIT_ODDITIES.map(pathOf))}}`,
  workspace: { "README.md": "A shop.\n" },
  tests: JUNIT_TESTS,
  solution: { "src/main/java/shop/Shop.java": JUNIT_SHOP },
};
const BY_HAND = `J=$(printf '%s:' /usr/share/java/{junit-jupiter,junit-platform,opentest4j,apiguardian-api,assertj-core,byte-buddy,picocli,univocity}*.jar)
mkdir -p /tmp/l/META-INF/services && echo Listener > /tmp/l/META-INF/services/org.junit.platform.launcher.TestExecutionListener
cat > /tmp/Listener.java <<'END'
${JUNIT_LISTENER}END
javac -d /tmp/l -cp "$J" /tmp/Listener.java > /tmp/output 2>&1
javac -encoding UTF-8 -parameters -proc:none -d /tmp/c -cp "$J" $(find src -name '*.java') >> /tmp/output 2>&1 && java -Dfile.encoding=UTF-8 -cp "/tmp/c:/tmp/l:src/test/resources:$J" org.junit.platform.console.ConsoleLauncher --disable-banner --details none ${CLASSES} >> /tmp/output 2>&1 < /dev/null
cat /tmp/found || tail -60 /tmp/output`;

function resultsIn(output: string): Lines {
  return merged([...output.matchAll(/^@ (passed|failed|skipped) (.*)$/gm)].map(([, status = "", name = ""]) => [status, name] as const));
}

describe("JUnit's launcher by itself and the grader say the same of", () => {
  let both: Both;
  beforeAll(async () => {
    both = await runBoth(FILES, BY_HAND, resultsIn);
  });

  test.for(JUNIT_ODDITIES)("$title", (one) => {
    const own = `shop.${classOf(one)}`;
    // A class that is disabled, or makes no test, may have none in either list.
    expectSame(both.here, both.plain, (name) => name.startsWith(`${own}.`) || name.startsWith(`${own}$`), 0);
  });
});
