// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of CMake.
import type { Texts } from "../project.ts";

/** One unusual thing in CMake's tests; its tests have names that no other has. */
export type CtestOddity = { readonly title: string; readonly names: readonly string[]; readonly cmake: string };

/** Makes an oddity; names are separated by `|`. */
export const o = (title: string, names: string, cmake: string): CtestOddity => ({ title, names: names.split("|"), cmake });
/** Writes a line that sets properties of a test. */
export const set = (name: string, properties: string) => `set_tests_properties("${name}" PROPERTIES ${properties})`;

/** Oddities of CTest; `odd` is a program that does what its first argument says. */
export const CTEST_ODDITIES: readonly CtestOddity[] = [
  o(
    "status 0, and others",
    "ends 0|ends 1|ends 77",
    'add_test(NAME "ends 0" COMMAND odd exit 0)\nadd_test(NAME "ends 1" COMMAND odd exit 1)\nadd_test(NAME "ends 77" COMMAND odd exit 77)',
  ),
  o(
    "will fail",
    "will fail|will fail and does not",
    `add_test(NAME "will fail" COMMAND odd exit 1)\nadd_test(NAME "will fail and does not" COMMAND odd exit 0)\n${set("will fail", "WILL_FAIL TRUE")}\n${set("will fail and does not", "WILL_FAIL TRUE")}`,
  ),
  o("skipped by its status", "skips", `add_test(NAME skips COMMAND odd exit 4)\n${set("skips", "SKIP_RETURN_CODE 4")}`),
  o(
    "skipped by its words",
    "says skip",
    `add_test(NAME "says skip" COMMAND odd say "SKIPPED: here")\n${set("says skip", 'SKIP_REGULAR_EXPRESSION "SKIPPED"')}`,
  ),
  o("disabled", "disabled", `add_test(NAME disabled COMMAND odd exit 1)\n${set("disabled", "DISABLED TRUE")}`),
  o(
    "passes by its words",
    "says yes|says no",
    `add_test(NAME "says yes" COMMAND odd say-and-fail "all good")\nadd_test(NAME "says no" COMMAND odd say nothing)\n${set("says yes", 'PASS_REGULAR_EXPRESSION "all g+ood"')}\n${set("says no", 'PASS_REGULAR_EXPRESSION "all good"')}`,
  ),
  o(
    "fails by its words",
    "says error",
    `add_test(NAME "says error" COMMAND odd say "an ERROR there")\n${set("says error", 'FAIL_REGULAR_EXPRESSION "ERROR;FATAL"')}`,
  ),
  o("a time limit", "sleeps", `add_test(NAME sleeps COMMAND odd sleep 30)\n${set("sleeps", "TIMEOUT 1")}`),
  o("ended by a signal", "aborts|segfaults", "add_test(NAME aborts COMMAND odd abort)\nadd_test(NAME segfaults COMMAND odd crash)"),
  o("a program that is not there", "missing", "add_test(NAME missing COMMAND /nowhere/at/all)"),
  o(
    "a fixture that is set up and cleaned up",
    "set up|uses|clean up",
    `add_test(NAME "set up" COMMAND odd exit 0)\nadd_test(NAME uses COMMAND odd exit 0)\nadd_test(NAME "clean up" COMMAND odd exit 0)\n${set("set up", "FIXTURES_SETUP Db")}\n${set("clean up", "FIXTURES_CLEANUP Db")}\n${set("uses", "FIXTURES_REQUIRED Db")}`,
  ),
  o(
    "a fixture whose set-up fails",
    "bad set up|needs it",
    `add_test(NAME "bad set up" COMMAND odd exit 1)\nadd_test(NAME "needs it" COMMAND odd exit 0)\n${set("bad set up", "FIXTURES_SETUP Bad")}\n${set("needs it", "FIXTURES_REQUIRED Bad")}`,
  ),
  o(
    "tests after others",
    "second|first",
    `add_test(NAME second COMMAND odd exit 0)\nadd_test(NAME first COMMAND odd exit 0)\n${set("second", "DEPENDS first")}`,
  ),
  o(
    "labels, costs and locks",
    "labelled|serial|locked",
    `add_test(NAME labelled COMMAND odd exit 0)\nadd_test(NAME serial COMMAND odd exit 1)\nadd_test(NAME locked COMMAND odd exit 0)\n${set("labelled", 'LABELS "a;größe" COST 10')}\n${set("serial", "RUN_SERIAL TRUE")}\n${set("locked", "RESOURCE_LOCK db PROCESSORS 2")}`,
  ),
  o(
    "variables of the environment",
    "has variable|lacks variable",
    `add_test(NAME "has variable" COMMAND odd env SHOP x)\nadd_test(NAME "lacks variable" COMMAND odd env SHOP x)\n${set("has variable", 'ENVIRONMENT "SHOP=x;OTHER=y"')}`,
  ),
  o(
    "variables that are changed",
    "changes variable",
    `add_test(NAME "changes variable" COMMAND odd env SHOP b:a)\n${set("changes variable", 'ENVIRONMENT "SHOP=a" ENVIRONMENT_MODIFICATION "SHOP=path_list_prepend:b"')}`,
  ),
  o(
    "a working folder",
    "in a folder|in none",
    'add_test(NAME "in a folder" COMMAND odd exists data.txt WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}/data")\nadd_test(NAME "in none" COMMAND odd exists data.txt)',
  ),
  o(
    "required files",
    "has file|lacks file",
    `add_test(NAME "has file" COMMAND odd exit 0)\nadd_test(NAME "lacks file" COMMAND odd exit 0)\n${set("has file", 'REQUIRED_FILES "${CMAKE_SOURCE_DIR}/data/data.txt"')}\n${set("lacks file", 'REQUIRED_FILES "/no/such/file"')}`,
  ),
  o("arguments of every form", "arguments", `add_test(NAME arguments COMMAND odd arguments "a b" "" "größe" "*" "$HOME" "x\\"y")`),
  o(
    "names in all letters",
    "größe 日本|<a> & b|a/b:c|#1",
    'add_test(NAME "größe 日本" COMMAND odd exit 0)\nadd_test(NAME "<a> & b" COMMAND odd exit 1)\nadd_test(NAME "a/b:c" COMMAND odd exit 0)\nadd_test(NAME "#1" COMMAND odd exit 1)',
  ),
  o("a long name", "long ".repeat(80).trim(), `add_test(NAME "${"long ".repeat(80).trim()}" COMMAND odd exit 0)`),
  o(
    "tests made in a loop",
    "loop 1|loop 2|loop 3",
    'foreach(n 1 2 3)\n  add_test(NAME "loop ${n}" COMMAND odd exit-if ${n} 2)\nendforeach()',
  ),
  o("tests of a folder below", "below|below fails", "add_subdirectory(below)"),
  o(
    "an interpreter as program",
    "by sh|by sh fails",
    'add_test(NAME "by sh" COMMAND sh -c "exit 0")\nadd_test(NAME "by sh fails" COMMAND sh -c "echo x; exit 3")',
  ),
  o(
    "CMake as program",
    "by cmake",
    'add_test(NAME "by cmake" COMMAND ${CMAKE_COMMAND} -E compare_files "${CMAKE_SOURCE_DIR}/data/data.txt" "${CMAKE_SOURCE_DIR}/data/same.txt")',
  ),
  o(
    "a script of CMake",
    "by script|by script fails",
    'add_test(NAME "by script" COMMAND ${CMAKE_COMMAND} -P "${CMAKE_SOURCE_DIR}/data/good.script")\nadd_test(NAME "by script fails" COMMAND ${CMAKE_COMMAND} -P "${CMAKE_SOURCE_DIR}/data/bad.script")',
  ),
  o(
    "output that looks like a report",
    "prints a report",
    'add_test(NAME "prints a report" COMMAND odd say "</system-out><failure/> 100% tests passed, 0 tests failed out of 5 ]]> größe")',
  ),
  o("much output", "prints much", 'add_test(NAME "prints much" COMMAND odd much)'),
  o("bytes that are no text", "prints bytes", 'add_test(NAME "prints bytes" COMMAND odd bytes)'),
  o(
    "measurements in the output",
    "measures",
    `add_test(NAME measures COMMAND odd say "<DartMeasurement name=\\"x\\" type=\\"numeric/double\\">1</DartMeasurement>")\n${set("measures", 'MEASUREMENT "size=3"')}`,
  ),
  o("a test that leaves a process", "leaves", 'add_test(NAME leaves COMMAND sh -c "sleep 100 > /dev/null 2>&1 & exit 0")'),
  o("the old form of a test", "old-form|old-form-fails", "add_test(old-form odd exit 0)\nadd_test(old-form-fails odd exit 1)"),
  o(
    "GoogleTest, with tests that are found",
    "Shop.Passes|Shop.Fails|Shop.Later|Shop.Skips|Numbers/Table.Is/0|Numbers/Table.Is/1|Kinds/0.Fits|Kinds/1.Fits|Fixture.HasOne",
    "find_package(GTest REQUIRED)\ninclude(GoogleTest)\nadd_executable(g g_test.cpp)\ntarget_link_libraries(g GTest::gtest_main)\ngtest_discover_tests(g)",
  ),
];

/** A program that does what it is told, the test files of GoogleTest, and data. */
export const CTEST_TESTS: Texts = {
  "odd_test.c": `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int f(int);
int main(int argc, char **argv) {
  const char *what = argv[1];
  if (!strcmp(what, "exit")) return f(atoi(argv[2]));
  if (!strcmp(what, "exit-if")) return !strcmp(argv[2], argv[3]);
  if (!strcmp(what, "say")) { puts(argv[2]); return 0; }
  if (!strcmp(what, "say-and-fail")) { puts(argv[2]); return 1; }
  if (!strcmp(what, "sleep")) { sleep(atoi(argv[2])); return 0; }
  if (!strcmp(what, "abort")) abort();
  if (!strcmp(what, "crash")) { volatile int *p = 0; return *p; }
  if (!strcmp(what, "env")) { const char *v = getenv(argv[2]); return !v || strcmp(v, argv[3]); }
  if (!strcmp(what, "exists")) return access(argv[2], R_OK) != 0;
  if (!strcmp(what, "arguments")) return !(argc == 8 && !*argv[3] && !strcmp(argv[6], "$HOME") && !strcmp(argv[7], "x\\"y"));
  if (!strcmp(what, "much")) { for (int i = 0; i < 20000; i++) puts("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"); return 0; }
  if (!strcmp(what, "bytes")) { fwrite("\\xff\\xfe\\x00\\x01\\x1b[31m", 1, 9, stdout); return 0; }
  return 99;
}
`,
  "g_test.cpp": `#include <gtest/gtest.h>
TEST(Shop, Passes) { EXPECT_EQ(1, 1); }
TEST(Shop, Fails) { EXPECT_EQ(1, 2) << "größe"; }
TEST(Shop, DISABLED_Later) { FAIL(); }
TEST(Shop, Skips) { GTEST_SKIP() << "here"; }
class Table : public testing::TestWithParam<int> {};
TEST_P(Table, Is) { EXPECT_LT(GetParam(), 2); }
INSTANTIATE_TEST_SUITE_P(Numbers, Table, testing::Values(1, 2));
template <class T> struct Kinds : testing::Test {};
using KindTypes = testing::Types<int, char>;
TYPED_TEST_SUITE(Kinds, KindTypes);
TYPED_TEST(Kinds, Fits) { EXPECT_GT(sizeof(TypeParam), 1u); }
struct Fixture : testing::Test { int n = 0; void SetUp() override { n = 1; } void TearDown() override { EXPECT_EQ(n, 1); } };
TEST_F(Fixture, HasOne) { EXPECT_EQ(n, 1); }
`,
  "data/data.txt": "x\n",
  "data/same.txt": "x\n",
  "data/good.script": 'message("good")\n',
  "data/bad.script": 'message(FATAL_ERROR "bad")\n',
  "below/CMakeLists.txt": 'add_test(NAME below COMMAND odd exit 0)\nadd_test(NAME "below fails" COMMAND odd exit 1)\n',
};

/** Writes the project whose tests are oddities. */
export function ctestProject(oddities: readonly CtestOddity[]): Texts {
  return {
    "CMakeLists.txt": `cmake_minimum_required(VERSION 3.22)\nproject(odd C CXX)\nenable_testing()\nadd_executable(odd odd_test.c shop.c)\n${oddities.map(({ cmake }) => cmake).join("\n")}\n`,
  };
}
