// docs/Concepts/variables.md
var $a; $b:=1
var 1
var $c :
DoIt
