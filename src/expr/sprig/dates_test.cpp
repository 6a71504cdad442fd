// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigDates, GiveTheseAnswers) {
  check_calls(R"~(
sprig.date("2006-01-02",date("2023-08-14T23:30:00Z")) => "2023-08-14"
sprig.date("Mon Jan _2 15:04:05 2006",1700000000) => "Tue Nov 14 22:13:20 2023"
sprig.date("2006",sprig.int64(0)) => "1970"
sprig.dateInZone("15:04","x","UTC") => error: sprig.date: there is no clock here
sprig.date_in_zone("15:04",date("2023-08-14T23:30:00Z"),"America/New_York") => "19:30"
sprig.dateInZone("15:04",0,"Bad/Zone") => "00:00"
sprig.dateInZone("15:04 MST -07",0,"Europe/Berlin") => "01:00 CET +01"
sprig.dateInZone("15:04 MST",0,"") => "00:00 UTC"
sprig.htmlDate(0) => "1970-01-01"
sprig.htmlDate(date("2023-08-14T23:30:00Z")) => "2023-08-14"
sprig.htmlDateInZone(date("2023-08-14T23:30:00Z"),"Asia/Tokyo") => "2023-08-15"
sprig.dateModify("-1.5h",date("2023-08-14T23:30:00Z")) => "2023-08-14T22:00:00Z"
sprig.dateModify("bad",date("2023-08-14")) => "2023-08-14T00:00:00Z"
sprig.dateModify("1h","x") => error: reflect: Call using string as type time.Time
sprig.date_modify("48h",date("2023-08-14")) => "2023-08-16T00:00:00Z"
sprig.mustDateModify("bad",date("2023-08-14")) => error: time: invalid duration "bad"
sprig.must_date_modify("1h",date("2023-08-14")) => "2023-08-14T01:00:00Z"
sprig.dateModify("1h",nil) => "0001-01-01T01:00:00Z"
sprig.toDate("2006-01-02","2023-08-14") => "2023-08-14T00:00:00Z"
sprig.toDate("2006-01-02","x") => "0001-01-01T00:00:00Z"
sprig.mustToDate("2006-01-02 15:04 MST","2023-08-14 10:00 CET") => "2023-08-14T10:00:00Z"
sprig.unixEpoch(date("2023-08-14T23:30:00Z")) => "1692055800"
sprig.unixEpoch(nil) => "-62135596800"
sprig.unixEpoch("x") => error: reflect: Call using string as type time.Time
sprig.duration("3600") => "1h0m0s"
sprig.duration(3600) => "0s"
sprig.duration(sprig.int64(95)) => "1m35s"
sprig.duration("x") => "0s"
sprig.duration("-61") => "-1m1s"
sprig.duration("99999999999999999999") => "-1s"
sprig.durationRound("2h10m5s") => "2h"
sprig.durationRound("2400h10m5s") => "3mo"
sprig.durationRound("-26h") => "1d"
sprig.durationRound("1s") => "0s"
sprig.durationRound("1001ms") => "1s"
sprig.durationRound("8761h") => "1y"
sprig.durationRound("bad") => "0s"
sprig.durationRound(60) => "0s"
sprig.durationRound(sprig.int64(61000000000)) => "1m"
sprig.durationRound(duration("3h")) => "0s"
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
