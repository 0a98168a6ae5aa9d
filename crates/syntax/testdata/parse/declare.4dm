// docs/Concepts/parameters.md
#DECLARE($a : Text; $b; $c : cs.Employee; ... : Real) -> $r : Object
$r:={}
