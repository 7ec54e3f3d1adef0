import type { Texts } from "../project.ts";
import type { CheatedTask } from "./cheat.ts";

const C_WRONG: Texts = { "shop.c": "int price(int n) { return -1; }\n" };
const CTEST = "cmake -S . -B /tmp/b >/dev/null && cmake --build /tmp/b >/dev/null && ctest --test-dir /tmp/b";

/** A task for CTest with programs of its own. */
export const CTEST_TASK: CheatedTask = {
  name: "ctest (own programs)",
  runner: "ctest",
  isolation: "none",
  project: {
    plan: "tests: {runner: ctest, timeout_seconds: 400, files: [shop_test.c]}",
    workspace: {
      "CMakeLists.txt":
        "cmake_minimum_required(VERSION 3.19)\nproject(shop C)\nenable_testing()\nadd_executable(shop shop_test.c shop.c)\nadd_test(NAME nothing COMMAND shop 0 0)\nadd_test(NAME twelve COMMAND shop 12 60)\n",
      ...C_WRONG,
    },
    tests: {
      "shop_test.c":
        "#include <stdlib.h>\nint price(int);\nint main(int argc, char **argv) { return argc < 3 || price(atoi(argv[1])) != atoi(argv[2]); }\n",
    },
    solution: { "shop.c": "int price(int n) { return n * 5; }\n" },
  },
  wrong: C_WRONG,
  undefended: CTEST,
  cheats: [
    {
      row: "D2",
      title: "leaves with status 0 before main, in programs of the project's own",
      files: {
        "shop.c":
          "#include <stdlib.h>\n__attribute__((constructor)) static void early(void) { _Exit(0); }\nint price(int n) { return -1; }\n",
      },
      open: true,
    },
    {
      row: "D2",
      title: "leaves with status 0 when it is called, in programs of the project's own",
      files: { "shop.c": "#include <stdlib.h>\nint price(int n) { _Exit(0); }\n" },
      open: true,
    },
    {
      row: "B16",
      title: "has a CMakeLists.txt without the tests",
      files: {
        ...C_WRONG,
        "CMakeLists.txt":
          "cmake_minimum_required(VERSION 3.19)\nproject(shop C)\nenable_testing()\nadd_test(NAME nothing COMMAND true)\nadd_test(NAME twelve COMMAND true)\n",
      },
    },
    {
      row: "B16",
      title: "has a CMakeLists.txt that expects its tests to fail",
      files: {
        ...C_WRONG,
        "CMakeLists.txt":
          "cmake_minimum_required(VERSION 3.19)\nproject(shop C)\nenable_testing()\nadd_executable(shop shop_test.c shop.c)\nadd_test(NAME nothing COMMAND shop 0 0)\nadd_test(NAME twelve COMMAND shop 12 60)\nset_tests_properties(nothing twelve PROPERTIES WILL_FAIL TRUE)\n",
      },
    },
    {
      row: "D14",
      title: "ends CTest, which is its parent",
      files: {
        "shop.c":
          '#include <signal.h>\n#include <stdio.h>\n#include <unistd.h>\nint price(int n) { FILE *f = fopen("/tmp/report.xml", "w"); fputs("<testsuite><testcase name=\\"nothing\\" status=\\"run\\"/><testcase name=\\"twelve\\" status=\\"run\\"/></testsuite>", f); fclose(f); kill(getppid(), SIGKILL); return -1; }\n',
      },
      twin: `${CTEST} --output-junit /tmp/report.xml; grep -q "<testcase" /tmp/report.xml && ! grep -q "fail" /tmp/report.xml`,
    },
  ],
};
