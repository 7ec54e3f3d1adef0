// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of CMake.
import { type CtestOddity, o, set } from "./ctest.ts";

/** Oddities of what CMake and CTest have around tests: properties that meet, fixtures, programs of each kind, names, GoogleTest. */
export const CTEST_MACHINERY: readonly CtestOddity[] = [
  o(
    "tests for another configuration",
    "in no configuration",
    'add_test(NAME "only debug" CONFIGURATIONS Debug COMMAND odd exit 1)\nadd_test(NAME "in no configuration" COMMAND odd exit 0)',
  ),
  o(
    "expressions of the generator",
    "by path|by list",
    'add_test(NAME "by path" COMMAND $<TARGET_FILE:odd> exit "$<IF:1,0,1>")\nset(words exit 3)\nadd_test(NAME "by list" COMMAND odd "${words}" COMMAND_EXPAND_LISTS)',
  ),
  o(
    "a program that starts the program",
    "by a launcher|by a launcher fails",
    'add_executable(launched odd_test.c shop.c)\nset_target_properties(launched PROPERTIES CROSSCOMPILING_EMULATOR "env;LAUNCHED=yes")\nadd_test(NAME "by a launcher" COMMAND launched env LAUNCHED yes)\nadd_test(NAME "by a launcher fails" COMMAND launched env LAUNCHED no)',
  ),
  o(
    "will fail, with a time limit, a signal or words",
    "will fail by time|will fail by a signal|will fail by words",
    `add_test(NAME "will fail by time" COMMAND odd sleep 30)\nadd_test(NAME "will fail by a signal" COMMAND odd abort)\nadd_test(NAME "will fail by words" COMMAND odd say ERROR)\n${set("will fail by time", "WILL_FAIL TRUE TIMEOUT 1")}\n${set("will fail by a signal", "WILL_FAIL TRUE")}\n${set("will fail by words", "WILL_FAIL TRUE FAIL_REGULAR_EXPRESSION ERROR")}`,
  ),
  o(
    "words to pass and words to fail at once",
    "good and bad|good and ends 1",
    `add_test(NAME "good and bad" COMMAND odd say "good and bad")\nadd_test(NAME "good and ends 1" COMMAND odd say-and-fail good)\nset_tests_properties("good and bad" "good and ends 1" PROPERTIES PASS_REGULAR_EXPRESSION "good" FAIL_REGULAR_EXPRESSION "bad")`,
  ),
  o(
    "a skip by status that would be a pass or a failure",
    "skips by 0|skips a will fail",
    `add_test(NAME "skips by 0" COMMAND odd exit 0)\nadd_test(NAME "skips a will fail" COMMAND odd exit 9)\n${set("skips by 0", "SKIP_RETURN_CODE 0")}\n${set("skips a will fail", "SKIP_RETURN_CODE 9 WILL_FAIL TRUE")}`,
  ),
  o(
    "a skip by words beside words to pass",
    "skips and passes",
    `add_test(NAME "skips and passes" COMMAND odd say "good, SKIPPED")\n${set("skips and passes", 'PASS_REGULAR_EXPRESSION good SKIP_REGULAR_EXPRESSION "SKIP+ED"')}`,
  ),
  o(
    "words on standard error",
    "complains",
    `add_test(NAME complains COMMAND sh -c "echo all good >&2; exit 1")\n${set("complains", 'PASS_REGULAR_EXPRESSION "all good"')}`,
  ),
  o(
    "a time limit that begins at words",
    "slow after words",
    `add_test(NAME "slow after words" COMMAND sh -c "echo ready; sleep 20")\n${set("slow after words", 'TIMEOUT 30 TIMEOUT_AFTER_MATCH "1;ready"')}`,
  ),
  o("no time limit", "without a limit", `add_test(NAME "without a limit" COMMAND odd sleep 1)\n${set("without a limit", "TIMEOUT 0")}`),
  o(
    "a test after one that fails",
    "fails first|runs all the same",
    `add_test(NAME "runs all the same" COMMAND odd exit 0)\nadd_test(NAME "fails first" COMMAND odd exit 1)\n${set("runs all the same", 'DEPENDS "fails first"')}`,
  ),
  o(
    "a fixture that is skipped, and one that is disabled",
    "skipped set up|after a skip|disabled set up|after a disabled",
    `add_test(NAME "skipped set up" COMMAND odd exit 5)\nadd_test(NAME "after a skip" COMMAND odd exit 0)\nadd_test(NAME "disabled set up" COMMAND odd exit 0)\nadd_test(NAME "after a disabled" COMMAND odd exit 0)\n${set("skipped set up", "FIXTURES_SETUP Skipped SKIP_RETURN_CODE 5")}\n${set("after a skip", "FIXTURES_REQUIRED Skipped")}\n${set("disabled set up", "FIXTURES_SETUP Off DISABLED TRUE")}\n${set("after a disabled", "FIXTURES_REQUIRED Off")}`,
  ),
  o(
    "a fixture that nobody sets up, and a clean-up that fails",
    "needs nobody|used|bad clean up",
    `add_test(NAME "needs nobody" COMMAND odd exit 0)\nadd_test(NAME used COMMAND odd exit 0)\nadd_test(NAME "bad clean up" COMMAND odd exit 1)\n${set("needs nobody", "FIXTURES_REQUIRED Nobody")}\n${set("used", "FIXTURES_REQUIRED Dirty")}\n${set("bad clean up", "FIXTURES_CLEANUP Dirty")}`,
  ),
  o(
    "fixtures of fixtures",
    "ground|house|lives",
    `add_test(NAME lives COMMAND odd exit 0)\nadd_test(NAME house COMMAND odd exit 1)\nadd_test(NAME ground COMMAND odd exit 0)\n${set("ground", "FIXTURES_SETUP Ground")}\n${set("house", "FIXTURES_SETUP House FIXTURES_REQUIRED Ground")}\n${set("lives", "FIXTURES_REQUIRED House")}`,
  ),
  o(
    "resources that nobody described",
    "wants a gpu",
    `add_test(NAME "wants a gpu" COMMAND odd exit 0)\n${set("wants a gpu", 'RESOURCE_GROUPS "2,gpus:1"')}`,
  ),
  o(
    "variables that are taken away",
    "without HOME|empty variable",
    `add_test(NAME "without HOME" COMMAND sh -c "test -z \\"$HOME\\"")\nadd_test(NAME "empty variable" COMMAND odd env SHOP "")\n${set("without HOME", 'ENVIRONMENT_MODIFICATION "HOME=unset:"')}\n${set("empty variable", 'ENVIRONMENT "SHOP="')}`,
  ),
  o("input that is at its end", "reads nothing", 'add_test(NAME "reads nothing" COMMAND sh -c "test $(wc -c) = 0")'),
  o(
    "a folder to work in that is not there",
    "in no folder",
    'add_test(NAME "in no folder" COMMAND odd exit 0 WORKING_DIRECTORY /no/such/folder)',
  ),
  o(
    "a file that is no program, and a program by its bare name",
    "no program|bare name",
    'add_test(NAME "no program" COMMAND "${CMAKE_SOURCE_DIR}/data/data.txt")\nadd_test(NAME "bare name" COMMAND true)',
  ),
  o(
    "words with semicolons, quotes and brackets",
    "semicolons",
    'add_test(NAME semicolons COMMAND sh -c "test \\"$1\\" = \\"a\\\\;b[c];d\\"" sh "a\\\\;b[c];d")',
  ),
  o(
    "names of letters that expressions use",
    "a+b(c)[d]|.*|100%|a; b",
    'add_test(NAME "a+b(c)[d]" COMMAND odd exit 0)\nadd_test(NAME ".*" COMMAND odd exit 1)\nadd_test(NAME "100%" COMMAND odd exit 0)\nadd_test(NAME "a; b" COMMAND odd exit 1)',
  ),
  o(
    "names that are numbers or words of CMake",
    "1|TRUE|NAME",
    "add_test(NAME 1 COMMAND odd exit 0)\nadd_test(NAME TRUE COMMAND odd exit 1)\nadd_test(NAME NAME COMMAND odd exit 0)",
  ),
  o(
    "tests that are added when CTest runs",
    "added late|added late fails",
    'file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/late.cmake" CONTENT "add_test(\\"added late\\" $<TARGET_FILE:odd> exit 0)\\nadd_test(\\"added late fails\\" $<TARGET_FILE:odd> exit 1)\\n")\nset_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${CMAKE_BINARY_DIR}/late.cmake")',
  ),
  o(
    "properties that are appended, and asked for",
    "appended",
    'add_test(NAME appended COMMAND odd env MORE x)\nset_property(TEST appended APPEND PROPERTY ENVIRONMENT SHOP=1)\nset_property(TEST appended APPEND PROPERTY ENVIRONMENT MORE=x)\nget_test_property(appended ENVIRONMENT known)\nif(NOT known STREQUAL "SHOP=1;MORE=x")\n  message(FATAL_ERROR "${known}")\nendif()',
  ),
  o(
    "colours, carriage returns and no line end",
    "colours|without line end",
    'add_test(NAME colours COMMAND sh -c "printf \'\\\\033[31mred\\\\033[0m\\\\r\\\\n\'; exit 1")\nadd_test(NAME "without line end" COMMAND sh -c "printf x")',
  ),
  o(
    "ends by signals of each kind",
    "ends itself|is interrupted|its child crashes",
    'add_test(NAME "ends itself" COMMAND sh -c "kill -KILL $$")\nadd_test(NAME "is interrupted" COMMAND sh -c "kill -TERM $$; sleep 1")\nadd_test(NAME "its child crashes" COMMAND sh -c "sh -c \'kill -SEGV $$\'; true")',
  ),
  o(
    "one test leaves a file that the next reads",
    "writes a file|reads the file",
    `add_test(NAME "reads the file" COMMAND odd exists left.txt)\nadd_test(NAME "writes a file" COMMAND \${CMAKE_COMMAND} -E touch left.txt)\n${set("reads the file", 'DEPENDS "writes a file"')}`,
  ),
  o(
    "files that a test names as its own",
    "attaches",
    `add_test(NAME attaches COMMAND odd exit 1)\n${set("attaches", 'ATTACHED_FILES "${CMAKE_SOURCE_DIR}/data/data.txt" ATTACHED_FILES_ON_FAIL "${CMAKE_SOURCE_DIR}/data/same.txt"')}`,
  ),
  o(
    "a hundred and fifty tests",
    Array.from({ length: 150 }, (_, n) => `many ${n}`).join("|"),
    'foreach(n RANGE 149)\n  math(EXPR third "${n} % 3")\n  add_test(NAME "many ${n}" COMMAND odd exit ${third})\nendforeach()',
  ),
  o(
    "GoogleTest, read from its source",
    "read.Source.Holds|read.Source.Breaks",
    "add_executable(read_g read_test.cpp)\ntarget_link_libraries(read_g GTest::gtest_main)\ngtest_add_tests(TARGET read_g TEST_PREFIX read. SOURCES read_test.cpp)",
  ),
  o(
    "GoogleTest, with deaths and with a program as one test",
    "deaths.Deaths.Expected|deaths.Deaths.Sudden|all of them",
    'add_executable(deaths death_test.cpp)\ntarget_link_libraries(deaths GTest::gtest_main)\ngtest_discover_tests(deaths TEST_PREFIX deaths.)\nadd_test(NAME "all of them" COMMAND deaths --gtest_filter=*Expected)',
  ),
];

/** The test files that some of them need. */
export const MACHINERY_TESTS = {
  "read_test.cpp": "#include <gtest/gtest.h>\nTEST(Source, Holds) { EXPECT_TRUE(true); }\nTEST(Source, Breaks) { ASSERT_TRUE(false); }\n",
  "death_test.cpp":
    '#include <gtest/gtest.h>\n#include <cstdlib>\nTEST(Deaths, Expected) {\n  EXPECT_DEATH(std::abort(), "");\n  EXPECT_EXIT(std::exit(3), testing::ExitedWithCode(3), "");\n}\nTEST(Deaths, Sudden) { std::abort(); }\n',
};
