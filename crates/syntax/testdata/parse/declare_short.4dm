// docs/Concepts/parameters.md
#DECLARE->$r : Boolean
$r:=True
