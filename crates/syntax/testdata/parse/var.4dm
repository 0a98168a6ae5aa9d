// docs/Concepts/variables.md
var $a
var $a; $b : Text
var $c : Text:="x"
var $d:=1+1
var $e : cs.Employee
var $f : cs.NetKit.Provider
var $g : 4D.File:=File("/x")
var h; i : Integer
var <>j : Object
var $k : cs:C1710.Employee
var $l : Text; $m : Real
var $1 : Text
VAR $n : TEXT
