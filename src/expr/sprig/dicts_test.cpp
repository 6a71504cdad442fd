// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigDicts, GiveTheseAnswers) {
  check_calls(R"~(
sprig.dict("a",1,"b") => {"a":1,"b":""}
sprig.dict(1,2,true,3,nil,4) => {"1":2,"<nil>":4,"true":3}
sprig.dict() => {}
sprig.get({a:1},"a") => 1
sprig.get({a:1},"b") => ""
sprig.get({a:nil},"a") => null
sprig.get(nil,"a") => ""
sprig.get([1],"a") => error: reflect: Call using []interface {} as type map[string]interface {}
sprig.set({a:1},"b",2) => {"a":1,"b":2}
sprig.set({a:1},"a",nil) => {"a":null}
sprig.set(nil,"a",1) => error: assignment to entry in nil map
sprig.unset({a:1,b:2},"a") => {"b":2}
sprig.unset({a:1},"z") => {"a":1}
sprig.unset(nil,"z") => null
sprig.hasKey({a:nil},"a") => true
sprig.hasKey({a:1},"b") => false
sprig.pluck("a",{a:1},{b:2},{a:3}) => [1,3]
sprig.pluck("a") => []
sprig.pluck("a",1) => error: reflect: cannot use int as type map[string]interface {} in Call
sprig.keys({a:1}) => ["a"]
sprig.keys() => []
sprig.values({a:1}) => [1]
sprig.values({}) => []
sprig.values(nil) => []
sprig.pick({a:1,b:2,c:3},"a","c","z") => {"a":1,"c":3}
sprig.pick({a:1}) => {}
sprig.omit({a:1,b:2,c:3},"a","z") => {"b":2,"c":3}
sprig.omit({a:1}) => {"a":1}
sprig.merge({a:{x:1}},{a:{x:2,y:3},b:4}) => {"a":{"x":1,"y":3},"b":4}
sprig.merge({a:1},{a:{b:1}}) => {"a":1}
sprig.merge({a:{b:1}},{a:1}) => {"a":{"b":1}}
sprig.merge({a:[1]},{a:[2,3]}) => {"a":[1]}
sprig.merge({},{a:[1]}) => {"a":[1]}
sprig.merge({a:[]},{a:[1]}) => {"a":[1]}
sprig.merge({a:1},{a:[1]}) => {"a":1}
sprig.merge({a:1},{b:nil}) => {"a":1}
sprig.merge({a:{}},{a:{b:1}}) => {"a":{"b":1}}
sprig.merge({a:false},{a:true}) => {"a":true}
sprig.merge({a:true},{a:false}) => {"a":true}
sprig.merge({a:1}) => {"a":1}
sprig.merge({a:1},{b:2},{b:3,c:4}) => {"a":1,"b":2,"c":4}
sprig.merge(nil,{a:1}) => {"a":1}
sprig.merge({a:1},nil) => {"a":1}
sprig.mergeOverwrite({a:1},{a:2,b:3}) => {"a":2,"b":3}
sprig.mergeOverwrite({a:{x:1,z:1}},{a:{x:2,y:3}}) => {"a":{"x":2,"y":3,"z":1}}
sprig.mergeOverwrite({a:1},{a:""}) => {"a":""}
sprig.mergeOverwrite({a:1},{a:nil}) => {"a":null}
sprig.mergeOverwrite({a:[1,2]},{a:[3]}) => {"a":[3]}
sprig.mergeOverwrite({a:[1,2]},{a:[]}) => {"a":[]}
sprig.mergeOverwrite({a:{x:1}},{a:1}) => {"a":1}
sprig.mergeOverwrite({a:1},{a:{x:1}}) => {"a":{"x":1}}
sprig.mergeOverwrite({a:{x:1}},{a:{}}) => {"a":{"x":1}}
sprig.mergeOverwrite({a:{x:1}},{a:[1]}) => {"a":[1]}
sprig.mergeOverwrite({a:[1]},{a:{x:1}}) => {"a":{"x":1}}
sprig.mergeOverwrite({a:[1]},{a:"s"}) => {"a":"s"}
sprig.mustMerge({a:1},{b:2}) => {"a":1,"b":2}
sprig.mustMergeOverwrite({a:1},{a:""}) => {"a":""}
sprig.dig("a","b","dflt",{a:{b:5} }) => 5
sprig.dig("a","z","dflt",{a:{b:5} }) => "dflt"
sprig.dig("z","b","dflt",{a:{b:5} }) => "dflt"
sprig.dig("a","b",{a:5}) => 5
sprig.dig("a",{a:5}) => error: dig needs at least three arguments
sprig.dig(1,"d",{a:1}) => error: interface conversion: interface {} is int, not string
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
