// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigTextLists, GiveTheseAnswers) {
  check_calls(R"~(
sprig.split("/","foo/bar/baz") => {"_0":"foo","_1":"bar","_2":"baz"}
sprig.split("","ab") => {"_0":"a","_1":"b"}
sprig.split(",","") => {"_0":""}
sprig.splitn("/",2,"a/b/c") => {"_0":"a","_1":"b/c"}
sprig.splitn("/",0,"a/b/c") => {}
sprig.splitn("/",-1,"a/b/c") => {"_0":"a","_1":"b","_2":"c"}
sprig.splitn("/",9,"a/b/c") => {"_0":"a","_1":"b","_2":"c"}
sprig.splitn("",2,"aéb") => {"_0":"a","_1":"éb"}
sprig.splitn("/",1,"a/b") => {"_0":"a/b"}
sprig.splitList("/","foo/bar") => ["foo","bar"]
sprig.splitList("","aé") => ["a","é"]
sprig.splitList("","") => []
sprig.splitList(",","") => [""]
sprig.splitList(",",",a,") => ["","a",""]
sprig.toStrings([1,"a",nil,true,1.5]) => ["1","a","true","1.5"]
sprig.toStrings(nil) => []
sprig.toStrings("x") => ["x"]
sprig.toStrings({a:1}) => ["map[a:1]"]
sprig.toStrings(sprig.until(3)) => ["0","1","2"]
sprig.join("-",[1,nil,"a",true,2.5]) => "1-a-true-2.5"
sprig.join("-","x") => "x"
sprig.join("-",nil) => ""
sprig.join("-",5) => "5"
sprig.join(", ",sprig.until(3)) => "0, 1, 2"
sprig.join("",[]) => ""
sprig.join("-",{a:1}) => "map[a:1]"
sprig.sortAlpha(["c","a","b"]) => ["a","b","c"]
sprig.sortAlpha([3,1,"10",nil]) => ["1","10","3"]
sprig.sortAlpha("x") => ["x"]
sprig.sortAlpha(nil) => ["<nil>"]
sprig.sortAlpha(12) => ["12"]
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
