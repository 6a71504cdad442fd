// SPDX-License-Identifier: Apache-2.0
#include "io/process.h"

#include <gtest/gtest.h>

#include <csignal>

#include "io/file.h"

namespace wf::io {
namespace {

Command sh(std::string script) {
  Command command;
  command.argv = {"sh", "-c", std::move(script)};
  return command;
}

TEST(Process, RunGivesOutputAndExitCode) {
  const auto result = run(sh("cat; echo oops >&2; exit 3"), "hello");
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out, "hello");
  EXPECT_EQ(result->err, "oops\n");
  EXPECT_EQ(result->status.code, 3);
}

TEST(Process, LargeInputAndOutputDoNotBlockEachOther) {
  const std::string big(1 << 20, 'x');
  const auto result = run(sh("cat"), big);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out.size(), big.size());
}

TEST(Process, MissingProgramIsNotFound) {
  Command command;
  command.argv = {"/no/such/program"};
  const auto result = spawn(command);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), Code::NotFound);
}

TEST(Process, EndsBySignal) {
  auto process = spawn(sh("exec sleep 100"));
  ASSERT_TRUE(process.ok());
  const auto early = process->wait(std::chrono::milliseconds(1));
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().code(), Code::Timeout);
  ASSERT_TRUE(process->signal(SIGTERM).ok());
  const auto status = process->wait();
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->signal, SIGTERM);
  EXPECT_EQ(status->code, 143);
}

TEST(Process, KilledWithItsGroupWhenLate) {
  const auto result = run(sh("sleep 100 & sleep 100"), {}, std::chrono::milliseconds(50));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), Code::Timeout);
}

TEST(Process, HasItsOwnEnvironmentDirectoryAndDescriptors) {
  Command command = sh("echo $A; pwd; ls /proc/self/fd | wc -l");
  command.env = std::vector<std::string>{"A=b", "PATH=/usr/bin:/bin"};
  command.directory = "/usr";
  auto leak = make_pipe();
  ASSERT_TRUE(leak.ok());
  const auto result = run(command);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out, "b\n/usr\n4\n");  // 0, 1, 2 and the one that ls reads
}

}  // namespace
}  // namespace wf::io
