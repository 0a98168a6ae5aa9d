// docs/Concepts/dt_collection.md
$a:=[]
$b:=[1; "a"; $x; [2; 3]; {k: 1}]
$c:=[$x; True; Null]
