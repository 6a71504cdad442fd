// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigLists, GiveTheseAnswers) {
  check_calls(R"~(
sprig.compact([0,1,"",nil,[],"a"]) => [1,"a"]
sprig.compact("x") => error: Cannot compact on type string
sprig.compact(nil) => error: runtime error: invalid memory address or nil pointer dereference
sprig.mustCompact([0,1]) => [1]
sprig.list(1,"a",nil) => [1,"a",null]
sprig.list() => []
sprig.tuple(1,[2]) => [1,[2]]
sprig.append([1],2) => [1,2]
sprig.append([],nil) => [null]
sprig.append("x",1) => error: Cannot push on type string
sprig.append(nil,1) => error: runtime error: invalid memory address or nil pointer dereference
sprig.push([1],[2]) => [1,[2]]
sprig.push(sprig.until(2),"x") => [0,1,"x"]
sprig.mustAppend([1],2) => [1,2]
sprig.mustPush([],"a") => ["a"]
sprig.prepend([1],0) => [0,1]
sprig.prepend(1,2) => error: Cannot prepend on type int
sprig.mustPrepend(["a"],"b") => ["b","a"]
sprig.first([1,2]) => 1
sprig.first([]) => null
sprig.first("abc") => error: Cannot find first on type string
sprig.first(nil) => error: runtime error: invalid memory address or nil pointer dereference
sprig.mustFirst([nil]) => null
sprig.rest([1,2,3]) => [2,3]
sprig.rest([]) => null
sprig.rest([1]) => []
sprig.rest(5) => error: Cannot find rest on type int
sprig.mustRest([1,2]) => [2]
sprig.last([1,2]) => 2
sprig.last([]) => null
sprig.last({a:1}) => error: Cannot find last on type map
sprig.initial([1,2]) => [1]
sprig.initial([]) => null
sprig.initial([1]) => []
sprig.initial("x") => error: Cannot find initial on type string
sprig.mustInitial([1,2]) => [1]
sprig.reverse([1,2,3]) => [3,2,1]
sprig.reverse("x") => error: Cannot find reverse on type string
sprig.reverse(sprig.until(3)) => [2,1,0]
sprig.uniq([1,1,2,"a","a",1.0,nil,nil,[1],[1]]) => [1,2,"a",1,null,[1]]
sprig.uniq("x") => error: Cannot find uniq on type string
sprig.mustUniq([]) => []
sprig.without(["a","b"],"a","b") => []
sprig.without([1,2,3],2.0,3) => [1,2]
sprig.without([1]) => [1]
sprig.without("x",1) => error: Cannot find without on type string
sprig.has(1,[1,2]) => true
sprig.has("1",[1,2]) => false
sprig.has(1,nil) => false
sprig.has(nil,[nil]) => true
sprig.has(1,"x") => error: Cannot find has on type string
sprig.mustHas(9,[1]) => false
sprig.slice([1,2,3,4],1,3) => [2,3]
sprig.slice([1,2,3,4]) => [1,2,3,4]
sprig.slice([1,2,3,4],2) => [3,4]
sprig.slice([1,2,3],3) => []
sprig.slice([1,2,3],1,9) => error: reflect.Value.Slice: slice index out of bounds
sprig.slice([1,2,3],2,1) => error: reflect.Value.Slice: slice index out of bounds
sprig.slice([1,2,3],-1) => error: reflect.Value.Slice: slice index out of bounds
sprig.slice([1,2,3],"1","2") => [2]
sprig.slice("abc",1) => error: list should be type of slice or array but string
sprig.slice(nil) => error: runtime error: invalid memory address or nil pointer dereference
sprig.slice([]) => null
sprig.mustSlice([1,2,3],0,2) => [1,2]
sprig.concat([1],[2],["a"]) => [1,2,"a"]
sprig.concat([1],2) => error: Cannot concat type int as list
sprig.concat() => null
sprig.concat([],[]) => null
sprig.concat(sprig.until(2),[nil]) => [0,1,null]
sprig.concat([1],nil) => error: runtime error: invalid memory address or nil pointer dereference
sprig.chunk(2,[1,2,3,4,5]) => [[1,2],[3,4],[5]]
sprig.chunk(3,[1,2,3]) => [[1,2,3]]
sprig.chunk(9,[1]) => [[1]]
sprig.chunk(2,[]) => []
sprig.chunk(1,[]) => []
sprig.chunk(0,[1]) => error: runtime error: makeslice: len out of range
sprig.chunk(0,[1,2]) => error: runtime error: makeslice: len out of range
sprig.chunk(0,[]) => error: runtime error: makeslice: len out of range
sprig.chunk(-2,[1]) => [[1]]
sprig.chunk(-2,[1,2]) => []
sprig.chunk(-2,[1,2,3]) => []
sprig.chunk(-2,[1,2,3,4]) => error: runtime error: makeslice: len out of range
sprig.chunk(2,"x") => error: Cannot chunk type string
sprig.chunk(2,nil) => error: runtime error: invalid memory address or nil pointer dereference
sprig.mustChunk(1,["a","b"]) => [["a"],["b"]]
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
